//! Elementary functions without branches, so that loops over them vectorise. Each is within a few units in the last place;
//! the tests compare them with the standard library's.

use std::f32::consts::LOG2_E;

/// eˣ: 2ⁿ · e^r with |r| ≤ ½ ln 2, and a polynomial for e^r (Cephes `expf`, Moshier 1992).
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    // Beyond these the result is 0 or infinite; NaN passes the comparisons unchanged.
    let clamped = if x > 89.0 { 89.0 } else { x };
    let clamped = if clamped < -104.0 { -104.0 } else { clamped };
    // Adding and taking away 1.5 · 2²³ rounds to a whole number.
    const ROUND: f32 = 12_582_912.0;
    let rounded = clamped * LOG2_E + ROUND;
    let n = rounded - ROUND;
    // ln 2 in two parts, so that n · ln 2 is exact enough.
    let r = clamped - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let p = 1.987_569_2e-4_f32;
    let p = p * r + 1.398_2e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 0.5;
    let y = p * r * r + r + 1.0;
    // 2ⁿ in two factors, as n can leave the range of one exponent. The last bits of the rounded number are n; those of NaN
    // are anything, and y carries it on.
    let n = rounded.to_bits().wrapping_sub(ROUND.to_bits()) as i32;
    let half = n >> 1;
    let power = |n: i32| f32::from_bits((n.wrapping_add(127) as u32) << 23);
    y * power(half) * power(n - half)
}

/// ln x: x = 2ᵉ · m with √½ ≤ m < √2, and a polynomial for ln m (Cephes `logf`).
#[inline(always)]
pub fn log(x: f32) -> f32 {
    // Numbers too small for a full mantissa are scaled up first.
    let tiny = x < f32::MIN_POSITIVE;
    let scaled = if tiny { x * 8_388_608.0 } else { x };
    let bits = scaled.to_bits();
    let exponent = ((bits >> 23) as i32 - 126) as f32 - if tiny { 23.0 } else { 0.0 };
    let m = f32::from_bits((bits & 0x007f_ffff) | 0x3f00_0000);
    let low = m < std::f32::consts::FRAC_1_SQRT_2;
    let e = if low { exponent - 1.0 } else { exponent };
    let m = if low { m + m - 1.0 } else { m - 1.0 };
    let z = m * m;
    let p = 7.037_683_6e-2_f32;
    let p = p * m - 1.151_461e-1;
    let p = p * m + 1.167_699_87e-1;
    let p = p * m - 1.242_014_1e-1;
    let p = p * m + 1.424_932_3e-1;
    let p = p * m - 1.666_805_8e-1;
    let p = p * m + 2.000_071_5e-1;
    let p = p * m - 2.499_999_4e-1;
    let p = p * m + 3.333_333e-1;
    let y = m * z * p - e * 2.121_944_4e-4 - 0.5 * z + m + e * 0.693_359_4;
    let y = if x == f32::INFINITY { x } else { y };
    let y = if x == 0.0 { f32::NEG_INFINITY } else { y };
    if x >= 0.0 { y } else { f32::NAN }
}

/// ln(1 + x) for 0 ≤ x ≤ 1, as 2 artanh(x / (2 + x)) by its series: the argument is at most ⅓.
#[inline(always)]
fn log1p(x: f32) -> f32 {
    let s = x / (2.0 + x);
    let z = s * s;
    let p = 1.0 / 15.0;
    let p = p * z + 1.0 / 13.0;
    let p = p * z + 1.0 / 11.0;
    let p = p * z + 1.0 / 9.0;
    let p = p * z + 1.0 / 7.0;
    let p = p * z + 1.0 / 5.0;
    let p = p * z + 1.0 / 3.0;
    2.0 * (p * z * s + s)
}

#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// ln(1 + eˣ) as max(x, 0) + ln(1 + e^−|x|).
#[inline(always)]
pub fn softplus(x: f32) -> f32 {
    relu(x) + log1p(exp(-x.abs()))
}

