use crate::philox::{Domain, Stream, below};
use crate::{Error, Result};

/// Orders of `0..count`, one for each seed, stream and epoch, of which any element is known without the others: nothing is stored,
/// and every engine, and every thread of a device, finds its own.
///
/// A place is enciphered by a Feistel network whose round function is Philox: the generalised Feistel cipher of Black and Rogaway
/// 2002, "Ciphers with arbitrary finite domains". It is taken apart into two numbers below a and b, where a = ⌈√count⌉ and
/// a · b ≥ count, and each round adds to the one what Philox makes of the other. What that permutes is all a · b places; from one
/// that is not below `count` the cipher goes on until it is ("cycle walking"). That follows a cycle that began below `count`, so
/// it comes back there; and fewer than a places are not below it, so it does after a times at the latest, nearly always at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shuffle {
    count: u32,
    /// a and b.
    sides: [u32; 2],
}

impl Shuffle {
    /// Rounds of the network, half of them for either number. Four make a cipher of large halves (Luby and Rackoff 1988), small
    /// ones need more. With eight and 64 elements or more, how far the elements at two places lie apart is uniform as far as
    /// 200 000 seeds tell. Of a handful of elements some orders come up more often than others.
    pub const ROUNDS: u32 = 8;

    /// So many can be shuffled: a device divides by their number bit by bit, and doubles the rest in 32 bits.
    const MOST: u32 = 1 << 31;

    /// # Errors
    /// Where there is nothing to shuffle, or more than 2³¹ elements.
    pub fn new(count: usize) -> Result<Self> {
        match u32::try_from(count) {
            Ok(0) => Err(Error::op("shuffled index", "there is nothing to shuffle")),
            Ok(count @ ..=Self::MOST) => {
                let a = (count - 1).isqrt() + 1;
                Ok(Shuffle { count, sides: [a, count.div_ceil(a)] })
            }
            _ => Err(Error::op("shuffled index", format!("{count} are more than the {} that can be shuffled", Self::MOST))),
        }
    }

    /// How many are shuffled.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// How many values each of the two numbers has that make a place.
    pub fn sides(&self) -> [u32; 2] {
        self.sides
    }

    /// The batch of one step, from 1, where each step goes on where the one before ended: element i is at position
    /// p = (step − 1) · batch + i of all epochs one after the other, which is place p mod count of epoch ⌊p / count⌋.
    /// Epochs that are 2³² apart have the same order.
    pub fn batch(&self, seed: u64, stream: u32, step: u32, batch: &mut [u32]) {
        let count = u64::from(self.count);
        let first = u64::from(step.wrapping_sub(1)) * batch.len() as u64;
        for (position, element) in (first..).zip(batch) {
            *element = self.element(seed, stream, (position / count) as u32, (position % count) as u32);
        }
    }

    /// What is at a place of an epoch's order.
    pub fn element(&self, seed: u64, stream: u32, epoch: u32, place: u32) -> u32 {
        let bits = Stream::new(seed, Domain::Shuffle, stream, epoch);
        let mut element = self.enciphered(&bits, place);
        while element >= self.count {
            element = self.enciphered(&bits, element);
        }
        element
    }

