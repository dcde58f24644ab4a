//! Learning the merges of byte-pair encoding from text, one at a time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rustc_hash::FxHashMap;

use super::split::Split;
use super::vocabulary::{Token, Unit, Vocabulary};
use super::{Tokenizer, alphabet};

/// How often each piece of a text occurs, which is all that training looks at. Texts may come bit by bit, so that a page can show how
/// far it is; cut them at line breaks.
///
/// Memory is bounded whatever the text is: when there are too many different pieces, the rarest are forgotten, first those that
/// occurred once, the next time those that occurred twice or less, and so on (word2vec bounds its vocabulary so: Mikolov, Sutskever,
/// Chen, Corrado, Dean 2013).
#[derive(Clone, Debug, Default)]
pub struct WordCounts {
    counts: FxHashMap<Box<[u8]>, u32>,
    /// Pieces that occurred no more often than this were forgotten.
    forgotten: u32,
}

impl WordCounts {
    /// More different pieces than this are not kept.
    pub(super) const MOST: usize = 1 << 20;
    /// Longer pieces, as in languages without spaces, are cut after so many bytes.
    const LONGEST: usize = 64;

    /// Counts the pieces of one more text.
    pub fn add(&mut self, text: &str) {
        for piece in Split::Gpt2.pieces(text) {
            for word in piece.as_bytes().chunks(Self::LONGEST) {
                if let Some(count) = self.counts.get_mut(word) {
                    *count = count.saturating_add(1);
                } else {
                    self.counts.insert(word.into(), 1);
                }
            }
            while self.counts.len() > Self::MOST {
                self.forgotten += 1;
                self.counts.retain(|_, count| *count > self.forgotten);
            }
        }
    }

    /// How many different pieces there are.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

/// A merge that was learnt: wherever `left` stands before `right` they become `token`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    pub left: u32,
    pub right: u32,
    pub token: u32,
    /// How often the pair stood in the text, split as it was then.
    pub count: u64,
}

type Pair = (u32, u32);

/// A piece of the text as tokens: a part of [`BpeTrainer::symbols`], and how often it occurs.
#[derive(Clone, Copy, Debug)]
struct Word {
    start: u32,
    len: u32,
    count: u64,
}

/// Where a pair of neighbours stands.
#[derive(Clone, Debug, Default)]
struct Use {
    count: u64,
    /// Words that have, or had, the pair; each once, except those next to each other may be the same.
    words: Vec<u32>,
}

/// Learns byte-level byte-pair encoding: the commonest pair of neighbours becomes a token, again and again (Sennrich, Haddow, Birch
/// 2016, algorithm 1). Of pairs as common, that of the lowest ids comes first.
///
/// A merge changes only the words that have its pair, and only the counts of the pairs in these; the commonest is found by a heap.
/// Ids are GPT-2's: the 256 bytes in the order of its alphabet, then the merges.
#[derive(Clone, Debug)]
pub struct BpeTrainer {
    size: usize,
    tokens: Vec<Vec<u8>>,
    merges: Vec<Pair>,
    words: Vec<Word>,
    symbols: Vec<u32>,
    uses: FxHashMap<Pair, Use>,
    /// Every pair with a count that it has or had: counts fall behind this queue's back.
    queue: BinaryHeap<(u64, Reverse<Pair>)>,
}

impl BpeTrainer {
    /// Gets ready to learn a vocabulary of `size` tokens, of which 256 are the bytes.
    pub fn new(counts: WordCounts, size: usize) -> Self {
        let tokens: Vec<Vec<u8>> = alphabet::bytes().map(|byte| vec![byte]).collect();
        let mut id_of = [0; 256];
        for (token, id) in tokens.iter().zip(0..) {
            id_of[usize::from(token[0])] = id;
        }
        let (mut words, mut symbols) = (Vec::with_capacity(counts.len()), Vec::new());
        let mut uses: FxHashMap<Pair, Use> = FxHashMap::default();
        for (word, count) in counts.counts {
            let (index, start, count) = (words.len() as u32, symbols.len() as u32, u64::from(count));
            symbols.extend(word.iter().map(|byte| id_of[usize::from(*byte)]));
            words.push(Word { start, len: word.len() as u32, count });
            for pair in symbols[start as usize..].windows(2) {
                uses.entry((pair[0], pair[1])).or_default().add(index, count);
            }
        }
        let queue = uses.iter().map(|(pair, place)| (place.count, Reverse(*pair))).collect();
        BpeTrainer { size, tokens, merges: Vec::new(), words, symbols, uses, queue }
    }

