// Pictures on walls, and dots over them.

struct Frame {
    size: vec2f,
    // Pixels to half the side of the view's square, and how many such halves out something is drawn.
    unit: f32,
    far: f32,
    // A dot's radius and half its rim's width.
    dots: vec2f,
    unused: vec2f,
    rim: vec4f,
    ground: vec4f,
    kinds: array<vec4f, 10>,
}

// Where a wall's pictures hang, see hanging.rs.
struct Wall {
    start: vec2f,
    picture: vec2f,
    pitch: vec2f,
    // Columns and rows.
    tiles: vec2u,
    // Width and height of a picture in its own pixels.
    pixels: vec2u,
    channels: u32,
    count: u32,
    // The first of its values.
    first: u32,
    joined: u32,
    interpolated: u32,
    unused: u32,
}

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> walls: array<Wall>;
@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read> points: array<vec2f>;
@group(0) @binding(4) var<storage, read> kinds: array<u32>;

struct Hung {
    @builtin(position) pixel: vec4f,
    @location(0) @interpolate(flat) wall: u32,
}

@vertex
fn wall_quad(@builtin(vertex_index) corner: u32, @builtin(instance_index) i: u32) -> Hung {
    let wall = walls[i];
    let pixel = wall.start + vec2f(wall.tiles * vec2u(corner & 1u, corner >> 1u)) * wall.pitch;
    let clip = 2.0 * pixel / frame.size - 1.0;
    return Hung(vec4f(clip.x, -clip.y, 0.0, 1.0), i);
}

// What is no number is black.
fn shade(value: f32) -> f32 {
    return select(clamp(value, 0.0, 1.0), 0.0, (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u);
}

// A pixel of all pictures side by side, and the ground where there is none.
fn texel(wall: Wall, at: vec2f) -> vec3f {
    let tile = vec2u(at) / wall.pixels;
    let cell = vec2u(at) % wall.pixels;
    let picture = tile.y * wall.tiles.x + tile.x;
    if picture >= wall.count {
        return frame.ground.rgb;
    }
    let first = wall.first + ((picture * wall.pixels.y + cell.y) * wall.pixels.x + cell.x) * wall.channels;
    let others = select(vec2u(0u), vec2u(1u, 2u), wall.channels == 3u);
    return vec3f(shade(values[first]), shade(values[first + others.x]), shade(values[first + others.y]));
}

@fragment
fn hang(hung: Hung) -> @location(0) vec4f {
    let wall = walls[hung.wall];
    let joined = wall.joined == 1u;
    let size = vec2f(wall.pixels);
    let at = hung.pixel.xy - wall.start;
    let tile = min(floor(at / wall.pitch), vec2f(wall.tiles) - 1.0);
    let inside = at - tile * wall.pitch;
    let missing = u32(tile.y) * wall.tiles.x + u32(tile.x) >= wall.count;
    if !joined && (missing || any(inside >= wall.picture)) {
        return vec4f(0.0);
    }
    // In pixels of all pictures side by side. Beyond a border, unless pictures are joined there, is the nearest within.
    let pixel = (tile + inside / wall.picture) * size;
    let low = select(tile * size, vec2f(0.0), joined);
    let high = select((tile + 1.0) * size, vec2f(wall.tiles) * size, joined) - 1.0;
    if wall.interpolated == 0u {
        return vec4f(texel(wall, clamp(floor(pixel), low, high)), 1.0);
    }
    let corner = floor(pixel - 0.5);
    let share = pixel - 0.5 - corner;
    let near = clamp(corner, low, high);
    let far = clamp(corner + 1.0, low, high);
    let top = mix(texel(wall, near), texel(wall, vec2f(far.x, near.y)), share.x);
    let bottom = mix(texel(wall, vec2f(near.x, far.y)), texel(wall, far), share.x);
    return vec4f(mix(top, bottom, share.y), 1.0);
}

struct Dot {
    @builtin(position) clip: vec4f,
    // Pixels from its middle.
    @location(0) at: vec2f,
    @location(1) @interpolate(flat) kind: u32,
}

@vertex
fn kind_dot(@builtin(vertex_index) corner: u32, @builtin(instance_index) i: u32) -> Dot {
    let quad = dot_quad(corner, points[i], frame.dots);
    return Dot(quad.clip, quad.at, kinds[i] % 10u);
}

@fragment
fn paint_rim(dot: Dot) -> @location(0) vec4f {
    return vec4f(frame.rim.rgb, frame.rim.a * dot_cover(dot.at, frame.dots).x);
}

@fragment
fn paint_fill(dot: Dot) -> @location(0) vec4f {
    return vec4f(frame.kinds[dot.kind].rgb, frame.kinds[dot.kind].a * dot_cover(dot.at, frame.dots).y);
}
