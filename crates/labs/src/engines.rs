//! The engines of this machine.

use std::ops::{Deref, DerefMut};
use std::rc::Rc;
use std::sync::Arc;

use terrarium_cpu::Cpu;
use terrarium_dfdx::Dfdx;
use terrarium_graph::{Engine, Error, Graph, Result};
use terrarium_webgpu::{Gpu, WebGpu};

use crate::protocol::{EngineKind, GpuOffer};
use crate::self_test::self_test;

impl EngineKind {
    pub const ALL: [EngineKind; 3] = [EngineKind::WebGpu, EngineKind::Cpu, EngineKind::Dfdx];

    /// Its name in flags and reports.
    pub fn slug(self) -> &'static str {
        match self {
            EngineKind::WebGpu => "webgpu",
            EngineKind::Cpu => "cpu",
            EngineKind::Dfdx => "dfdx",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        EngineKind::ALL.into_iter().find(|kind| kind.slug() == slug)
    }
}

/// What engines are made with.
pub struct Engines {
    /// The device, or why there is none.
    gpu: std::result::Result<Gpu, String>,
    /// Told how many of how many kernels of a graph are ready.
    progress: Rc<dyn Fn(u32, u32)>,
    /// How many threads the cpu engine computes on.
    threads: usize,
}

impl Engines {
    /// Looks for a device, and tries whether it computes as the processor does.
    pub async fn find() -> Engines {
        let found = async {
            let gpu = Gpu::request().await?;
            self_test(&gpu).await?;
            Ok(gpu)
        };
        Engines { gpu: found.await.map_err(reason), ..Engines::without_gpu() }
    }

    /// The engines that need no device.
    pub fn without_gpu() -> Engines {
        Engines {
            gpu: Err("it was not asked for".to_string()),
            progress: Rc::new(|_, _| {}),
            threads: terrarium_cpu::available_threads(),
        }
    }

    /// The same with the cpu engine on so many threads, rather than one for each core. In wasm there is one in any case.
    pub fn on_threads(self, threads: usize) -> Engines {
        Engines { threads, ..self }
    }

    /// Tells `progress` how many of how many kernels are ready while a graph is loaded.
    pub fn telling(self, progress: impl Fn(u32, u32) + 'static) -> Engines {
        Engines { progress: Rc::new(progress), ..self }
    }

    /// The same with another device, after this one failed.
    pub async fn renewed(&self) -> Engines {
        Engines { progress: self.progress.clone(), threads: self.threads, ..Engines::find().await }
    }

    /// The same without a device, for `why`.
    pub fn forsaking_gpu(&self, why: String) -> Engines {
        Engines { progress: self.progress.clone(), gpu: Err(why), threads: self.threads }
    }

    pub fn gpu(&self) -> Option<&Gpu> {
        self.gpu.as_ref().ok()
    }

    pub fn offer(&self) -> GpuOffer {
        match &self.gpu {
            Ok(gpu) => GpuOffer::Ready { adapter: gpu.name.clone(), software: gpu.software },
            Err(why) => GpuOffer::Missing(why.clone()),
        }
    }

    /// The one that is fastest by far: WebGPU, unless its device is the processor in disguise.
    pub fn default_kind(&self) -> EngineKind {
        match &self.gpu {
            Ok(gpu) if !gpu.software => EngineKind::WebGpu,
            _ => EngineKind::Cpu,
        }
    }

    /// The kinds that can be loaded here.
    pub fn kinds(&self) -> impl Iterator<Item = EngineKind> + use<> {
        let has_gpu = self.gpu.is_ok();
        EngineKind::ALL.into_iter().filter(move |kind| has_gpu || *kind != EngineKind::WebGpu)
    }

    /// An engine with a graph loaded.
    ///
    /// # Errors
    /// Where there is no such engine here, it cannot run the graph, or there is too little memory.
    pub async fn load(&self, kind: EngineKind, graph: Arc<Graph>) -> Result<Loaded> {
        Ok(match kind {
            EngineKind::Cpu => Loaded::Cpu(Box::new(Cpu::on_threads(graph, self.threads)?)),
            EngineKind::Dfdx => Loaded::Dfdx(Box::new(Dfdx::new(graph)?)),
            EngineKind::WebGpu => {
                let missing = |why: &String| Error::Engine { engine: "WebGPU", message: why.clone() };
                let gpu = self.gpu.as_ref().map_err(missing)?;
                let progress = |done, of| (self.progress)(done as u32, of as u32);
                Loaded::WebGpu(Box::new(WebGpu::load(gpu.clone(), graph, progress).await?))
            }
        })
    }
}

/// An error's reason alone, to be said in another sentence.
pub(crate) fn reason(error: Error) -> String {
    match error {
        Error::Engine { message, .. } => message,
        other => other.to_string(),
    }
}

/// An engine with a graph loaded.
pub enum Loaded {
    WebGpu(Box<WebGpu>),
    Cpu(Box<Cpu>),
    Dfdx(Box<Dfdx>),
}

impl Deref for Loaded {
    type Target = dyn Engine;

    fn deref(&self) -> &Self::Target {
        match self {
            Loaded::WebGpu(engine) => engine.as_ref(),
            Loaded::Cpu(engine) => engine.as_ref(),
            Loaded::Dfdx(engine) => engine.as_ref(),
        }
    }
}

impl DerefMut for Loaded {
    fn deref_mut(&mut self) -> &mut Self::Target {
        match self {
            Loaded::WebGpu(engine) => engine.as_mut(),
            Loaded::Cpu(engine) => engine.as_mut(),
            Loaded::Dfdx(engine) => engine.as_mut(),
        }
    }
}
