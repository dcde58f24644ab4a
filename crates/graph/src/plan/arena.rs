/// Something that lies in the arena from the kernel that writes it first to the one that reads it last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lifetime {
    pub len: usize,
    pub first: usize,
    pub last: usize,
}

impl Lifetime {
    fn meets(&self, other: &Lifetime) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// Offsets at which no two lifetimes that meet overlap, and the length of arena they need: the largest first, each at the
/// lowest place where it fits.
pub(super) fn place(lifetimes: &[Lifetime]) -> (Vec<usize>, usize) {
    let mut order: Vec<usize> = (0..lifetimes.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(lifetimes[i].len), lifetimes[i].first));
    let mut offsets = vec![0; lifetimes.len()];
    let mut placed: Vec<usize> = Vec::new();
    let mut end = 0;
    for i in order {
        let mut taken: Vec<(usize, usize)> =
            placed.iter().filter(|&&j| lifetimes[j].meets(&lifetimes[i])).map(|&j| (offsets[j], lifetimes[j].len)).collect();
        taken.sort_unstable();
        let mut offset = 0;
        for (start, len) in taken {
            if offset + lifetimes[i].len <= start {
                break;
            }
            offset = offset.max(start + len);
        }
        offsets[i] = offset;
        end = end.max(offset + lifetimes[i].len);
        placed.push(i);
    }
    (offsets, end)
}

/// The most that is alive at one time.
pub(super) fn most_alive(lifetimes: &[Lifetime]) -> usize {
    let at = |time: usize| lifetimes.iter().filter(|l| l.first <= time && time <= l.last).map(|l| l.len).sum();
    lifetimes.iter().map(|l| at(l.first)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_takes_turns_in_two_places() {
        let lifetimes: Vec<Lifetime> = (0..10).map(|i| Lifetime { len: 100, first: i, last: i + 1 }).collect();
        let (offsets, len) = place(&lifetimes);
        assert_eq!((len, most_alive(&lifetimes)), (200, 200));
        for (i, a) in lifetimes.iter().enumerate() {
            for (j, b) in lifetimes.iter().enumerate().skip(i + 1) {
                let apart = offsets[i] + a.len <= offsets[j] || offsets[j] + b.len <= offsets[i];
                assert!(apart || !a.meets(b), "{i} and {j}");
            }
        }
    }
}
