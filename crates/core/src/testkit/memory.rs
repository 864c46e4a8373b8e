//! Looks for texts in the memory of a process, its own or, for root, any other's.

#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "the kernel shows memory as a file")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::sync::{Mutex, PoisonError};

use crate::doors::ports::Random;
use crate::words::secret::Secret;

use super::person::SeededRandom;

/// Texts that are looked for. They are kept in another form, so that looking for them finds no copy of its own.
#[derive(Debug, Default)]
pub struct Sought {
    masked: Vec<(String, Vec<u8>)>,
}

const MASK: u8 = 0xa5;
const CHUNK: usize = 256 * 1024;
/// As much of a text as an allocator that has the rest in use again may have left of it.
const PIECE: usize = 32;

impl Sought {
    /// Looks for a text: for its middle and its end, because an allocator writes over the beginning of what it gets back.
    /// The text itself is only read.
    pub fn add(&mut self, name: &str, text: &[u8]) {
        let mask = |from: usize| text.iter().skip(from).take(PIECE).map(|byte| byte ^ MASK).collect();
        self.masked.push((format!("{name}, its middle"), mask((text.len() / 2).saturating_sub(PIECE / 2))));
        self.masked.push((format!("{name}, its end"), mask(text.len().saturating_sub(PIECE))));
    }

    /// A secret that is like no other, and is looked for.
    pub fn planted(&mut self, name: &str) -> Secret {
        let mut bytes = [0; 3000];
        SeededRandom::new(name.bytes().fold(1, |seed, byte| u64::wrapping_mul(seed, 31) ^ u64::from(byte)))
            .fill(&mut bytes);
        let mut text = String::with_capacity(bytes.len());
        text.extend(bytes.iter().map(|byte| char::from(b'a' + byte % 26)));
        self.add(name, text.as_bytes());
        Secret::new(text)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.masked.iter().map(|(name, _)| name.as_str())
    }

    /// What is found in all that a process can write to, a name for each place; `process` is a number or `self`.
    pub fn found(&self, process: &str) -> std::io::Result<Vec<String>> {
        // What one search has just read would be found by another one of this process.
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let memory = File::open(format!("/proc/{process}/mem"))?;
        let maps = fs::read_to_string(format!("/proc/{process}/maps"))?;
        // Most places are passed by at their first two bytes.
        let mut begins = vec![false; 1 << 16];
        for (_, piece) in &self.masked {
            begins[pair(piece)] = true;
        }
        let mut chunk = vec![0; CHUNK];
        // What lies in the buffer was read elsewhere.
        let ours = if process == "self" { chunk.as_ptr() as u64 } else { 0 };
        // A place that changes while it is listed may be listed twice.
        let mut found = BTreeSet::new();
        for (start, end) in writable(&maps) {
            let around = [(start, end.min(ours)), (start.max(ours + CHUNK as u64), end)];
            for (mut at, end) in if ours == 0 { [(start, end), (0, 0)] } else { around } {
                while at < end {
                    let length = usize::try_from(end - at).unwrap_or(CHUNK).min(CHUNK);
                    // What went away since it was listed holds nothing.
                    let Ok(read) = memory.read_at(&mut chunk[..length], at) else { break };
                    chunk[..read].iter_mut().for_each(|byte| *byte ^= MASK);
                    let here = self.within(&chunk[..read], &begins);
                    found.extend(here.map(|(name, place)| format!("{name} at {:x}", at + place as u64)));
                    if read <= PIECE {
                        break;
                    }
                    at += (read - PIECE + 1) as u64;
                }
            }
        }
        Ok(found.into_iter().collect())
    }

    fn within<'a>(&'a self, masked: &'a [u8], begins: &'a [bool]) -> impl Iterator<Item = (&'a str, usize)> {
        let places = masked.windows(2).enumerate().filter(|(_, two)| begins[pair(two)]).map(|(at, _)| at);
        places.flat_map(move |at| {
            let here = self.masked.iter().filter(move |(_, piece)| masked[at..].starts_with(piece));
            here.map(move |(name, _)| (name.as_str(), at))
        })
    }
}

fn pair(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// From where to where a process can write, by `/proc/PID/maps`.
fn writable(maps: &str) -> impl Iterator<Item = (u64, u64)> {
    maps.lines().filter_map(|line| {
        let (range, rest) = line.split_once(' ')?;
        let (start, end) = range.split_once('-')?;
        let place = |hex| u64::from_str_radix(hex, 16).ok();
        rest.starts_with("rw").then_some((place(start)?, place(end)?))
    })
}