    /// Learns one merge; none when the vocabulary has its size, or no pair occurs twice.
    pub fn step(&mut self) -> Option<Merge> {
        if self.tokens.len() >= self.size {
            return None;
        }
        let (count, (left, right)) = self.commonest()?;
        let token = self.tokens.len() as u32;
        self.tokens.push([&self.tokens[left as usize][..], &self.tokens[right as usize]].concat());
        self.merges.push((left, right));
        let words = self.uses.remove(&(left, right)).map_or_else(Vec::new, |place| place.words);
        let mut made = Vec::new();
        for index in words {
            self.merge_in(index, Merge { left, right, token, count }, &mut made);
        }
        for pair in made {
            self.queue.push((self.uses[&pair].count, Reverse(pair)));
        }
        Some(Merge { left, right, token, count })
    }

    fn commonest(&mut self) -> Option<(u64, Pair)> {
        while let Some((queued, Reverse(pair))) = self.queue.pop() {
            let count = self.uses.get(&pair).map_or(0, |place| place.count);
            if count == queued && count > 1 {
                return Some((count, pair));
            }
            // Counts fall, and never rise after the merge that made the pair.
            if count > 1 {
                self.queue.push((count, Reverse(pair)));
            }
        }
        None
    }

    /// Merges the pair in one word, if it is there, and counts its pairs anew. Pairs that are new go to `made`.
    fn merge_in(&mut self, index: u32, merge: Merge, made: &mut Vec<Pair>) {
        let word = &mut self.words[index as usize];
        let symbols = &mut self.symbols[word.start as usize..][..word.len as usize];
        if !symbols.windows(2).any(|pair| pair == [merge.left, merge.right]) {
            return;
        }
        for pair in symbols.windows(2) {
            if let Some(place) = self.uses.get_mut(&(pair[0], pair[1])) {
                place.count -= word.count;
            }
        }
        let (mut from, mut to) = (0, 0);
        while from < symbols.len() {
            let is_pair = symbols[from..].starts_with(&[merge.left, merge.right]);
            symbols[to] = if is_pair { merge.token } else { symbols[from] };
            from += if is_pair { 2 } else { 1 };
            to += 1;
        }
        word.len = to as u32;
        for pair in symbols[..to].windows(2) {
            let place = self.uses.entry((pair[0], pair[1])).or_default();
            if pair.contains(&merge.token) {
                if place.words.is_empty() {
                    made.push((pair[0], pair[1]));
                }
                place.add(index, word.count);
            } else {
                place.count += word.count;
            }
        }
    }

    /// How many tokens there are so far.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Never: the bytes are there from the beginning.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// How much of the vocabulary is learnt, 0 to 1.
    pub fn progress(&self) -> f32 {
        let bytes = 256;
        let (done, all) = (self.tokens.len() - bytes, self.size.saturating_sub(bytes));
        if all == 0 { 1.0 } else { done as f32 / all as f32 }
    }

    /// The bytes of a token, for showing merges.
    pub fn token_bytes(&self, token: u32) -> &[u8] {
        self.tokens.get(token as usize).map_or(&[], Vec::as_slice)
    }

    /// The tokenizer of what is learnt so far.
    pub fn tokenizer(&self) -> Tokenizer {
        Tokenizer::of_complete(Vocabulary {
            unit: Unit::Byte,
            split: Split::Gpt2,
            leading_space: false,
            tokens: self.tokens.iter().cloned().map(Token::Text).collect(),
            merges: self.merges.clone(),
            begin_of_text: None,
            end_of_text: None,
            unknown: None,
        })
    }
}

impl Use {
    fn add(&mut self, word: u32, count: u64) {
        self.count += count;
        if self.words.last() != Some(&word) {
            self.words.push(word);
        }
    }
}
