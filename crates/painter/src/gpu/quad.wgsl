// Rectangles around shapes, and how much of a pixel a shape covers. `frame` tells the view's `size`, and the `unit` of points
// and how `far` out they are drawn.

// A rectangle around a shape.
struct Quad {
    @builtin(position) clip: vec4f,
    // Pixels from where the shape begins, along it and across.
    @location(0) at: vec2f,
    // Pixels from where a line begins to its end.
    @location(1) @interpolate(flat) length: f32,
    // Which of the trail's lines it is, the oldest being 0.
    @location(2) @interpolate(flat) age: u32,
}

fn place(point: vec2f) -> vec2f {
    return 0.5 * frame.size + frame.unit * vec2f(point.x, -point.y);
}

// Compared as bits, which order positive numbers as they are and put what is none, and what is infinite, above them all.
// A device may take it that floating-point numbers are never NaN.
fn below(magnitude: f32, bound: f32) -> bool {
    return (bitcast<u32>(magnitude) & 0x7fffffffu) < bitcast<u32>(bound);
}

fn shown(point: vec2f) -> bool {
    return below(point.x, frame.far) && below(point.y, frame.far);
}

fn nothing() -> Quad {
    return Quad(vec4f(0.0, 0.0, 0.0, 1.0), vec2f(0.0), 0.0, 0u);
}

// The corner of a rectangle that reaches so far beyond a line.
fn quad(corner: u32, start: vec2f, end: vec2f, reach: f32, age: u32) -> Quad {
    let length = distance(start, end);
    var along = vec2f(1.0, 0.0);
    if length > 0.0 {
        along = (end - start) / length;
    }
    // A pixel is covered by what lies within its half.
    let margin = reach + 1.0;
    let at = vec2f(select(-margin, length + margin, (corner & 1u) == 1u), select(-margin, margin, corner > 1u));
    let pixel = start + at.x * along + at.y * vec2f(-along.y, along.x);
    let clip = 2.0 * pixel / frame.size - 1.0;
    return Quad(vec4f(clip.x, -clip.y, 0.0, 1.0), at, length, age);
}

// How much of a pixel's width lies between two borders, all seen from the pixel's middle.
fn within(low: f32, high: f32) -> f32 {
    return clamp(min(high, 0.5) - max(low, -0.5), 0.0, 1.0);
}

// How much a line covers of a pixel so far from its middle.
fn line(distance: f32, half_width: f32) -> f32 {
    return within(distance - half_width, distance + half_width);
}

fn dot_quad(corner: u32, point: vec2f, size: vec2f) -> Quad {
    if !shown(point) {
        return nothing();
    }
    let centre = place(point);
    return quad(corner, centre, centre, size.x + size.y, 0u);
}

// Coverage by rims and by fills.
fn dot_cover(at: vec2f, size: vec2f) -> vec2f {
    let distance = length(at);
    return vec2f(line(distance - size.x, size.y), within(-0.5, size.x - distance));
}
