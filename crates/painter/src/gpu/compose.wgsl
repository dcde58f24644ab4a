// The picture: the ground or the surface, and all layers over it.

// Coverage, see shapes.wgsl.
@group(1) @binding(0) var cover: texture_2d_array<f32>;

// A triangle that holds the whole view.
@vertex
fn everywhere(@builtin(vertex_index) corner: u32) -> @builtin(position) vec4f {
    return vec4f(select(-1.0, 3.0, corner == 1u), select(-1.0, 3.0, corner == 2u), 0.0, 1.0);
}

// What is no number is undecided.
fn logit(cell: vec2i) -> f32 {
    let judged = realness[u32(cell.y) * u32(frame.surface_side) + u32(cell.x)];
    if (bitcast<u32>(judged) & 0x7fffffffu) > 0x7f800000u {
        return 0.0;
    }
    let p = clamp(judged, 1e-6, 1.0 - 1e-6);
    return log(p / (1.0 - p));
}

// Between cells, logits are interpolated, so that the border of a discriminator that is sure of itself is a line and no
// staircase.
fn surface(pixel: vec2f) -> vec3f {
    // From the lower left corner, in shares of the side.
    let at = (pixel - 0.5 * frame.size) / min(frame.size.x, frame.size.y) * vec2f(1.0, -1.0) + 0.5;
    if frame.surface_side == 0.0 || any(at < vec2f(0.0)) || any(at > vec2f(1.0)) {
        return frame.ground.rgb;
    }
    let last = vec2f(frame.surface_side - 1.0);
    let cells = clamp(at * frame.surface_side - 0.5, vec2f(0.0), last);
    let low = vec2i(cells);
    let high = min(low + 1, vec2i(last));
    let share = cells - vec2f(low);
    let bottom = mix(logit(low), logit(vec2i(high.x, low.y)), share.x);
    let top = mix(logit(vec2i(low.x, high.y)), logit(high), share.x);
    let verdict = 2.0 / (1.0 + exp(-mix(bottom, top, share.y))) - 1.0;
    let end = select(frame.verdicts[2], frame.verdicts[0], verdict > 0.0);
    return mix(frame.verdicts[1], end, abs(verdict)).rgb;
}

fn over(below: vec3f, ink: vec4f, covered: f32) -> vec3f {
    return mix(below, ink.rgb, ink.a * covered);
}

@fragment
fn compose(@builtin(position) pixel: vec4f) -> @location(0) vec4f {
    let at = vec2i(pixel.xy);
    let dots = textureLoad(cover, at, 0, 0);
    let lines = textureLoad(cover, at, 1, 0);
    let older = textureLoad(cover, at, 2, 0);
    let younger = textureLoad(cover, at, 3, 0);

    var colour = over(surface(pixel.xy), frame.grid_ink, lines.x);
    colour = over(over(colour, frame.real_rim, dots.x), frame.real_fill, dots.y);
    var ages = array(older.x, older.y, older.z, older.w, younger.x, younger.y, younger.z, younger.w);
    for (var age = 0; age < 8; age++) {
        colour = over(colour, frame.trail_ink, ages[age] * (f32(age) + 1.0) / (frame.earlier + 1.0));
    }
    colour = over(over(colour, frame.generated_rim, dots.z), frame.generated_fill, dots.w);
    colour = over(over(colour, frame.arrow_halo_ink, lines.y), frame.arrow_ink, lines.z);
    return vec4f(colour, 1.0);
}
