// Pictures on a wall.

struct Frame {
    // Where the first picture begins, and how large one is, in device pixels.
    start: vec2f,
    picture: vec2f,
    // From one picture to the next.
    pitch: vec2f,
    columns: f32,
    count: f32,
    // Rows, columns and channels of a picture.
    height: f32,
    width: f32,
    channels: f32,
    smoothing: f32,
    ground: vec4f,
}

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> values: array<f32>;

@vertex
fn everywhere(@builtin(vertex_index) corner: u32) -> @builtin(position) vec4f {
    return vec4f(select(-1.0, 3.0, corner == 1u), select(-1.0, 3.0, corner == 2u), 0.0, 1.0);
}

// A pixel of a picture; beyond its border, the nearest within.
fn texel(picture: u32, at: vec2f) -> vec3f {
    let size = vec2f(frame.width, frame.height);
    let cell = vec2u(clamp(at, vec2f(0.0), size - 1.0));
    let channels = u32(frame.channels);
    let first = ((picture * u32(frame.height) + cell.y) * u32(frame.width) + cell.x) * channels;
    let others = select(vec2u(0u), vec2u(1u, 2u), channels == 3u);
    return vec3f(shade(values[first]), shade(values[first + others.x]), shade(values[first + others.y]));
}

// What is no number is black.
fn shade(value: f32) -> f32 {
    return select(clamp(value, 0.0, 1.0), 0.0, (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u);
}

@fragment
fn hang(@builtin(position) pixel: vec4f) -> @location(0) vec4f {
    let place = floor((pixel.xy - frame.start) / frame.pitch);
    let at = pixel.xy - frame.start - place * frame.pitch;
    let picture = place.y * frame.columns + place.x;
    if any(place < vec2f(0.0)) || place.x >= frame.columns || picture >= frame.count || any(at >= frame.picture) {
        return frame.ground;
    }
    let cell = at / frame.picture * vec2f(frame.width, frame.height);
    if frame.smoothing == 0.0 {
        return vec4f(texel(u32(picture), floor(cell)), 1.0);
    }
    let low = floor(cell - 0.5);
    let share = cell - 0.5 - low;
    let top = mix(texel(u32(picture), low), texel(u32(picture), low + vec2f(1.0, 0.0)), share.x);
    let bottom = mix(texel(u32(picture), low + vec2f(0.0, 1.0)), texel(u32(picture), low + 1.0), share.x);
    return vec4f(mix(top, bottom, share.y), 1.0);
}
