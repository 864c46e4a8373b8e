//! Plain columns for results that people read.

use std::collections::BTreeMap;
use std::fmt;

use keyfob_core::words::plain::clean;

use crate::paint::painted;

/// Rows of texts; each column is as wide as its widest text.
pub struct Columns<const N: usize> {
    rows: Vec<[String; N]>,
    /// By row and column; only what is seen of a text has a colour, and its width stays.
    colours: BTreeMap<(usize, usize), &'static str>,
}

impl<const N: usize> Default for Columns<N> {
    fn default() -> Self {
        Columns { rows: Vec::new(), colours: BTreeMap::new() }
    }
}

impl<const N: usize> Columns<N> {
    pub fn new() -> Self {
        Columns::default()
    }

    pub fn with_heads(heads: [&str; N]) -> Self {
        let mut columns = Columns::default();
        columns.row(heads.map(str::to_owned));
        columns
    }

    pub fn row(&mut self, row: [String; N]) {
        self.rows.push(row.map(|text| clean(&text)));
    }

    /// Colours a column of the last row.
    pub fn colour(&mut self, column: usize, colour: &'static str) {
        self.colours.insert((self.rows.len() - 1, column), colour);
    }
}

impl<const N: usize> fmt::Display for Columns<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut widths = [0; N];
        for row in &self.rows {
            for (width, text) in widths.iter_mut().zip(row) {
                *width = (*width).max(console::measure_text_width(text));
            }
        }
        for (number, row) in self.rows.iter().enumerate() {
            let mut line = String::new();
            for (column, (text, width)) in row.iter().zip(widths).enumerate() {
                let padded = console::pad_str(text, width + 2, console::Alignment::Left, None);
                match self.colours.get(&(number, column)) {
                    Some(colour) => line.push_str(&padded.replacen(text, &painted(text, colour), 1)),
                    None => line.push_str(&padded),
                }
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_for_wide_characters_too() {
        let mut table = Columns::with_heads(["A", "B"]);
        table.row(["日本".into(), "x".into()]);
        table.row(["abc".into(), "y".into()]);
        assert_eq!(table.to_string(), "A     B\n日本  x\nabc   y\n");
    }

    // F223
    #[test]
    fn columns_line_up_for_marks_and_for_colours_too() {
        let mut table = Columns::new();
        table.row(["ที่นี่".into(), "x".into()]);
        table.row(["abcd".into(), "y".into()]);
        table.colour(0, "32");
        assert_eq!(table.to_string(), "ที่นี่    x\n\u{1b}[32mabcd\u{1b}[0m  y\n");
    }
}