    fn enciphered(&self, bits: &Stream, place: u32) -> u32 {
        let [a, b] = self.sides;
        let (mut x, mut y) = (place / b, place % b);
        for round in (0..Self::ROUNDS).step_by(2) {
            x = (x + below(bits.bits(y * Self::ROUNDS + round)[0], a)) % a;
            y = (y + below(bits.bits(x * Self::ROUNDS + round + 1)[0], b)) % b;
        }
        x * b + y
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTS: [usize; 8] = [1, 2, 3, 16, 17, 255, 257, 10_000];

    fn order(count: usize, seed: u64, stream: u32, epoch: u32) -> Vec<u32> {
        let shuffle = Shuffle::new(count).unwrap();
        (0..count as u32).map(|place| shuffle.element(seed, stream, epoch, place)).collect()
    }

    fn is_order(elements: &[u32], count: usize) -> bool {
        let mut sorted = elements.to_vec();
        sorted.sort_unstable();
        sorted.into_iter().eq(0..count as u32)
    }

    #[test]
    fn an_epoch_has_every_element_once() {
        for count in COUNTS {
            for epoch in [0, 1, u32::MAX] {
                assert!(is_order(&order(count, 7, 3, epoch), count), "{count} in epoch {epoch}");
            }
        }
    }

    /// The last of the most places, and the pair of numbers furthest out, still fit 32 bits.
    #[test]
    fn the_most_elements_are_within_reach() {
        let most = Shuffle::new(Shuffle::MOST as usize).unwrap();
        let places = (0..1000).flat_map(|i| [i, Shuffle::MOST - 1 - i]);
        let mut elements: Vec<u32> = places.map(|place| most.element(7, 3, 0, place)).collect();
        assert!(elements.iter().all(|&element| element < Shuffle::MOST));
        elements.sort_unstable();
        elements.dedup();
        assert_eq!(elements.len(), 2000);
        assert!(Shuffle::new(Shuffle::MOST as usize + 1).is_err() && Shuffle::new(0).is_err());
    }

    #[test]
    fn epochs_seeds_and_streams_have_orders_of_their_own() {
        for count in [255, 257, 10_000] {
            let orders = [order(count, 7, 3, 0), order(count, 7, 3, 1), order(count, 8, 3, 0), order(count, 7, 4, 0)];
            for (i, one) in orders.iter().enumerate() {
                for other in &orders[..i] {
                    // Two orders agree in one place, on average.
                    let same = one.iter().zip(other).filter(|(a, b)| a == b).count();
                    assert!(same < 8, "{count}: {same} in the same place");
                }
            }
        }
    }

    /// Batches smaller and larger than an epoch, dividing it and not, cut the same row of epochs.
    #[test]
    fn batches_follow_each_other_through_epochs() {
        for count in [1, 2, 3, 255, 257] {
            let shuffle = Shuffle::new(count).unwrap();
            let epochs: Vec<u32> = (0..2100 / count as u32 + 1).flat_map(|epoch| order(count, 7, 3, epoch)).collect();
            for batch in [1, 2, 100, 255, 512, 700] {
                let mut drawn = Vec::new();
                for step in 1..=2100 / batch as u32 {
                    let mut elements = vec![0; batch];
                    shuffle.batch(7, 3, step, &mut elements);
                    drawn.extend(elements);
                }
                assert_eq!(drawn, epochs[..drawn.len()], "{count} by {batch}");
            }
        }
    }

    /// Positions do not wrap around at 2³².
    #[test]
    fn the_last_step_is_where_it_belongs() {
        let mut batch = [0; 512];
        Shuffle::new(10_000).unwrap().batch(7, 3, u32::MAX, &mut batch);
        // (2³² − 2) · 512 = 219 902 325 · 10 000 + 4 528
        assert_eq!(batch[..], order(10_000, 7, 3, 219_902_325)[4_528..5_040]);
    }

    /// Over many seeds, what is at a place, and how far from it what is at another, are uniform: χ² is no more than five
    /// standard deviations above its mean.
    #[test]
    fn elements_are_uniform_over_seeds() {
        const SEEDS: u32 = 20_000;
        for count in [64_usize, 255, 257] {
            let shuffle = Shuffle::new(count).unwrap();
            let places = [0, 1, count as u32 / 2, count as u32 - 1];
            let mut seen = vec![vec![0_u32; count]; 2 * places.len() - 1];
            for seed in 0..SEEDS {
                let elements = places.map(|place| shuffle.element(u64::from(seed), 3, 0, place) as usize);
                for (i, element) in elements.into_iter().enumerate() {
                    seen[i][element] += 1;
                }
                for (i, element) in elements.into_iter().enumerate().skip(1) {
                    seen[places.len() - 1 + i][(element + count - elements[0]) % count] += 1;
                }
            }
            for (i, seen) in seen.iter().enumerate() {
                // Elements at two places are never the same.
                let possible = &seen[usize::from(i >= places.len())..];
                let expected = f64::from(SEEDS) / possible.len() as f64;
                let chi_squared: f64 = possible.iter().map(|&n| (f64::from(n) - expected).powi(2) / expected).sum();
                let freedom = possible.len() as f64 - 1.0;
                assert!(chi_squared < freedom + 5.0 * (2.0 * freedom).sqrt(), "{count}, {i}: χ² = {chi_squared} of {freedom}");
            }
        }
    }
}
