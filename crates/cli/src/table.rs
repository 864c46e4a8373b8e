//! Plain columns for results that people read.

use std::fmt;

use keyfob_core::words::plain::clean;

/// Rows of texts; each column is as wide as its widest text.
#[derive(Default)]
pub struct Columns<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Columns<N> {
    pub fn new() -> Self {
        Columns { rows: Vec::new() }
    }

    pub fn with_heads(heads: [&str; N]) -> Self {
        Columns { rows: vec![heads.map(str::to_owned)] }
    }

    pub fn row(&mut self, row: [String; N]) {
        self.rows.push(row.map(|text| clean(&text)));
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
        for row in &self.rows {
            let mut line = String::new();
            for (text, width) in row.iter().zip(widths) {
                line.push_str(&console::pad_str(text, width + 2, console::Alignment::Left, None));
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
}
