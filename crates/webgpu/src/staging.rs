//! Reading back: memory that both sides can see, lent for one read-back and used again.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use terrarium_graph::Result;

use crate::gpu::{Gpu, error};

const SMALLEST: u64 = 256;

/// Buffers that wait for the next read-back. There are as many as were ever under way at one time, and no more.
#[derive(Default)]
pub struct Staging {
    free: Mutex<Vec<wgpu::Buffer>>,
    bytes: AtomicU64,
}

/// A stretch of a buffer on the device.
pub struct Stretch<'b> {
    pub buffer: &'b wgpu::Buffer,
    pub offset: u64,
    pub bytes: u64,
}

impl Gpu {
    /// Copies stretches, one after the other, as they are when all that was submitted before is done. However many they are,
    /// this is one read-back, and it is under way when this returns.
    pub(crate) fn read(&self, stretches: &[Stretch]) -> impl Future<Output = Result<Vec<f32>>> + use<> {
        let bytes = stretches.iter().map(|s| s.bytes).sum();
        let (sender, receiver) = futures_channel::oneshot::channel();
        let (mut lent, taken) = self.guarded(|device| {
            let lent = self.staging.lend(device, bytes);
            let mut encoder = device.create_command_encoder(&Default::default());
            let mut at = 0;
            for stretch in stretches.iter().filter(|s| s.bytes > 0) {
                encoder.copy_buffer_to_buffer(stretch.buffer, stretch.offset, &lent.buffer, at, stretch.bytes);
                at += stretch.bytes;
            }
            self.queue.submit([encoder.finish()]);
            lent.buffer.map_async(wgpu::MapMode::Read, .., move |result| {
                // Nobody waits any more if the receiver is gone.
                let _ = sender.send(result);
            });
            lent
        });
        let gpu = self.clone();
        async move {
            taken.await?;
            let mapped = gpu.wait(receiver).await;
            gpu.check()?;
            mapped.map_err(|_| error("a read-back was dropped"))?.map_err(|e| error(format!("a read-back failed ({e})")))?;
            lent.mapped = true;
            let view = lent.buffer.get_mapped_range(..).map_err(|e| error(format!("a read-back failed ({e})")))?;
            Ok(bytemuck::pod_collect_to_vec(&view[..bytes as usize]))
        }
    }
}

impl Staging {
    /// Bytes of all buffers there are, lent or free.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    /// A buffer of at least so many bytes.
    fn lend(self: &Arc<Self>, device: &wgpu::Device, bytes: u64) -> Lent {
        // Few sizes, so that many read-backs can use one buffer.
        let size = bytes.next_power_of_two().max(SMALLEST);
        let mut free = self.free();
        let buffer = match free.iter().position(|buffer| buffer.size() == size) {
            Some(place) => free.swap_remove(place),
            None => {
                self.bytes.fetch_add(size, Relaxed);
                let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
                device.create_buffer(&wgpu::BufferDescriptor { label: Some("staging"), size, usage, mapped_at_creation: false })
            }
        };
        Lent { buffer, staging: self.clone(), mapped: false }
    }

    fn free(&self) -> MutexGuard<'_, Vec<wgpu::Buffer>> {
        // A list of buffers is right whatever panicked meanwhile.
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A buffer lent for one read-back.
struct Lent {
    buffer: wgpu::Buffer,
    staging: Arc<Staging>,
    mapped: bool,
}

impl Drop for Lent {
    /// A buffer that was read goes back. One of which the mapping failed, or that nobody waits for any more while the device
    /// maps it, is not fit to be lent again.
    fn drop(&mut self) {
        if self.mapped {
            self.buffer.unmap();
            self.staging.free().push(self.buffer.clone());
        } else {
            self.buffer.destroy();
            self.staging.bytes.fetch_sub(self.buffer.size(), Relaxed);
        }
    }
}
