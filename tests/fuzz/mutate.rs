//! Makes inputs of real ones: a seed names its input, whoever asks and whenever.

use std::ops::Range;

use crate::nodes;

/// No input grows beyond this, but for the one long run of a byte.
const LONGEST: usize = 64 * 1024;

/// Bytes that readers of text trip over: not UTF-8, cut in the middle, surrogates, marks and controls.
const UNFIT: &[&[u8]] = &[
    b"\0",
    b"\xff",
    b"\xc3",
    b"\xe2\x82",
    b"\xed\xa0\x80",
    b"\xf8\x88\x80\x80\x80",
    b"\xef\xbb\xbf",
    b"\r",
    b"\x1b[2J",
    b"\x7f",
    b"\xc2\x85",
    b"\xe2\x80\xae",
    b"\xe2\x80\xa8",
    b"\xf0\x9f\xa6\x80",
    b"\xc2\xa0",
    b"\xe1\xba\x9e",
];

/// Splitmix64 (Steele, Lea and Flood, 2014): any number is a good beginning.
pub struct Dice(u64);

impl Dice {
    pub fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 1).unwrap() % sides.max(1)
    }

    pub fn one_of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }

    fn range(&mut self, length: usize) -> Range<usize> {
        let (a, b) = (self.below(length + 1), self.below(length + 1));
        // Mostly short ones: they leave something to go wrong in.
        if self.below(4) == 0 { a.min(b)..a.max(b) } else { a..length.min(a + self.below(8)) }
    }
}

/// Real inputs and what they are written with.
pub struct Corpus {
    seeds: Vec<Vec<u8>>,
    words: &'static [&'static str],
    changes: usize,
}

impl Corpus {
    pub fn new(seeds: Vec<Vec<u8>>, words: &'static [&'static str], changes: usize) -> Self {
        Corpus { seeds, words, changes }
    }

    pub fn seeds(&self) -> &[Vec<u8>] {
        &self.seeds
    }

    /// The input of this seed.
    pub fn input(&self, seed: u64) -> Vec<u8> {
        let mut dice = Dice(seed);
        let mut input = self.any(&mut dice).to_vec();
        // Mostly few: what is changed often is refused at its first line.
        let most = 1 + dice.below(self.changes);
        for _ in 0..=dice.below(most) {
            match dice.below(3) {
                0 => self.change_bytes(&mut input, &mut dice),
                1 => self.change_lines(&mut input, &mut dice),
                _ => nodes::change(&mut input, self.words, &mut dice),
            }
            input.truncate(LONGEST);
        }
        if dice.below(500) == 0 {
            self.grow(&mut input, &mut dice);
        }
        input
    }

    fn any(&self, dice: &mut Dice) -> &[u8] {
        &self.seeds[dice.below(self.seeds.len())]
    }

    fn change_bytes(&self, input: &mut Vec<u8>, dice: &mut Dice) {
        let at = dice.below(input.len() + 1);
        match dice.below(9) {
            0 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << dice.below(8);
                }
            }
            1 => insert(input, at, &[dice.below(256).to_le_bytes()[0]]),
            2 => insert(input, at, dice.one_of(UNFIT)),
            3 => drop(input.drain(dice.range(input.len()))),
            4 => {
                let again = input[dice.range(input.len())].to_vec();
                insert(input, at, &again);
            }
            5 => input.truncate(at),
            6 if !self.words.is_empty() => {
                let taken = dice.range(input.len());
                input.splice(taken, dice.one_of(self.words).bytes());
            }
            7 if !self.words.is_empty() => insert(input, at, dice.one_of(self.words).as_bytes()),
            // The head of one and the tail of another.
            _ => {
                let other = self.any(dice);
                let tail = &other[dice.below(other.len() + 1)..];
                input.truncate(at);
                input.extend_from_slice(tail);
            }
        }
    }

    fn change_lines(&self, input: &mut Vec<u8>, dice: &mut Dice) {
        let mut lines: Vec<Vec<u8>> = input.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
        let (one, other) = (dice.below(lines.len()), dice.below(lines.len()));
        match dice.below(5) {
            0 => drop(lines.remove(one)),
            1 => lines.insert(other, lines[one].clone()),
            2 => lines.swap(one, other),
            3 => {
                let strange: Vec<&[u8]> = self.any(dice).split(|b| *b == b'\n').collect();
                lines.insert(one, dice.one_of(&strange).to_vec());
            }
            // `key = value` with the value of another line.
            _ => {
                let value = lines[other].iter().position(|b| *b == b'=').map(|at| lines[other][at..].to_vec());
                if let (Some(value), Some(at)) = (value, lines[one].iter().position(|b| *b == b'=')) {
                    lines[one].truncate(at);
                    lines[one].extend(value);
                }
            }
        }
        *input = lines.join(&b'\n');
    }

    /// One byte or one bracket, very often.
    fn grow(&self, input: &mut Vec<u8>, dice: &mut Dice) {
        let at = dice.below(input.len() + 1);
        let run = dice.one_of(&[" ", "[", "{\"a\":", "\"", "0", "\n", "a", "\\", "=", "("]);
        insert(input, at, &run.as_bytes().repeat(1 << (8 + dice.below(11))));
    }
}

fn insert(input: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    input.splice(at..at, bytes.iter().copied());
}
