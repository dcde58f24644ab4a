// What every kernel shares. Memories hold bits: numbers are cast when they are read, so that indices never pass through a
// floating-point register.
@group(0) @binding(0) var<storage, read_write> vars: array<u32>;
@group(0) @binding(1) var<storage, read_write> inputs: array<u32>;
@group(0) @binding(2) var<storage, read_write> arena: array<u32>;
// Where this kernel's buffers begin: a stretch of one table, chosen by a dynamic offset.
@group(0) @binding(3) var<uniform> places: array<vec4<u32>, PLACES>;

// What is found outside of a table: NaN among numbers, and the largest among indices.
const OUTSIDE: u32 = 0xffffffffu;

struct Run {
    seed: vec2<u32>,
    zero: u32,
    unused: u32,
    // The step before this submission's first, of each program.
    before: array<vec4<u32>, 4>,
}
@group(0) @binding(4) var<uniform> run: Run;
// How many steps of its program this one is after `before`: a place in a table, chosen by a dynamic offset.
@group(1) @binding(0) var<uniform> ahead: vec4<u32>;

fn place(i: u32) -> u32 {
    return places[i / 4u][i % 4u];
}

// The number of the step, from 1.
fn step_number() -> u32 {
    let program = place(0u);
    return run.before[program / 4u][program % 4u] + ahead.x;
}

