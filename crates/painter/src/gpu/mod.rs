//! The painter on WebGPU.

mod gallery;
mod pipelines;
mod plane;

use gallery::GalleryPainter;
use plane::PlanePainter;
use terrarium_labs::scene::Scene;
use terrarium_webgpu::Gpu;

use crate::view::View;

/// Draws scenes of one run with WebGPU. All it needs on the device is made when it is first needed and used again.
pub struct GpuPainter {
    gpu: Gpu,
    format: wgpu::TextureFormat,
    plane: Option<PlanePainter>,
    gallery: Option<GalleryPainter>,
}

impl GpuPainter {
    /// A painter for textures of a format, which must not be one that converts to sRGB: like a 2-D canvas, it mixes colours as
    /// they are written.
    pub fn new(gpu: &Gpu, format: wgpu::TextureFormat) -> GpuPainter {
        GpuPainter { gpu: gpu.clone(), format, plane: None, gallery: None }
    }

    /// Begins new trails, where another run begins.
    pub fn forget_trails(&mut self) {
        if let Some(plane) = &mut self.plane {
            plane.forget_trails();
        }
    }

    /// Draws a scene on a target of the view's size. Numbers on a device must be on the painter's.
    pub fn paint(&mut self, scene: &Scene, view: View, target: &wgpu::TextureView) {
        match scene {
            Scene::Plane(scene) => {
                let plane = self.plane.get_or_insert_with(|| PlanePainter::new(&self.gpu, self.format));
                plane.paint(scene, view, target);
            }
            Scene::Gallery(scene) => {
                self.forget_trails();
                let gallery = self.gallery.get_or_insert_with(|| GalleryPainter::new(&self.gpu, self.format));
                gallery.paint(scene, view, target);
            }
        }
    }
}
