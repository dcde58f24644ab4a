//! Draws what a lab shows, as a [`Scene`](terrarium_labs::scene::Scene) tells it.
//!
//! [`GpuPainter`] draws with WebGPU, from the engine's own buffers and without a read-back; what an engine on the processor
//! made it uploads first. Where there is no WebGPU, a page draws on a 2-D canvas. The picture is the same: both go by one
//! [`Look`] and one [`View`].

#[cfg(target_arch = "wasm32")]
mod canvas;
#[cfg(target_arch = "wasm32")]
mod context;
mod device;
mod gpu;
mod hanging;
mod look;
pub mod palette;
mod view;

#[cfg(target_arch = "wasm32")]
pub use canvas::{Painter, picture};
pub use gpu::GpuPainter;
pub use look::{Dots, Ink, Look, Stroke};
pub use view::View;
