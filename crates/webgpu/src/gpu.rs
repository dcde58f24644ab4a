//! The device: asked for, described, and watched.

use std::sync::{Arc, Mutex};

use futures_channel::oneshot::{Canceled, Receiver};
use terrarium_graph::{Error, Pending, Result};

use crate::pipelines::Pipelines;
use crate::shader::Threads;
use crate::staging::Staging;

/// A device that computes, with its queue. Clones are the same device, and share its pipelines and staging buffers.
#[derive(Clone)]
pub struct Gpu {
    pub instance: wgpu::Instance,
    pub adapter: wgpu::Adapter,
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    /// The adapter's name, as a visitor reads it.
    pub name: String,
    /// Whether it is the processor in disguise.
    pub software: bool,
    pub(crate) pipelines: Arc<Pipelines>,
    pub(crate) staging: Arc<Staging>,
    trouble: Arc<Mutex<Option<String>>>,
}

impl Gpu {
    /// The best device there is.
    ///
    /// # Errors
    /// Where there is none, or it lacks what the kernels need, in words.
    pub async fn request() -> Result<Gpu> {
        let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
        descriptor.backends = wgpu::Backends::PRIMARY;
        let instance = wgpu::Instance::new(descriptor);
        let options =
            wgpu::RequestAdapterOptions { power_preference: wgpu::PowerPreference::HighPerformance, ..Default::default() };
        let adapter =
            instance.request_adapter(&options).await.map_err(|_| error("there is no graphics processor to compute on"))?;
        Self::of(instance, adapter).await
    }

    async fn of(instance: wgpu::Instance, adapter: wgpu::Adapter) -> Result<Gpu> {
        let offered = adapter.limits();
        // Data sets and arenas may be as large as the device allows; all else keeps to what every device has.
        let required_limits = wgpu::Limits {
            max_buffer_size: offered.max_buffer_size,
            max_storage_buffer_binding_size: offered.max_storage_buffer_binding_size,
            ..wgpu::Limits::default()
        };
        let descriptor = wgpu::DeviceDescriptor { label: Some("terrarium"), required_limits, ..Default::default() };
        let (device, queue) =
            adapter.request_device(&descriptor).await.map_err(|e| error(format!("the graphics processor cannot be used ({e})")))?;
        let trouble = Arc::new(Mutex::new(None));
        let noted = trouble.clone();
        device.on_uncaptured_error(Arc::new(move |e: wgpu::Error| {
            note(&noted, format!("the graphics processor refused a command ({e})"))
        }));
        let noted = trouble.clone();
        device.set_device_lost_callback(move |reason, message| {
            note(&noted, format!("the graphics processor was lost ({reason:?}: {message})"));
        });
        let info = adapter.get_info();
        let software = info.device_type == wgpu::DeviceType::Cpu;
        let mut names = vec![info.name, info.driver];
        #[cfg(target_arch = "wasm32")]
        names.extend(crate::adapter::name().await);
        names.push("unnamed adapter".to_string());
        names.retain(|name| !name.is_empty());
        let name = names.swap_remove(0);
        let (pipelines, staging) = (Arc::new(Pipelines::new(&device)), Arc::default());
        Ok(Gpu { instance, adapter, device, queue, name, software, pipelines, staging, trouble })
    }

    /// How it takes threads.
    pub(crate) fn threads(&self) -> Threads {
        if self.software { Threads::OF_SOFTWARE } else { Threads::OF_A_DEVICE }
    }

    /// What went wrong on the device since it was asked for: after that nothing it computes can be relied on.
    pub fn check(&self) -> Result<()> {
        let trouble = self.trouble.lock().map(|t| t.clone()).unwrap_or_else(|_| Some("a note was lost".into()));
        trouble.map_or(Ok(()), |message| Err(error(message)))
    }

    /// Waits until all that was submitted before is done.
    pub(crate) fn finish(&self) -> impl Future<Output = Result<()>> + use<> {
        let (sender, receiver) = futures_channel::oneshot::channel();
        self.queue.on_submitted_work_done(move || {
            // Nobody waits any more if the receiver is gone.
            let _ = sender.send(());
        });
        let gpu = self.clone();
        async move {
            gpu.wait(receiver).await.map_err(|_| error("the graphics processor did not answer"))?;
            gpu.check()
        }
    }

    /// Loses the device on purpose: to see what a lost device does.
    pub fn destroy(&self) {
        self.device.destroy();
    }

    /// What `make` makes on the device, and whether the device took it. What it refuses is an error of this call alone.
    pub(crate) fn guarded<T>(&self, make: impl FnOnce(&wgpu::Device) -> T) -> (T, Pending<()>) {
        let filters = [wgpu::ErrorFilter::Internal, wgpu::ErrorFilter::OutOfMemory, wgpu::ErrorFilter::Validation];
        let scopes = filters.map(|filter| self.device.push_error_scope(filter));
        let made = make(&self.device);
        // Scopes close in the reverse of their order and at once, so that none spans what others do while this waits.
        let errors: Vec<_> = scopes.into_iter().rev().map(|scope| scope.pop()).collect();
        let gpu = self.clone();
        let taken = Box::pin(async move {
            for refused in errors {
                let Some(refusal) = refused.await else { continue };
                // A lost device refuses everything.
                gpu.check()?;
                return Err(error(match refusal {
                    wgpu::Error::OutOfMemory { .. } => "the graphics processor has too little memory".to_string(),
                    other => format!("the graphics processor refused a command ({other})"),
                }));
            }
            Ok(())
        });
        (made, taken)
    }

    /// Off the web a device does its work when it is asked to, and a thread may wait for it.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) async fn wait<T>(&self, mut receiver: Receiver<T>) -> std::result::Result<T, Canceled> {
        loop {
            // Another thread may have been told of the end, and be about to hand it over.
            if let Some(value) = receiver.try_recv()? {
                return Ok(value);
            }
            self.device.poll(wgpu::PollType::wait_indefinitely()).map_err(|_| Canceled)?;
        }
    }

    #[cfg(target_arch = "wasm32")]
    pub(crate) async fn wait<T>(&self, receiver: Receiver<T>) -> std::result::Result<T, Canceled> {
        receiver.await
    }
}

/// Keeps the first trouble: what follows it is mostly its echo.
fn note(trouble: &Mutex<Option<String>>, message: String) {
    if let Ok(mut trouble) = trouble.lock() {
        trouble.get_or_insert(message);
    }
}

pub(crate) fn error(message: impl Into<String>) -> Error {
    Error::Engine { engine: "WebGPU", message: message.into() }
}
