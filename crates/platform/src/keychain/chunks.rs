//! Texts of any length in stores of small items: pieces first, then the one item that says which count.
//!
//! Windows takes 2,560 bytes for an item, a Cognito session needs more (security D8). A long text goes into
//! pieces under `NAME/a/0`, `NAME/a/1`, …, and `NAME` itself becomes a manifest. The next text uses slot `b`,
//! so that until the manifest is flipped, in one write, all of the old text is still there. Each piece
//! begins with its text's stamp; a piece with another stamp is never joined (P07, Z09).

use keyfob_core::doors::ports::StoreError;
use keyfob_core::words::secret::Secret;

use super::items::Items;

/// What a manifest begins with. A text that begins with it is always written in pieces, so that it cannot
/// be mistaken for one.
const MANIFEST: &str = "keyfob-pieces:1:";

/// The most pieces that are read or looked for: 256 of 2,400 bytes are far above any session.
const MOST: usize = 256;

/// How often a reader starts again because a writer flipped the manifest meanwhile.
const TRIES: usize = 3;

/// The text under that name, whole.
pub(crate) fn get(items: &mut dyn Items, name: &str) -> Result<Option<Secret>, StoreError> {
    let mut tried = None;
    for _ in 0..TRIES {
        let Some(found) = items.get(name)? else { return Ok(None) };
        let Some(manifest) = Manifest::read(&found)? else { return Ok(Some(found)) };
        if tried.as_ref() == Some(&manifest) {
            break;
        }
        if let Some(whole) = join(items, name, &manifest)? {
            return Ok(Some(whole));
        }
        tried = Some(manifest);
    }
    Err(StoreError::Damaged { why: "a part of it is missing".into() })
}

/// Replaces the text. `stamp` is new for each call: 16 letters and digits.
pub(crate) fn put(items: &mut dyn Items, name: &str, text: &Secret, stamp: &str) -> Result<(), StoreError> {
    let longest = items.longest();
    let whole = text.expose();
    let before = match items.get(name)? {
        // A manifest that cannot be read counts as none: its pieces are orphans, swept below.
        Some(found) => Manifest::read(&found).unwrap_or_default(),
        None => None,
    };
    if whole.len() <= longest && !whole.starts_with(MANIFEST) {
        items.put(name, text)?;
        if longest < usize::MAX || before.is_some() {
            sweep(items, name, Slot::A, 0)?;
            sweep(items, name, Slot::B, 0)?;
        }
        return Ok(());
    }

    let slot = before.as_ref().map_or(Slot::A, |m| m.slot.other());
    // The stamp and its colon go into each piece.
    let room = longest.saturating_sub(stamp.len() + 1).max(4);
    let pieces = split(whole, room);
    let count = pieces.len();
    if count > MOST {
        return Err(StoreError::Failed { why: format!("{} bytes are more than an entry can hold", whole.len()) });
    }
    for (index, piece) in pieces.into_iter().enumerate() {
        items.put(&piece_name(name, slot, index), &Secret::new(format!("{stamp}:{piece}")))?;
    }
    let manifest = Manifest { slot, stamp: stamp.to_owned(), count, length: whole.len() };
    items.put(name, &manifest.write())?;
    sweep(items, name, slot, count)?;
    sweep(items, name, slot.other(), 0)
}

/// Removes the text: first what makes it readable, then the pieces.
pub(crate) fn remove(items: &mut dyn Items, name: &str) -> Result<(), StoreError> {
    let in_pieces = match items.get(name)? {
        Some(found) => found.expose().starts_with(MANIFEST),
        None => false,
    };
    items.remove(name)?;
    if in_pieces || items.longest() < usize::MAX {
        sweep(items, name, Slot::A, 0)?;
        sweep(items, name, Slot::B, 0)?;
    }
    Ok(())
}

/// Pieces of at most `room` bytes, never through a character: some stores take nothing but UTF-8.
fn split(whole: &str, room: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = whole;
    while !rest.is_empty() {
        let mut end = room.min(rest.len());
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (piece, after) = rest.split_at(end);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

fn join(items: &mut dyn Items, name: &str, manifest: &Manifest) -> Result<Option<Secret>, StoreError> {
    let mut whole = zeroize::Zeroizing::new(String::with_capacity(manifest.length));
    for index in 0..manifest.count {
        let Some(piece) = items.get(&piece_name(name, manifest.slot, index))? else { return Ok(None) };
        match piece.expose().split_once(':') {
            Some((stamp, text)) if stamp == manifest.stamp => whole.push_str(text),
            _ => return Ok(None),
        }
    }
    Ok((whole.len() == manifest.length).then(|| Secret::new(std::mem::take(&mut *whole))))
}

/// Removes the pieces of a slot from `first` on: those of the text before, and those that a writer left
/// who died. Pieces are written upwards and removed downwards, so the ones there are have no gap.
fn sweep(items: &mut dyn Items, name: &str, slot: Slot, first: usize) -> Result<(), StoreError> {
    let mut end = first;
    while end < MOST && items.get(&piece_name(name, slot, end))?.is_some() {
        end += 1;
    }
    for index in (first..end).rev() {
        items.remove(&piece_name(name, slot, index))?;
    }
    Ok(())
}

fn piece_name(name: &str, slot: Slot, index: usize) -> String {
    format!("{name}/{}/{index}", slot.letter())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    A,
    B,
}

impl Slot {
    fn other(self) -> Self {
        match self {
            Slot::A => Slot::B,
            Slot::B => Slot::A,
        }
    }

    fn letter(self) -> char {
        match self {
            Slot::A => 'a',
            Slot::B => 'b',
        }
    }
}

/// `keyfob-pieces:1:SLOT:STAMP:COUNT:LENGTH`, length in bytes of the whole text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Manifest {
    slot: Slot,
    stamp: String,
    count: usize,
    length: usize,
}

impl Manifest {
    fn write(&self) -> Secret {
        Secret::new(format!("{MANIFEST}{}:{}:{}:{}", self.slot.letter(), self.stamp, self.count, self.length))
    }

    /// `Ok(None)` when the text is an ordinary one.
    fn read(text: &Secret) -> Result<Option<Self>, StoreError> {
        let Some(rest) = text.expose().strip_prefix(MANIFEST) else { return Ok(None) };
        let fields: Vec<&str> = rest.split(':').collect();
        let read = || {
            let [slot, stamp, count, length] = fields[..] else { return None };
            let slot = match slot {
                "a" => Slot::A,
                "b" => Slot::B,
                _ => return None,
            };
            let (count, length) = (count.parse().ok()?, length.parse().ok()?);
            (count <= MOST && length <= 1024 * 1024).then(|| Manifest { slot, stamp: stamp.into(), count, length })
        };
        read().map(Some).ok_or(StoreError::Damaged { why: "its list of parts makes no sense".into() })
    }
}

#[cfg(test)]
#[path = "chunks_tests.rs"]
mod tests;
