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

/// A moment of a run. What a layer that is switched off would show is not computed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
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