/// tanh x: x + x³ p(x²) where |x| is small, else 1 − 2 / (e^2x + 1) (Cephes `tanhf`).
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let a = x.abs();
    let large = 1.0 - 2.0 / (exp(a + a) + 1.0);
    let z = x * x;
    let p = -5.704_988_7e-3_f32;
    let p = p * z + 2.063_909e-2;
    let p = p * z - 5.373_971_6e-2;
    let p = p * z + 1.333_144_2e-1;
    let p = p * z - 3.333_328e-1;
    let small = p * z * x + x;
    let large = if x < 0.0 { -large } else { large };
    if a < 0.625 { small } else { large }
}

#[inline(always)]
pub fn relu(x: f32) -> f32 {
    if x < 0.0 { 0.0 } else { x }
}

#[inline(always)]
pub fn positive(x: f32) -> f32 {
    if x > 0.0 { 1.0 } else { 0.0 }
}

#[inline(always)]
pub fn sign(x: f32) -> f32 {
    let y = if x > 0.0 { 1.0 } else { 0.0 };
    let y = if x < 0.0 { -1.0 } else { y };
    if x.is_nan() { x } else { y }
}

/// The larger; NaN if either is.
#[inline(always)]
pub fn max(a: f32, b: f32) -> f32 {
    if a > b || a.is_nan() { a } else { b }
}

/// The smaller; NaN if either is.
#[inline(always)]
pub fn min(a: f32, b: f32) -> f32 {
    if a < b || a.is_nan() { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest error of `ours` against `exact`, relative to 1 or the value, whichever is smaller.
    fn worst(ours: fn(f32) -> f32, exact: fn(f64) -> f64, from: f32, to: f32) -> f64 {
        let steps = 20_000;
        let at = |i: i32| from + (to - from) * i as f32 / steps as f32;
        let error = |x: f32| {
            let y = exact(f64::from(x));
            (f64::from(ours(x)) - y).abs() / y.abs().max(1e-30)
        };
        (0..=steps).map(|i| error(at(i))).fold(0.0, f64::max)
    }

    #[test]
    fn functions_are_as_exact_as_f32_allows() {
        assert!(worst(exp, f64::exp, -86.0, 88.0) < 3e-7);
        assert!(worst(log, f64::ln, 1e-6, 0.9) < 3e-7);
        assert!(worst(log, f64::ln, 1.1, 1e6) < 3e-7);
        assert!(worst(tanh, f64::tanh, -12.0, 12.0) < 4e-7);
        assert!(worst(sigmoid, |x| 1.0 / (1.0 + (-x).exp()), -80.0, 80.0) < 4e-7);
        assert!(worst(softplus, |x| x.max(0.0) + (-x.abs()).exp().ln_1p(), -80.0, 80.0) < 4e-7);
    }

    #[test]
    fn ends_of_the_range() {
        assert_eq!(exp(f32::INFINITY), f32::INFINITY);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(exp(100.0), f32::INFINITY);
        assert_eq!(exp(-110.0), 0.0);
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(log(0.0), f32::NEG_INFINITY);
        assert_eq!(log(1.0), 0.0);
        assert_eq!(log(f32::INFINITY), f32::INFINITY);
        assert!((log(1e-40) - 1e-40_f32.ln()).abs() < 1e-4);
        assert!(log(-1.0).is_nan());
        assert_eq!(tanh(f32::INFINITY), 1.0);
        assert_eq!(tanh(-0.0), 0.0);
        assert_eq!(sigmoid(-200.0), 0.0);
        assert_eq!(softplus(200.0), 200.0);
        assert_eq!(softplus(f32::NEG_INFINITY), 0.0);
        for f in [exp, log, sigmoid, softplus, tanh, relu, sign] {
            assert!(f(f32::NAN).is_nan());
        }
        assert!(max(f32::NAN, 1.0).is_nan() && max(1.0, f32::NAN).is_nan() && min(f32::NAN, 1.0).is_nan());
    }
}
