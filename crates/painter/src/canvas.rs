//! The painter of a page's canvas, with whatever there is to paint with.

use std::future::Future;

use js_sys::{Promise, Uint8Array};
use terrarium_labs::scene::Scene;
use terrarium_webgpu::Gpu;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, OffscreenCanvas};
use wgpu::CurrentSurfaceTexture::{Lost, Occluded, Outdated, Suboptimal, Success, Timeout, Validation};

use crate::context::ContextPainter;
use crate::gpu::GpuPainter;
use crate::view::View;

/// Paints scenes on a canvas.
pub struct Painter {
    canvas: OffscreenCanvas,
    means: Means,
}

enum Means {
    Context(ContextPainter),
    Gpu(Box<Screen>),
}

impl Painter {
    /// A painter that draws with a device, or, without one, as on any canvas. Once one of them has drawn on a canvas, the
    /// other cannot; another device can.
    ///
    /// # Errors
    /// Where the browser does not let the canvas be drawn on, in words.
    pub fn new(canvas: OffscreenCanvas, gpu: Option<&Gpu>) -> Result<Painter, String> {
        let means = match gpu {
            None => Means::Context(ContextPainter::new(&canvas)?),
            Some(gpu) => Means::Gpu(Box::new(Screen::new(&canvas, gpu)?)),
        };
        let mut painter = Painter { canvas, means };
        painter.resize(View::default());
        Ok(painter)
    }

    /// Whether what it paints may lie on the device.
    pub fn on_device(&self) -> bool {
        matches!(self.means, Means::Gpu(_))
    }

    /// Gives the canvas a size, which empties it, and colours.
    pub fn resize(&mut self, view: View) {
        let view = View { size: view.size.map(|side| side.max(1)), ..view };
        match &mut self.means {
            Means::Context(painter) => {
                let [width, height] = view.size;
                self.canvas.set_width(width);
                self.canvas.set_height(height);
                painter.resize(view);
            }
            Means::Gpu(screen) => screen.resize(view),
        }
    }

    /// Begins new trails, where another run begins.
    pub fn forget_trails(&mut self) {
        match &mut self.means {
            Means::Context(painter) => painter.forget_trails(),
            Means::Gpu(screen) => screen.painter.forget_trails(),
        }
    }

    /// Draws a scene, which the browser shows once the worker's present task ends. A scene on a device must be on the
    /// painter's, and needs a painter that is [`on_device`](Self::on_device).
    pub fn paint(&mut self, scene: &Scene) {
        match &mut self.means {
            Means::Context(painter) => painter.paint(scene),
            Means::Gpu(screen) => screen.paint(scene),
        }
    }
}

/// A canvas that a device draws on.
struct Screen {
    gpu: Gpu,
    surface: wgpu::Surface<'static>,
    format: wgpu::TextureFormat,
    painter: GpuPainter,
    view: View,
}

impl Screen {
    fn new(canvas: &OffscreenCanvas, gpu: &Gpu) -> Result<Screen, String> {
        let refused = || "This browser does not let WebGPU draw on the page.".to_string();
        let target = wgpu::SurfaceTarget::OffscreenCanvas(canvas.clone());
        let surface = gpu.instance.create_surface(target).map_err(|_| refused())?;
        // The first is the one that the browser shows at the least cost. On the web none converts to sRGB.
        let format = surface.get_capabilities(&gpu.adapter).formats.first().copied().ok_or_else(refused)?;
        Ok(Screen { gpu: gpu.clone(), surface, format, painter: GpuPainter::new(gpu, format), view: View::default() })
    }

    fn resize(&mut self, view: View) {
        let most = self.gpu.device.limits().max_texture_dimension_2d;
        self.view = View { size: view.size.map(|side| side.min(most)), ..view };
        self.configure();
    }

    fn configure(&self) {
        let [width, height] = self.view.size;
        let configuration = wgpu::SurfaceConfiguration {
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
            format: self.format,
            color_space: wgpu::SurfaceColorSpace::Auto,
            width,
            height,
            present_mode: wgpu::PresentMode::AutoVsync,
            desired_maximum_frame_latency: 2,
            alpha_mode: wgpu::CompositeAlphaMode::Opaque,
            view_formats: Vec::new(),
        };
        self.surface.configure(&self.gpu.device, &configuration);
    }

    fn paint(&mut self, scene: &Scene) {
        let texture = match self.surface.get_current_texture() {
            Lost | Outdated => {
                self.configure();
                self.surface.get_current_texture()
            }
            texture => texture,
        };
        match texture {
            Success(texture) | Suboptimal(texture) => {
                self.painter.paint(scene, self.view, &texture.texture.create_view(&Default::default()));
                self.gpu.queue.present(texture);
            }
            // The next frame tries again. If the device is lost, whoever computes on it hears of it.
            Lost | Outdated | Timeout | Occluded | Validation => {}
        }
    }
}

/// What is on the canvas as a PNG. To be called in the task that painted it.
pub fn picture(painter: &Painter) -> impl Future<Output = Result<Vec<u8>, String>> + use<> {
    let blob = painter.canvas.convert_to_blob();
    async move {
        let bytes = async {
            let blob: Blob = JsFuture::from(blob?).await?.dyn_into()?;
            let bytes: Promise = blob.array_buffer();
            Ok::<_, JsValue>(Uint8Array::new(&JsFuture::from(bytes).await?).to_vec())
        };
        bytes.await.map_err(|_| "The browser could not make a picture of the view.".to_string())
    }
}
