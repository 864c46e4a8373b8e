//! What can be seen on the virtual display. It keeps its pixels in a file, in the format of `xwd` (X11/XWDFile.h).

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

/// The words of the header that say where the pixels are: all of four bytes, the highest first.
const HEADER_SIZE: usize = 0;
const WIDTH: usize = 4;
const HEIGHT: usize = 5;
const BYTES_PER_LINE: usize = 12;
const COLOURS: usize = 19;
/// What a colour of the palette takes, which lies before the pixels.
const COLOUR: usize = 12;
const PIXEL: usize = 4;
/// No more pixels than these are a text cursor that came or went.
const CURSOR: usize = 60;

#[derive(Debug)]
pub struct Eyes {
    file: PathBuf,
}

/// The pixels of a part of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    lines: Vec<Vec<u8>>,
}

impl Eyes {
    pub fn on(file: PathBuf) -> Self {
        Eyes { file }
    }

    /// What is to be seen between left, top, and so much to the right and down.
    pub fn look(&self, [left, top, width, height]: [i32; 4]) -> Option<Sight> {
        let screen = File::open(&self.file).ok()?;
        let word = |number: usize| -> Option<usize> {
            let mut bytes = [0; 4];
            screen.read_exact_at(&mut bytes, number as u64 * 4).ok()?;
            Some(u32::from_be_bytes(bytes) as usize)
        };
        let (line, first) = (word(BYTES_PER_LINE)?, word(HEADER_SIZE)? + word(COLOURS)? * COLOUR);
        let part = |from: i32, length: i32, end: usize| {
            let inside = |at: i32| usize::try_from(at).unwrap_or(0).min(end);
            inside(from)..inside(from.saturating_add(length))
        };
        let columns = part(left, width, word(WIDTH)?);
        let lines = part(top, height, word(HEIGHT)?).map(|y| {
            let mut pixels = vec![0; columns.len() * PIXEL];
            let at = first + y * line + columns.start * PIXEL;
            screen.read_exact_at(&mut pixels, at as u64).ok().map(|()| pixels)
        });
        Some(Sight { lines: lines.collect::<Option<_>>()? })
    }
}

impl Sight {
    /// Whether something is drawn in it, and not only one colour beside another.
    pub fn is_drawn(&self) -> bool {
        let edges = |line: &Vec<u8>| match line.get(PIXEL..) {
            Some(shifted) if !line.starts_with(shifted) => unlike(line, shifted),
            _ => 0,
        };
        self.lines.iter().map(edges).sum::<usize>() * 200 > self.size()
    }

    /// Whether it is more than a text cursor that differs.
    pub fn differs(&self, before: &Sight) -> bool {
        let changed = |(now, then): (&Vec<u8>, &Vec<u8>)| if now == then { 0 } else { unlike(now, then) };
        self.size() != before.size() || self.lines.iter().zip(&before.lines).map(changed).sum::<usize>() > CURSOR
    }

    /// In pixels.
    fn size(&self) -> usize {
        self.lines.iter().map(|line| line.len() / PIXEL).sum()
    }
}

/// How many pixels of two lines differ.
fn unlike(one: &[u8], other: &[u8]) -> usize {
    one.chunks(PIXEL).zip(other.chunks(PIXEL)).filter(|(one, other)| one != other).count()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A screen of so many pixels in each of two lines, one colour in its palette, with these colours.
    fn screen(pixels: &[u32]) -> (tempfile::TempDir, Eyes) {
        let width = u32::try_from(pixels.len() / 2).unwrap();
        let mut header = [0_u32; 25];
        (header[HEADER_SIZE], header[WIDTH], header[HEIGHT]) = (100, width, 2);
        (header[BYTES_PER_LINE], header[COLOURS]) = (width * 4, 1);
        let mut bytes: Vec<u8> = header.iter().flat_map(|word| word.to_be_bytes()).collect();
        bytes.extend([7; COLOUR]);
        bytes.extend(pixels.iter().flat_map(|pixel| pixel.to_le_bytes()));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("screen");
        std::fs::write(&file, bytes).unwrap();
        (folder, Eyes::on(file))
    }

    #[test]
    fn a_part_of_the_screen_is_seen_as_it_is_and_what_lies_outside_is_left_out() {
        let (_folder, eyes) = screen(&[1, 2, 3, 4, 5, 6, 7, 8]);
        let colours = |place| -> Vec<u8> {
            let sight: Sight = eyes.look(place).unwrap();
            sight.lines.iter().flat_map(|line| line.chunks(PIXEL).map(|pixel| pixel[0])).collect()
        };
        assert_eq!(colours([1, 0, 2, 2]), [2, 3, 6, 7]);
        assert_eq!(colours([-5, 1, 7, 9]), [5, 6]);
        assert_eq!(colours([9, 9, 1, 1]), [] as [u8; 0]);
    }

    #[test]
    fn one_colour_is_nothing_drawn_and_more_than_a_cursor_is_a_change() {
        let all = [0, 0, 200, 2];
        let mut pixels = [1; 400];
        let (_folder, eyes) = screen(&pixels);
        let empty = eyes.look(all).unwrap();
        assert!(!empty.is_drawn());
        pixels[..CURSOR].fill(2);
        let (_folder, eyes) = screen(&pixels);
        assert!(!eyes.look(all).unwrap().differs(&empty));
        pixels[..=CURSOR].fill(2);
        pixels.iter_mut().step_by(3).for_each(|pixel| *pixel = 3);
        let (_folder, eyes) = screen(&pixels);
        let full = eyes.look(all).unwrap();
        assert!(full.is_drawn() && full.differs(&empty) && !full.differs(&full));
    }

    #[test]
    fn a_file_that_is_no_screen_shows_nothing() {
        let (_folder, eyes) = screen(&[0; 8]);
        std::fs::write(&eyes.file, "xwd").unwrap();
        assert_eq!(eyes.look([0, 0, 1, 1]), None);
    }
}
