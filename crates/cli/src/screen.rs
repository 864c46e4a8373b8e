//! What the terminal can show: its size, its letters, its colours, and whether a picture of squares can be read on it.

use std::fmt::Write;

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

use crate::world::World;

/// Terminals that show lines of text and nothing else.
const DUMB: [&str; 4] = ["", "dumb", "unknown", "emacs"];

impl World {
    /// The cursor can be moved about.
    pub fn has_cursor(&self) -> bool {
        cfg!(windows) || !DUMB.contains(&&*self.said("TERM").unwrap_or_default())
    }

    /// Whether what goes there is coloured: where a terminal shows it and nobody said otherwise (no-color.org,
    /// bixense.com/clicolors).
    pub fn has_colours(&self, is_terminal: bool) -> bool {
        let is_on = |name| self.said(name).is_some_and(|value| value != "0");
        if self.is_set("NO_COLOR") {
            return false;
        }
        if is_on("CLICOLOR_FORCE") || is_on("FORCE_COLOR") {
            return true;
        }
        is_terminal && self.said("CLICOLOR").as_deref() != Some("0") && self.has_cursor()
    }

    /// What no terminal writes in another encoding is told by what of it is text.
    fn said(&self, name: &str) -> Option<String> {
        self.raw(name).map(|value| value.to_string_lossy().into_owned())
    }

    fn has_blocks(&self) -> bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| self.said(name)).unwrap_or_default();
        let locale = locale.to_ascii_lowercase();
        cfg!(windows) || locale.contains("utf-8") || locale.contains("utf8")
    }

    /// A QR code, where all of it can be seen beside the words that belong to it, and told from its ground.
    pub fn picture(&self, of: &str, words: &str) -> Option<String> {
        let (rows, columns) = self.console.size()?;
        let ground = self.ground().filter(|_| self.has_cursor() && self.has_blocks())?;
        let picture = qr(of, ground)?;
        let taken = rows_of(words, columns) + picture.lines().count();
        let width = picture.lines().next().map_or(0, console::measure_text_width);
        (taken <= rows && width <= columns).then_some(picture)
    }

    /// Without colours only a ground that is told can be drawn on, as its own dark or light.
    fn ground(&self) -> Option<Ground> {
        if self.has_colours(true) {
            let many = |name| self.said(name).is_some_and(|value| value.contains("256color") || value.contains("true"));
            return Some(Ground::Painted { exactly: many("TERM") || many("COLORTERM") });
        }
        // `15;0`: text and ground in the first sixteen colours.
        match self.said("COLORFGBG")?.rsplit(';').next()?.parse().ok()? {
            0..=6 | 8 => Some(Ground::Dark),
            7 | 15 => Some(Ground::Light),
            _ => None,
        }
    }
}

/// What squares are drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ground {
    Painted { exactly: bool },
    Dark,
    Light,
}

/// Two rows of modules in each line, dark on light with its quiet zone: phones read nothing else reliably.
fn qr(of: &str, ground: Ground) -> Option<String> {
    let picture = QrCode::with_error_correction_level(of, qrcode::EcLevel::L).ok()?;
    let mut render = picture.render::<Dense1x2>();
    if ground == Ground::Dark {
        render.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark);
    }
    let text = render.quiet_zone(true).build();
    let colours = match ground {
        // The white that every terminal has, the bright one, and the one that no theme changes: the last it knows counts.
        Ground::Painted { exactly: true } => "\u{1b}[30;47;107;38;5;16;48;5;231m",
        Ground::Painted { exactly: false } => "\u{1b}[30;47;107m",
        Ground::Dark | Ground::Light => return Some(format!("{text}\n")),
    };
    let mut painted = String::new();
    for line in text.lines() {
        let _ = writeln!(painted, "{colours}{line}\u{1b}[0m");
    }
    Some(painted)
}

/// How many rows a text takes where lines are so long.
fn rows_of(text: &str, columns: usize) -> usize {
    text.lines().map(|line| console::measure_text_width(line).div_ceil(columns.max(1)).max(1)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    // F220
    #[test]
    fn a_picture_is_dark_on_light_whatever_the_terminal_is() {
        let of = "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH";
        let draw = |ground| qr(of, ground).unwrap_or_default();
        let (dark, light) = (draw(Ground::Dark), draw(Ground::Light));
        assert!(dark.starts_with('█') && light.starts_with(' '), "{dark}{light}");
        for exactly in [true, false] {
            let painted = draw(Ground::Painted { exactly });
            assert!(painted.lines().all(|line| line.starts_with("\u{1b}[30;47;107") && line.ends_with("\u{1b}[0m")));
        }
    }

    #[test]
    fn rows_are_counted_as_the_terminal_wraps_them() {
        assert_eq!(rows_of("a\n\nbb", 80), 3);
        assert_eq!(rows_of(&"x".repeat(81), 80), 2);
        assert_eq!(rows_of("日本日本日本", 8), 2);
    }
}
