// Dots and lines as coverage: how much of each pixel a layer covers, one channel for each layer. Within a layer the largest
// counts, as if all its shapes were one.

// The same for a line that ends as it begins, square to its way.
fn cut_line(at: vec2f, length: f32, half_width: f32) -> f32 {
    return line(at.y, half_width) * within(-at.x, length - at.x);
}

@vertex
fn real_dot(@builtin(vertex_index) corner: u32, @builtin(instance_index) i: u32) -> Quad {
    return dot_quad(corner, real[i], frame.real);
}

@fragment
fn cover_real(quad: Quad) -> @location(0) vec4f {
    return vec4f(dot_cover(quad.at, frame.real), 0.0, 0.0);
}

@vertex
fn generated_dot(@builtin(vertex_index) corner: u32, @builtin(instance_index) i: u32) -> Quad {
    return dot_quad(corner, generated[u32(frame.newest * frame.points) + i], frame.generated);
}

@fragment
fn cover_generated(quad: Quad) -> @location(0) vec4f {
    return vec4f(0.0, 0.0, dot_cover(quad.at, frame.generated));
}

// First all lines along the rows, then all along the columns. A line where there is none leaves the grid.
@vertex
fn grid_line(@builtin(vertex_index) corner: u32, @builtin(instance_index) i: u32) -> Quad {
    let columns = u32(frame.columns);
    let cells = u32(frame.rows) * columns;
    let from_cell = i % cells;
    let down = i >= cells;
    let to_cell = from_cell + select(1u, columns, down);
    let ends = select((from_cell + 1u) % columns == 0u, to_cell >= cells, down);
    let from_point = warped[from_cell];
    let to_point = warped[min(to_cell, cells - 1u)];
    if ends || !shown(from_point) || !shown(to_point) {
        return nothing();
    }
    return quad(corner, place(from_point), place(to_point), frame.grid, 0u);
}

@fragment
fn cover_grid(quad: Quad) -> @location(1) vec4f {
    // Lines of the grid end round, so that they join without gaps.
    let beyond = quad.at.x - clamp(quad.at.x, 0.0, quad.length);
    return vec4f(line(length(vec2f(beyond, quad.at.y)), frame.grid), 0.0, 0.0, 0.0);
}

// All points from the oldest scene to the next, then from that to the one after it, up to the newest.
@vertex
fn trail_line(@builtin(vertex_index) corner: u32, @builtin(instance_index) i: u32) -> Quad {
    let points = u32(frame.points);
    let slots = u32(frame.slots);
    let age = i / points;
    let slot = (u32(frame.newest) + slots - u32(frame.earlier) + age) % slots;
    let from_point = generated[slot * points + i % points];
    let to_point = generated[(slot + 1u) % slots * points + i % points];
    if !shown(from_point) || !shown(to_point) || distance(from_point, to_point) >= frame.leap {
        return nothing();
    }
    return quad(corner, place(from_point), place(to_point), frame.trail, age);
}

struct Ages {
    @location(2) older: vec4f,
    @location(3) younger: vec4f,
}

@fragment
fn cover_trail(quad: Quad) -> Ages {
    let covered = vec4f(cut_line(quad.at, quad.length, frame.trail));
    let age = vec4u(quad.age);
    let none = vec4f(0.0);
    return Ages(select(none, covered, age == vec4u(0u, 1u, 2u, 3u)), select(none, covered, age == vec4u(4u, 5u, 6u, 7u)));
}

// By what all arrows are scaled: the longest keeps to the view, and the others are in proportion, so that vanishing shows, as
// arrows that are shorter than all others.
fn stretch() -> f32 {
    var strongest = 0.0;
    for (var i = 0u; i < u32(frame.arrows); i++) {
        let strength = length(pulls[i]);
        if below(strength, 3.4e38) {
            strongest = max(strongest, strength);
        }
    }
    return frame.longest_arrow / max(strongest, frame.longest_arrow);
}

@vertex
fn arrow_line(@builtin(vertex_index) corner: u32, @builtin(instance_index) i: u32) -> Quad {
    let point = generated[u32(frame.newest * frame.points) + i];
    let tip = point + stretch() * pulls[i];
    if !shown(point) || !shown(tip) {
        return nothing();
    }
    let arrow = quad(corner, place(point), place(tip), 2.0 * frame.arrow_halo + frame.arrow_slope * frame.arrow_head, 0u);
    if arrow.length < 1.0 {
        return nothing();
    }
    return arrow;
}

// Coverage by a shaft and the two lines of a head that meet in a point.
fn arrow_cover(quad: Quad, half_width: f32) -> f32 {
    // Seen from the tip, the two lines of the head are mirror images.
    let at = vec2f(quad.at.x - quad.length, abs(quad.at.y));
    let along = normalize(vec2f(-1.0, frame.arrow_slope));
    let across = vec2f(along.y, -along.x);
    let head = min(frame.arrow_head, 0.5 * quad.length) / -along.x;
    let way = dot(at, along);
    let side = line(dot(at, across), half_width) * within(-0.5, head - way);
    return max(cut_line(quad.at, quad.length, half_width), side);
}

@fragment
fn cover_arrow(quad: Quad) -> @location(1) vec4f {
    return vec4f(0.0, arrow_cover(quad, frame.arrow_halo), arrow_cover(quad, frame.arrow), 0.0);
}
