//! What is made up is drawn by these dice; what is held out is decided by this hash.

use terrarium_graph::philox::{Domain, Stream, below};

/// Numbers of one item, in order.
pub struct Dice {
    stream: Stream,
    thrown: u32,
}

impl Dice {
    /// Those of item `index`. Each kind of item has a `stream` of its own, so that none is drawn by another's numbers.
    pub fn new(seed: u64, stream: u32, index: u32) -> Self {
        Dice { stream: Stream::new(seed, Domain::Host, stream, index), thrown: 0 }
    }

    /// A number from 0 to `n` − 1, each as likely; `n` is at least 1.
    pub fn below(&mut self, n: u32) -> u32 {
        let bits = self.stream.bits(self.thrown / 4)[self.thrown as usize % 4];
        self.thrown += 1;
        below(bits, n)
    }

    /// True `times` times `of` so many.
    pub fn lucky(&mut self, times: u32, of: u32) -> bool {
        self.below(of) < times
    }

    /// One of a list that is not empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u32) as usize]
    }

    /// Brings a list into an order of chance (Fisher and Yates; Durstenfeld 1964).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last as u32 + 1) as usize);
        }
    }
}

/// FNV-1a (Fowler, Noll, Vo 1991) of the bytes: it must never change, or checkpoints would be judged by what they have seen.
pub fn hash(text: &str) -> u64 {
    let hash = text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    // The high bits are the better ones.
    hash >> 32
}
