// What all shaders of a frame know. Lengths are in device pixels unless they say otherwise.

struct Frame {
    size: vec2f,
    // Pixels to the plane's unit.
    unit: f32,
    // In units of the plane, how far out along an axis something is drawn.
    far: f32,

    // The ring of scenes that `generated` holds: points in each, which is the newest, how many there are before it, and how
    // many there is room for.
    points: f32,
    newest: f32,
    earlier: f32,
    slots: f32,

    rows: f32,
    columns: f32,
    arrows: f32,
    // Cells along a side; 0 where there is no surface.
    surface_side: f32,

    // In units of the plane.
    leap: f32,
    longest_arrow: f32,
    arrow_head: f32,
    arrow_slope: f32,

    // Radius and half the rim's width.
    real: vec2f,
    generated: vec2f,

    // Half the widths of lines.
    grid: f32,
    trail: f32,
    arrow_halo: f32,
    arrow: f32,

    ground: vec4f,
    // Where the discriminator sees what is real, is undecided, and sees what is generated.
    verdicts: array<vec4f, 3>,
    grid_ink: vec4f,
    real_rim: vec4f,
    real_fill: vec4f,
    trail_ink: vec4f,
    generated_rim: vec4f,
    generated_fill: vec4f,
    arrow_halo_ink: vec4f,
    arrow_ink: vec4f,
}

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> real: array<vec2f>;
@group(0) @binding(2) var<storage, read> generated: array<vec2f>;
@group(0) @binding(3) var<storage, read> warped: array<vec2f>;
@group(0) @binding(4) var<storage, read> pulls: array<vec2f>;
@group(0) @binding(5) var<storage, read> realness: array<f32>;