fn is_nan(x: f32) -> bool {
    return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

// A number that no literal can name.
fn from_bits(bits: u32) -> f32 {
    return bitcast<f32>(bits | run.zero);
}

// A number as an index, rounded down. What is none becomes the largest, outside of every table.
fn to_index(x: f32) -> u32 {
    return select(0xffffffffu, u32(x), x >= 0.0 && x < 4294967296.0 && !is_nan(x));
}

// Philox 4×32-10 (Salmon et al. 2011).
fn multiply_high(a: u32, b: u32) -> u32 {
    let a0 = a & 0xffffu;
    let a1 = a >> 16u;
    let b0 = b & 0xffffu;
    let b1 = b >> 16u;
    let low = a0 * b0;
    let middle = a1 * b0 + (low >> 16u);
    let other = a0 * b1 + (middle & 0xffffu);
    return a1 * b1 + (middle >> 16u) + (other >> 16u);
}

fn philox(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
    var c = counter;
    var k = key;
    for (var round = 0u; round < 10u; round++) {
        let a = 0xD2511F53u;
        let b = 0xCD9E8D57u;
        c = vec4(multiply_high(b, c.z) ^ c.y ^ k.x, b * c.z, multiply_high(a, c.x) ^ c.w ^ k.y, a * c.x);
        k += vec2(0x9E3779B9u, 0xBB67AE85u);
    }
    return c;
}

fn noise_bits(block: u32, stream: u32) -> vec4<u32> {
    return philox(vec4(block, step_number(), stream, 0u), run.seed);
}

fn unit(bits: u32) -> f32 {
    return f32(bits >> 8u) * (1.0 / 16777216.0);
}

fn uniform_noise(i: u32, stream: u32) -> f32 {
    return unit(noise_bits(i / 4u, stream)[i % 4u]);
}

fn bernoulli_noise(i: u32, stream: u32, probability: f32) -> f32 {
    return select(0.0, 1.0, uniform_noise(i, stream) < probability);
}

// ln u for 0 < u ≤ 1. A device's own may be off by 2⁻²¹ near 1, which is more than the whole there.
fn log_of_unit(u: f32) -> f32 {
    return select(log(u), -log1p((1.0 - u) / u), u > 0.5);
}

// Box and Muller's method on pairs of the block's numbers.
fn normal_noise(i: u32, stream: u32) -> f32 {
    let bits = noise_bits(i / 4u, stream);
    let lane = i % 4u;
    let pair = select(bits.xy, bits.zw, lane >= 2u);
    let r = sqrt(-2.0 * log_of_unit(f32((pair.x >> 8u) + 1u) * (1.0 / 16777216.0)));
    // Quarters of a turn, and what is left of it: exact, as the angle is a multiple of 2⁻²⁴ turns.
    let turn = unit(pair.y);
    let quarter = round(4.0 * turn);
    return r * sine(u32(quarter) + select(1u, 0u, lane % 2u == 1u), 6.283185307179586 * (turn - 0.25 * quarter));
}

// The orders of 0..count of a stream, as the graph's `Shuffle` has them.
struct Shuffle {
    count: u32,
    sides: vec2<u32>,
    rounds: u32,
    stream: u32,
}

fn enciphered(shuffle: Shuffle, epoch: u32, place: u32) -> u32 {
    let sides = shuffle.sides;
    var x = place / sides.y;
    var y = place % sides.y;
    for (var round = 0u; round < shuffle.rounds; round += 2u) {
        let of_y = philox(vec4(y * shuffle.rounds + round, epoch, shuffle.stream, 3u), run.seed).x;
        x = (x + multiply_high(of_y, sides.x)) % sides.x;
        let of_x = philox(vec4(x * shuffle.rounds + round + 1u, epoch, shuffle.stream, 3u), run.seed).x;
        y = (y + multiply_high(of_x, sides.y)) % sides.y;
    }
    return x * sides.y + y;
}

// Element i of this step's batch.
fn shuffled_index(i: u32, batch: u32, shuffle: Shuffle) -> u32 {
    // Its position among all epochs' elements has 64 bits. Its place and epoch are what long division by the count leaves.
    let before = step_number() - 1u;
    let low = before * batch + i;
    let high = multiply_high(before, batch) + select(0u, 1u, low < i);
    var place = high % shuffle.count;
    var epoch = 0u;
    for (var bit = 32u; bit > 0u; bit--) {
        place = 2u * place + ((low >> (bit - 1u)) & 1u);
        epoch *= 2u;
        if (place >= shuffle.count) {
            place -= shuffle.count;
            epoch++;
        }
    }
    // A cycle of the cipher that began below the count comes back there.
    var element = enciphered(shuffle, epoch, place);
    while (element >= shuffle.count) {
        element = enciphered(shuffle, epoch, element);
    }
    return element;
}

// Elementary functions, as the cpu engine has them; see `Unary` for what each means.
fn op_sign(x: f32) -> f32 {
    return select(sign(x), x, is_nan(x));
}

fn op_positive(x: f32) -> f32 {
    return select(0.0, 1.0, x > 0.0);
}

fn op_relu(x: f32) -> f32 {
    return select(x, 0.0, x < 0.0);
}

// A device's own need not let NaN through.
fn op_exp(x: f32) -> f32 {
    return select(exp(x), x, is_nan(x));
}

fn op_log(x: f32) -> f32 {
    return select(log(x), from_bits(0x7fc00000u), x < 0.0 || is_nan(x));
}

// The sine of an angle r after so many quarters of a turn, |r| ≤ π/4. A device's own may be off by 2⁻¹¹.
// (Polynomials of Cephes, S. Moshier)
fn sine(quarters: u32, r: f32) -> f32 {
    let z = r * r;
    let odd = r + r * z * (-1.6666654611e-1 + z * (8.3321608736e-3 - z * 1.9515295891e-4));
    let even = 1.0 - 0.5 * z + z * z * (4.166664568298827e-2 + z * (-1.388731625493765e-3 + z * 2.443315711809948e-5));
    let y = select(odd, even, quarters % 2u == 1u);
    return select(y, -y, quarters % 4u >= 2u);
}

// The sine of x, so many quarters of a turn further. π/2 is taken off in three parts, the first two short enough to be exact.
fn turned_sine(x: f32, quarters: u32) -> f32 {
    let k = round(x * 0.6366197723675814);
    let r = ((x - k * 1.5703125) - k * 4.837512969970703e-4) - k * 7.549789954891882e-8;
    return select(sine(u32(i32(k)) + quarters, r), from_bits(0x7fc00000u), abs(x) > 3.4e38 || is_nan(x));
}

fn op_sin(x: f32) -> f32 {
    return turned_sine(x, 0u);
}

fn op_cos(x: f32) -> f32 {
    return turned_sine(x, 1u);
}

fn op_sigmoid(x: f32) -> f32 {
    return 1.0 / (1.0 + op_exp(-x));
}

fn op_tanh(x: f32) -> f32 {
    let a = abs(x);
    let large = 1.0 - 2.0 / (exp(2.0 * min(a, 44.0)) + 1.0);
    let z = x * x;
    let small = x + x * z * (-3.333328e-1 + z * (1.3331442e-1 + z * (-5.3739715e-2 + z * (2.063909e-2 - z * 5.7049887e-3))));
    let y = select(select(large, -large, x < 0.0), small, a < 0.625);
    return select(y, x, is_nan(x));
}

// ln(1 + x) for 0 ≤ x ≤ 1, as 2 artanh(x / (2 + x)).
fn log1p(x: f32) -> f32 {
    let s = x / (2.0 + x);
    let z = s * s;
    let p = z * (1.0 / 3.0 + z * (1.0 / 5.0 + z * (1.0 / 7.0 + z * (1.0 / 9.0 + z * (1.0 / 11.0 + z * (1.0 / 13.0 + z / 15.0))))));
    return 2.0 * (s + s * p);
}

fn op_softplus(x: f32) -> f32 {
    return op_relu(x) + log1p(exp(-abs(x)));
}

fn op_max(a: f32, b: f32) -> f32 {
    return select(b, a, a > b || is_nan(a));
}

fn op_min(a: f32, b: f32) -> f32 {
    return select(b, a, a < b || is_nan(a));
}

// 1 − βᵗ = 1 − e^(t ln β), by its series where that is near 0 and the difference would lose what counts.
fn one_minus_power(log_beta: f32, t: u32) -> f32 {
    let x = f32(t) * log_beta;
    let small = -x * (1.0 + x * (1.0 / 2.0 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x / 120.0))));
    return select(1.0 - exp(x), small, x > -0.1);
}

