//! What computes one token after the other. None of it has derivatives.

use terrarium_graph::{Builder, Cache, Sampling, Tensor};

use super::{any, at, case, given, numbers};
use crate::case::{Case, Given, Values};

const NAN: f32 = f32::NAN;
const INF: f32 = f32::INFINITY;

pub(super) fn cases() -> Vec<Case> {
    [cached_attention(), sampling(), stages()].into_iter().flatten().collect()
}

/// Query, key, value and the two caches, then the position.
fn attend<'b>(heads: usize, x: &[Tensor<'b>]) -> Tensor<'b> {
    x[0].cached_attention(heads, x[1], x[2], Cache { keys: x[3], values: x[4], position: x[5] })
}

fn cached_attention() -> Vec<Case> {
    let given = |heads: usize, kv_heads: usize, head_dim: usize, context: usize| -> Vec<Given> {
        let width = kv_heads * head_dim;
        let sizes = [vec![heads * head_dim], vec![width], vec![width], vec![context, width], vec![context, width]];
        sizes.into_iter().map(|sizes| any(sizes).fixed()).collect()
    };
    let sized = |sizes: [usize; 4], position: u32| {
        let [heads, kv_heads, head_dim, context] = sizes;
        let name = format!("cached attention of {heads} heads to {kv_heads}, {head_dim} wide, at {position} of {context}");
        case(name, [given(heads, kv_heads, head_dim, context), vec![at(&[position])]].concat(), move |_, x| attend(heads, x))
    };
    let mut cases = Vec::new();
    for position in [0, 1, 3, 63, 64, 65, 127, 255, 257, u32::MAX] {
        cases.push(sized([4, 4, 32, 257], position));
    }
    for sizes in [[1, 1, 1, 1], [3, 1, 3, 3], [6, 2, 5, 9], [1, 1, 257, 3], [2, 2, 64, 0], [2, 1, 255, 65], [8, 4, 16, 128]] {
        cases.push(sized(sizes, 2));
    }
    let small = |query: f32, keys: &[f32], values: &[f32], position: f32| -> Vec<Given> {
        let rows = keys.len() - 1;
        let newest = |of: &[f32]| numbers([1], &of[rows..]).fixed();
        let cache = |of: &[f32]| numbers([rows, 1], &of[..rows]).fixed();
        vec![
            numbers([1], &[query]).fixed(),
            newest(keys),
            newest(values),
            cache(keys),
            cache(values),
            numbers([], &[position]).fixed(),
        ]
    };
    let one = |name: &str, given: Vec<Given>| case(name, given, |_, x| attend(1, x));
    cases.extend([
        one("cached attention to equal keys", small(2.0, &[1.0, 1.0, 5.0, 1.0], &[3.0, 9.0, NAN, 6.0], 2.9)).is(vec![6.0]),
        one("cached attention to large keys", small(100.0, &[-100.0, 100.0, -100.0], &[3.0, 9.0, 6.0], 2.0)).is(vec![9.0]),
        one("cached attention to NaN", small(2.0, &[1.0, NAN, 1.0], &[3.0, 9.0, 6.0], 2.0)).is(vec![NAN]),
        one("cached attention at no position", small(0.0, &[1.0, 2.0, 3.0], &[3.0, 9.0, 6.0], NAN)).is(vec![6.0]),
        // Query, key and value are stretches of one product.
        case(
            "cached attention of a projection",
            vec![any([1, 8]).fixed(), any([8, 24]).fixed(), any([4, 8]).fixed(), any([4, 8]).fixed(), at(&[3])],
            |_, x| {
                let all = x[0].matmul(x[1]);
                let part = |i: usize| all.slice(1, 8 * i..8 * (i + 1));
                part(0).cached_attention(2, part(1), part(2), Cache { keys: x[2], values: x[3], position: x[4] }).tanh()
            },
        ),
    ]);
    cases
}

/// Temperature, top k, top p, min p, repetition penalty.
type By = [f32; 5];

const PLAIN: By = [1.0, 0.0, 1.0, 0.0, 1.0];

const SETTINGS: [(&str, By); 10] = [
    ("plain", PLAIN),
    ("greedy", [0.0, 0.0, 1.0, 0.0, 1.0]),
    ("hot", [2.5, 0.0, 1.0, 0.0, 1.0]),
    ("cold", [0.2, 0.0, 1.0, 0.0, 1.0]),
    ("top k", [1.0, 2.0, 1.0, 0.0, 1.0]),
    ("top p", [1.0, 0.0, 0.7, 0.0, 1.0]),
    ("min p", [1.0, 0.0, 1.0, 0.1, 1.0]),
    ("penalty", [1.0, 0.0, 1.0, 0.0, 1.7]),
    ("all", [1.3, 40.0, 0.9, 0.05, 1.3]),
    ("one", [1.0, 1.0, 0.0, 1.0, 1.0]),
];

/// Of logits, which tokens are seen, and the settings.
fn sampling_by<'b>(x: &[Tensor<'b>]) -> Sampling<'b> {
    let setting = |i: usize| x[2].slice(0, i..i + 1);
    let [temperature, top_k, top_p, min_p, repetition_penalty] = [0, 1, 2, 3, 4].map(setting);
    Sampling { temperature, top_k, top_p, min_p, repetition_penalty, seen: x[1] }
}

