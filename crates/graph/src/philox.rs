//! Philox 4×32-10: a counter-based random number generator (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers:
//! as easy as 1, 2, 3"). A number depends only on the key and the counter, so every engine draws the same ones in any
//! order. The key is the run's seed; the counter is (block, step, stream, domain), and one block makes four numbers.

/// What a counter's last word says the numbers are for, so that no two uses share any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Noise drawn by a node while a program runs.
    Noise = 0,
    /// Starting values of variables.
    Init = 1,
    /// Anything drawn on the host.
    Host = 2,
    /// Orders of epochs: here the counter's step is the epoch.
    Shuffle = 3,
}

/// The four numbers of one counter under one key.
#[inline(always)]
pub fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let ([mut c0, mut c1, mut c2, mut c3], [mut k0, mut k1]) = (counter, key);
    for _ in 0..10 {
        let (a, b) = (0xD251_1F53_u64 * u64::from(c0), 0xCD9E_8D57_u64 * u64::from(c2));
        (c0, c1, c2, c3) = ((b >> 32) as u32 ^ c1 ^ k0, b as u32, (a >> 32) as u32 ^ c3 ^ k1, a as u32);
        k0 = k0.wrapping_add(0x9E37_79B9);
        k1 = k1.wrapping_add(0xBB67_AE85);
    }
    [c0, c1, c2, c3]
}

/// A source of numbers: one seed, one stream, one step.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    key: [u32; 2],
    step: u32,
    stream: u32,
    domain: Domain,
}

impl Stream {
    pub fn new(seed: u64, domain: Domain, stream: u32, step: u32) -> Self {
        Stream { key: [seed as u32, (seed >> 32) as u32], step, stream, domain }
    }

    /// Numbers `4 * block` to `4 * block + 3`, all bits random.
    #[inline(always)]
    pub fn bits(&self, block: u32) -> [u32; 4] {
        philox([block, self.step, self.stream, self.domain as u32], self.key)
    }

    /// Four numbers uniform in [0, 1), multiples of 2⁻²⁴.
    #[inline(always)]
    pub fn uniform(&self, block: u32) -> [f32; 4] {
        self.bits(block).map(unit)
    }

    /// Four standard normal numbers, by Box and Muller (1958) in pairs.
    #[inline(always)]
    pub fn normal(&self, block: u32) -> [f32; 4] {
        let [a, b, c, d] = self.bits(block);
        let ([x, y], [z, w]) = (box_muller(a, b), box_muller(c, d));
        [x, y, z, w]
    }

    /// Fills `out` with numbers `4 * block…` of `draw`, starting at number `start`.
    #[inline(always)]
    pub fn fill<T: Copy>(&self, start: usize, out: &mut [T], draw: impl Fn(&Self, u32) -> [T; 4]) {
        let mut done = 0;
        while done < out.len() {
            let (block, lane) = ((start + done) / 4, (start + done) % 4);
            let four = draw(self, block as u32);
            let n = (4 - lane).min(out.len() - done);
            out[done..done + n].copy_from_slice(&four[lane..lane + n]);
            done += n;
        }
    }
}

/// A number below `n` from 32 random bits, by multiply and shift (Lemire 2019, without the rejection: the bias is below n/2³²).
#[inline(always)]
pub fn below(bits: u32, n: u32) -> u32 {
    ((u64::from(bits) * u64::from(n)) >> 32) as u32
}

#[inline(always)]
fn unit(bits: u32) -> f32 {
    (bits >> 8) as f32 * (1.0 / 16_777_216.0)
}

#[inline(always)]
fn box_muller(a: u32, b: u32) -> [f32; 2] {
    // (0, 1], so that the logarithm is finite.
    let u = ((a >> 8) + 1) as f32 * (1.0 / 16_777_216.0);
    let (r, angle) = ((-2.0 * u.ln()).sqrt(), std::f32::consts::TAU * unit(b));
    [r * angle.cos(), r * angle.sin()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors published with Random123 (`kat_vectors`, philox 4x32 10).
    #[test]
    fn published_vectors() {
        let cases = [
            ([0; 4], [0; 2], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]),
            ([u32::MAX; 4], [u32::MAX; 2], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]),
            (
                [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
                [0xa4093822, 0x299f31d0],
                [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
            ),
        ];
        for (counter, key, expected) in cases {
            assert_eq!(philox(counter, key), expected);
        }
    }

    #[test]
    fn normal_numbers_have_mean_0_and_variance_1_and_do_not_depend_on_the_slicing() {
        let stream = Stream::new(7, Domain::Noise, 3, 11);
        let mut all = vec![0.0; 40_000];
        stream.fill(0, &mut all, Stream::normal);
        let mean = all.iter().sum::<f32>() / all.len() as f32;
        let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / all.len() as f32;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "mean {mean}, variance {variance}");
        let mut part = vec![0.0; 101];
        stream.fill(13, &mut part, Stream::normal);
        assert_eq!(part, all[13..114]);
    }
}
