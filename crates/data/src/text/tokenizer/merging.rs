use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What becomes of a pair of neighbours: the place of the merge among all, first to last, and the token it makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub rank: u32,
    pub token: u32,
}

/// Applies merges to the tokens of a piece, the earliest learnt first and, of the same, the leftmost (Sennrich, Haddow, Birch 2016).
///
/// Neighbours are linked, and the pairs that can be merged wait in a heap: a piece of n tokens takes O(n log n), however long. The
/// memory is used again for the next piece.
#[derive(Debug, Default)]
pub struct Merger {
    /// For each token the place of its neighbours; one that was merged into its left neighbour is its own next.
    previous: Vec<u32>,
    next: Vec<u32>,
    /// Rank, place of the left token, and what the two make.
    queue: BinaryHeap<Reverse<(u32, u32, u32)>>,
}

impl Merger {
    pub fn merge(&mut self, tokens: &mut Vec<u32>, rule: impl Fn(u32, u32) -> Option<Rule>) {
        let end = tokens.len() as u32;
        self.previous.clear();
        self.previous.extend((0..end).map(|place| place.wrapping_sub(1)));
        self.next.clear();
        self.next.extend(1..=end);
        self.queue.clear();
        for place in 1..end {
            self.offer(tokens, place - 1, place, &rule);
        }
        while let Some(Reverse((_, left, token))) = self.queue.pop() {
            let right = self.next[left as usize];
            // The pair may have changed since it was offered: one of the two was merged with its other neighbour.
            let is_pair = right != left && right < end;
            if !is_pair || rule(tokens[left as usize], tokens[right as usize]).is_none_or(|rule| rule.token != token) {
                continue;
            }
            tokens[left as usize] = token;
            let after = self.next[right as usize];
            self.next[right as usize] = right;
            self.next[left as usize] = after;
            if after < end {
                self.previous[after as usize] = left;
                self.offer(tokens, left, after, &rule);
            }
            let before = self.previous[left as usize];
            if before < end {
                self.offer(tokens, before, left, &rule);
            }
        }
        let mut place = 0;
        tokens.retain(|_| {
            let is_merged = self.next[place] == place as u32;
            place += 1;
            !is_merged
        });
    }

    fn offer(&mut self, tokens: &[u32], left: u32, right: u32, rule: impl Fn(u32, u32) -> Option<Rule>) {
        if let Some(Rule { rank, token }) = rule(tokens[left as usize], tokens[right as usize]) {
            self.queue.push(Reverse((rank, left, token)));
        }
    }
}