/// Two draws, so that a difference in what is kept or how it is weighed shows.
fn draws<'b>(b: &'b Builder, x: &[Tensor<'b>]) -> Tensor<'b> {
    let tokens: Vec<Tensor> = (0..2).map(|_| x[0].sample(&sampling_by(x)).to_numbers().reshape([1])).collect();
    b.concat(&tokens, 0)
}

fn tokens(logits: &[f32], by: By) -> Vec<Given> {
    let seen: Vec<f32> = (0..logits.len()).map(|token| (token % 2) as f32).collect();
    [logits, &seen, &by].map(|values| numbers([values.len()], values).fixed()).into()
}

fn sampling() -> Vec<Case> {
    let mut cases = Vec::new();
    for vocabulary in [1, 3, 65, 257, 5000] {
        for (name, by) in SETTINGS {
            let logits = given([vocabulary], Values::Between(-6.0, 6.0)).fixed();
            let seen = given([vocabulary], Values::Between(-0.9, 1.0)).fixed();
            let given = vec![logits, seen, numbers([5], &by).fixed()];
            cases.push(case(format!("{name} sample of {vocabulary}"), given, |b, x| {
                // Seen are the numbers above 0.
                draws(b, &[x[0], x[1].relu(), x[2]])
            }));
        }
    }
    let first = |name: &str, logits: &[f32], by: By, token: u32| {
        case(name, tokens(logits, by), |_, x| x[0].sample(&sampling_by(x)).to_numbers()).is(vec![token as f32])
    };
    const GREEDY: By = [0.0, 0.0, 1.0, 0.0, 1.0];
    cases.extend([
        first("greedy takes the first of equals", &[1.0, 3.0, -0.0, 3.0], GREEDY, 1),
        first("greedy with a temperature that is none", &[1.0, 3.0, 4.0, 3.0], [NAN, 0.0, 1.0, 0.0, 1.0], 2),
        first("greedy among NaN", &[NAN, -3.0, NAN, -INF], GREEDY, 1),
        first("greedy among nothing", &[NAN, -INF, NAN], GREEDY, 0),
        first("greedy among infinities", &[1.0, INF, INF], GREEDY, 1),
        first("greedy and penalised", &[1.0, 3.0, 2.0, -1.0], [0.0, 0.0, 1.0, 0.0, 2.0], 2),
        first("NaN is never drawn", &[NAN, NAN, -700.0, NAN, -INF], PLAIN, 2),
        first("a token of ∞ is always drawn", &[5.0, NAN, INF, 7.0], PLAIN, 2),
        case("sample from nothing but NaN", tokens(&[NAN; 7], PLAIN), draws),
        case("sample at an infinite temperature", tokens(&[1.0, -5.0, 9.0, -INF, 0.0], [INF, 0.0, 1.0, 0.0, 1.0]), draws),
    ]);
    cases
}

/// What is drawn from, where it can be said exactly.
fn stages() -> Vec<Case> {
    let of = |name: &str, logits: &[f32], by: By, rows: [&[f32]; 4]| {
        case(name, tokens(logits, by), |_, x| x[0].sampling_stages(&sampling_by(x))).is(rows.concat())
    };
    let mut cases = Vec::new();
    for (name, by) in SETTINGS {
        let given = vec![any([257]).fixed(), given([257], Values::Between(-0.9, 1.0)).fixed(), numbers([5], &by).fixed()];
        cases.push(case(format!("{name} stages of 257"), given, |_, x| {
            x[0].sampling_stages(&sampling_by(&[x[0], x[1].relu(), x[2]]))
        }));
    }
    let ln = f32::ln;
    let half = 0.5_f32;
    let (quarter, eighth) = (0.25, 0.125);
    let logits = [ln(2.0), ln(8.0), ln(4.0), ln(2.0)];
    let all = &[eighth, half, quarter, eighth];
    let (top_3, top_2) = (&[1.0 / 7.0, 4.0 / 7.0, 2.0 / 7.0, 0.0], &[0.0, 2.0 / 3.0, 1.0 / 3.0, 0.0]);
    let (equal, three, two) = (&[quarter; 4], &[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0, 0.0], &[half, half, 0.0, 0.0]);
    cases.extend([
        of("stages of nothing but logits", &logits, PLAIN, [all; 4]),
        of("stages of half the temperature", &[0.0, ln(2.0)], [half, 0.0, 1.0, 0.0, 1.0], [&[0.2, 0.8]; 4]),
        of("stages of a greedy choice", &[1.0, 2.0, 2.0], [-1.0, 0.0, 1.0, 0.0, 1.0], [&[0.0, 1.0, 0.0]; 4]),
        // Of two that are equally probable the first is kept.
        of("stages of top 3", &logits, [1.0, 3.9, 1.0, 0.0, 1.0], [all, top_3, top_3, top_3]),
        of("stages of a nucleus", &logits, [1.0, 0.0, 0.7, 0.0, 1.0], [all, all, top_2, top_2]),
        of("stages of a nucleus of equals", &[1.0; 4], [1.0, 0.0, half, 0.0, 1.0], [equal, equal, two, two]),
        of("stages of a nucleus of top 3", &[1.0; 4], [1.0, 3.0, half, 0.0, 1.0], [equal, three, two, two]),
        of("stages of min p", &logits, [1.0, 0.0, 1.0, 0.4, 1.0], [all, all, all, top_2]),
        // Tokens 1 and 3 are seen: ln 16 becomes ln 4, and −ln 2 becomes −ln 4.
        of(
            "stages of penalised logits",
            &[0.0, ln(16.0), 0.0, -ln(2.0)],
            [1.0, 0.0, 1.0, 0.0, 2.0],
            [&[0.16, 0.64, 0.16, 0.04]; 4],
        ),
        of("stages of top 2 beside −∞", &[-INF, 0.0, NAN], [1.0, 2.0, 1.0, 0.0, 1.0], [&[0.0, 1.0, 0.0]; 4]),
    ]);
    cases
}