// A logit as sampling takes it: penalised where its token is marked, and −∞ for NaN.
fn penalised(logit: f32, mark: u32, penalty: f32) -> f32 {
    let factor = select(1.0, penalty, penalty > 0.0 && !is_nan(penalty) && (mark & 0x7fffffffu) != 0u);
    let l = select(logit * factor, logit / factor, logit > 0.0);
    return select(l, from_bits(0xff800000u), is_nan(l) || is_nan(logit));
}

// How far a logit lies below the largest, by the temperature: the logarithm of its weight.
fn below_largest(logit: f32, largest: f32, temperature: f32) -> f32 {
    if (logit == largest) {
        return 0.0;
    }
    if (temperature > 0.0 && !is_nan(temperature)) {
        return (logit - largest) / min(temperature, 3.4028234e38);
    }
    return from_bits(0xff800000u);
}

// Numbers in the order of their keys, from −∞ on.
const LOWEST_KEY: u32 = 0x007fffffu;

fn from_key(key: u32) -> f32 {
    let k = max(key, LOWEST_KEY);
    return from_bits(select(~k, k ^ 0x80000000u, (k & 0x80000000u) != 0u));
}

// −ln(−ln u) for u in the middle of one of 2²³ parts of (0, 1), so that both logarithms are finite.
fn gumbel_noise(i: u32, stream: u32) -> f32 {
    let u = (f32(noise_bits(i / 4u, stream)[i % 4u] >> 9u) + 0.5) * (1.0 / 8388608.0);
    return -log(-log_of_unit(u));
}

// What the first thread has, known to be the same for all of them, so that barriers may depend on it.
fn same_for_all(thread: u32, value: f32) -> f32 {
    workgroupBarrier();
    if (thread == 0u) {
        parts[0] = value;
    }
    return workgroupUniformLoad(&parts[0]);
}

// The sum of all threads' parts, or the largest of them, for every thread of the workgroup. `parts` is the shader's own. A barrier
// costs more than a few reads: so the first threads join every ROUND-th part, and then each thread joins what they have.
fn joined(thread: u32, part: f32, largest: bool) -> f32 {
    workgroupBarrier();
    parts[thread] = part;
    workgroupBarrier();
    if (thread < ROUND) {
        var some = part;
        for (var other = thread + ROUND; other < GROUP; other += ROUND) {
            some = select(some + parts[other], op_max(some, parts[other]), largest);
        }
        parts[thread] = some;
    }
    workgroupBarrier();
    var all = parts[0];
    for (var other = 1u; other < ROUND; other++) {
        all = select(all + parts[other], op_max(all, parts[other]), largest);
    }
    return all;
}
