//! What the main view shows of a run, as numbers for whoever paints it.

use std::sync::Arc;

use terrarium_graph::{Pending, Result};
use terrarium_webgpu::Kept;

/// Half the side of the square [−h, h]² that the view shows.
pub const HALF_SIDE: f32 = 1.25;

/// The numbers of a layer, where the engine has them.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    Host(Vec<f32>),
    Device(Kept),
}

/// A moment of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Scene {
    Plane(Plane),
    Gallery(Gallery),
}

/// Pictures on walls, and dots over them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gallery {
    pub walls: Vec<Wall>,
    pub dots: Option<Dots>,
}

/// Pictures of one size in rows and columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Wall {
    /// Where in the view's square: left, top, width, height, all from 0 to 1 and from the upper left corner. The pictures are as
    /// large as fit there, and in its middle.
    pub place: [f32; 4],
    pub rows: usize,
    pub columns: usize,
    /// Of one picture: height, width, channels (1 for gray, 3 for red, green and blue).
    pub size: [usize; 3],
    /// From 0, black, to 1: `[rows · columns, height, width, channels]`.
    pub pixels: Values,
    /// Whether pictures touch, as parts of a map, instead of having a gap between them.
    pub joined: bool,
}

/// Points in the view's square, each of a kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Dots {
    /// From −1 to 1, to the right and up: `[n, 2]`.
    pub points: Values,
    /// What each is of, from 0; those that go by the same number have the same colour.
    pub kinds: Arc<[u8]>,
}

/// Which layers of a plane are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layers {
    pub real: bool,
    pub generated: bool,
    pub trails: bool,
    /// The discriminator's verdict as a coloured surface.
    pub surface: bool,
    /// The generator's noise grid, warped.
    pub grid: bool,
    /// Where the generator's gradient pulls its samples.
    pub arrows: bool,
}

/// Points of the plane. What a layer that is switched off would show is not computed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plane {
    pub layers: Layers,
    /// Generator steps made: where two scenes of a run differ in it, points have moved.
    pub step: u32,
    /// Some of the real points, the same ones all through a run.
    pub real: Arc<[[f32; 2]]>,
    /// Generated points, `[n, 2]`, made of the same noise all through a run: point i of one scene moved to point i of the next.
    pub generated: Option<Values>,
    pub surface: Option<Surface>,
    pub grid: Option<WarpedGrid>,
    /// For the first generated points, the way a step of descent on the generator's loss would take each, `[m, 2]`: −∂ℓ/∂x of
    /// its own loss ℓ. As gradients vanish, so do the arrows.
    pub arrows: Option<Values>,
}

/// The discriminator's verdict over the view.
#[derive(Clone, Debug, PartialEq)]
pub struct Surface {
    /// Number of cells along a side.
    pub side: usize,
    /// How real each cell's centre is judged, 0 to 1, ½ undecided; `side` rows, from the lowest y up, each from the lowest x.
    pub realness: Values,
}

/// Where the generator takes the points of an even grid over its noise (of its first two dimensions; others are 0).
#[derive(Clone, Debug, PartialEq)]
pub struct WarpedGrid {
    /// 1 for noise of one dimension.
    pub rows: usize,
    pub columns: usize,
    /// Row after row, `[rows · columns, 2]`.
    pub points: Values,
}

/// What was asked for, once it has arrived.
pub(crate) async fn told<T>(asked: Option<Pending<T>>) -> Result<Option<T>> {
    match asked {
        Some(pending) => pending.await.map(Some),
        None => Ok(None),
    }
}
