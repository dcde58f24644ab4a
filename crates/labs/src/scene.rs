//! What the main view shows of a run, as numbers for whoever paints it.

use std::sync::Arc;

/// Half the side of the square [−h, h]² that the view shows.
pub const HALF_SIDE: f32 = 1.25;

/// A moment of a run. What a layer that is switched off would show is not computed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// Some of the real points, the same ones all through a run.
    pub real: Arc<[[f32; 2]]>,
    /// Generated points, made of the same noise all through a run: point i of one scene moved to point i of the next.
    pub generated: Vec<[f32; 2]>,
    pub surface: Option<Surface>,
    pub grid: Option<WarpedGrid>,
    /// For the first generated points, the way a step of descent on the generator's loss would take each: −∂ℓ/∂x of its
    /// own loss ℓ. As gradients vanish, so do the arrows.
    pub arrows: Vec<[f32; 2]>,
}

/// The discriminator's verdict over the view.
#[derive(Clone, Debug, PartialEq)]
pub struct Surface {
    /// Number of cells along a side.
    pub side: usize,
    /// How real each cell's centre is judged, 0 to 1, ½ undecided; `side` rows, from the lowest y up, each from the lowest x.
    pub realness: Vec<f32>,
    /// The discriminator's outputs that realness 0 and 1 stand for.
    pub scale: [f32; 2],
    /// What the outputs are, for a legend: "probability of being real", "critic's value".
    pub meaning: &'static str,
}

/// Where the generator takes the points of an even grid over its noise (of its first two dimensions; others are 0).
#[derive(Clone, Debug, PartialEq)]
pub struct WarpedGrid {
    /// 1 for noise of one dimension.
    pub rows: usize,
    pub columns: usize,
    /// Row after row.
    pub points: Vec<[f32; 2]>,
}
