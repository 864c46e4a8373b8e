//! The gate for texts that came from outside: what passes does nothing to whatever shows it, and hides nothing.

use std::borrow::Cow;
use std::io;

use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

/// The longest text of others that is shown, in characters.
const LONGEST: usize = 400;

/// Whether a character shows as itself: no control, no change of direction, no end of a line, nothing without a shape.
pub fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            // All variation selectors but the one that makes a picture of a sign.
            | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Around a name they keep its direction from what stands beside it (UAX #9, FSI and PDI).
pub const APART: [char; 2] = ['\u{2068}', '\u{2069}'];

/// One text of a server, a file or a caller: in one line, plain, and of bounded length (threat T36).
pub fn clean(text: &str) -> String {
    clean_to(text, LONGEST)
}

/// The same in so many characters, and a sign that there were more.
pub fn clean_to(text: &str, longest: usize) -> String {
    in_one_line(text, longest, is_plain)
}

/// The same for words of ours with cleaned names in them, which may be set apart.
pub fn label(text: &str) -> String {
    whole_pairs(&in_one_line(text, LONGEST, |c| is_plain(c) || APART.contains(&c)))
}

fn in_one_line(text: &str, longest: usize, passes: impl Fn(char) -> bool) -> String {
    let in_one_line = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let mut out: String = in_one_line.filter(|c| passes(*c)).take(longest + 1).collect();
    if out.chars().count() > longest {
        out.pop();
        out.push('…');
    }
    out
}

/// Leaves out each of [`APART`] that has no other one, or has a pair inside: a whole pair changes nothing around it.
fn whole_pairs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(APART) {
        out.push_str(before);
        let begins = rest[before.len()..].starts_with(APART[0]);
        rest = match after.split_once(APART) {
            Some((inside, behind)) if begins && after[inside.len()..].starts_with(APART[1]) => {
                out.extend([&APART[0].to_string(), inside, &APART[1].to_string()]);
                behind
            }
            _ => after,
        };
    }
    out.push_str(rest);
    out
}

/// Words of ours with texts of others in them, on their way to a terminal: of all that is not plain, ends of lines pass.
pub fn lines(text: &str) -> Cow<'_, str> {
    match text.chars().all(passes) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.chars().filter(|c| passes(*c)).collect()),
    }
}

fn passes(c: char) -> bool {
    c == '\n' || is_plain(c)
}

/// JSON for other programs, which loses nothing: what is not plain is escaped, so that a terminal can show it.
pub fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match passes(c) {
            true => out.push(c),
            false => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    out
}

/// Words of ours for something that shows them, in lines, with cleaned names in them that may be set apart.
pub fn words(text: &str) -> Cow<'_, str> {
    match text.contains(APART) {
        true => {
            let kept: String = text.chars().filter(|c| passes(*c) || APART.contains(c)).collect();
            Cow::Owned(whole_pairs(&kept))
        }
        false => lines(text),
    }
}

/// Writes JSON for something that shows it: of all that is not plain, ends of lines and names set apart pass.
#[derive(Debug, Default)]
pub struct Shown;

impl Formatter for Shown {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, to: &mut W, fragment: &str) -> io::Result<()> {
        to.write_all(words(fragment).as_bytes())
    }

    fn write_char_escape<W: ?Sized + io::Write>(&mut self, to: &mut W, escape: CharEscape) -> io::Result<()> {
        match escape {
            CharEscape::Quote | CharEscape::ReverseSolidus | CharEscape::Solidus | CharEscape::LineFeed => {
                CompactFormatter.write_char_escape(to, escape)
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use serde::Serialize;

    use super::*;

    #[test]
    fn words_of_a_server_cannot_reorder_or_flood_what_is_shown() {
        let hostile = format!("a\u{202e}b\u{1b}[31mc\nd{}", "x".repeat(9000));
        let cleaned = clean(&hostile);
        assert!(cleaned.starts_with("ab[31mc d"));
        assert_eq!(cleaned.chars().count(), 401);
        assert!(cleaned.ends_with("x…"));
        let whole = "x".repeat(400);
        assert_eq!(clean(&whole), whole);
    }

    // F151
    #[test]
    fn nothing_that_acts_or_hides_passes_and_what_people_write_does() {
        for hostile in
            "\u{1b}\u{7}\u{9b}\u{85}\u{7f}\u{202e}\u{2066}\u{61c}\u{200b}\u{2028}\u{2029}\u{e0041}\u{feff}".chars()
        {
            assert!(!is_plain(hostile), "{hostile:?}");
        }
        for text in ["R&D (prod)", "Zürich", "日本", "שלום", "हिन्दी", "⚠️ 42 %"] {
            assert_eq!(clean(text), text);
        }
    }

    // F151
    #[test]
    fn of_what_is_printed_ends_of_lines_pass_and_json_spells_out_what_does_not() {
        let text = "a\u{1b}[2J\nb\tc\u{202e}𝄞";
        assert_eq!((lines(text).as_ref(), words(text).as_ref()), ("a[2J\nbc𝄞", "a[2J\nbc𝄞"));
        assert_eq!(json(text), "a\\u001b[2J\nb\\u0009c\\u202e𝄞");
        assert_eq!(json("\u{1d173}"), "\\ud834\\udd73");
    }

    // F224
    #[test]
    fn a_name_set_apart_passes_as_a_whole_or_not_at_all() {
        let apart = "\u{2068}שלום\u{2069} · 3 h";
        assert_eq!(
            (label(apart).as_str(), words(apart).as_ref(), shown(apart)),
            (apart, apart, format!("\"{apart}\""))
        );
        assert_eq!(clean(apart), "שלום · 3 h");
        assert_eq!(label("a\u{2068}b"), "ab");
        assert_eq!(label("\u{2069}a\u{2069}\u{2068}"), "a");
        assert_eq!(label("\u{2068}a\u{2068}b\u{2069}c\u{2069}"), "a\u{2068}b\u{2069}c");
        assert_eq!(label("\u{2068}a\u{202e}\n\u{2067}b\u{2069}"), "\u{2068}a b\u{2069}");
        let long = format!("{}\u{2068}{}\u{2069}", "a".repeat(LONGEST - 2), "b".repeat(9));
        assert!(!label(&long).contains(APART));
    }

    fn shown(text: &str) -> String {
        let mut out = Vec::new();
        text.serialize(&mut serde_json::Serializer::with_formatter(&mut out, Shown)).unwrap();
        String::from_utf8(out).unwrap()
    }

    proptest! {
        // F151
        #[test]
        fn whatever_comes_only_plain_characters_reach_who_looks(text in any::<String>()) {
            prop_assert!(clean(&text).chars().all(is_plain));
            prop_assert!(lines(&text).chars().all(passes));
            let exact = json(&serde_json::to_string(&text).unwrap());
            prop_assert!(exact.chars().all(passes));
            prop_assert_eq!(&serde_json::from_str::<String>(&exact).unwrap(), &text);
            prop_assert_eq!(serde_json::from_str::<String>(&shown(&text)).unwrap().replace(APART, ""), lines(&text).into_owned());
            prop_assert_eq!(label(&text).replace(APART, ""), clean(&text.replace(APART, "")));
        }
    }
}
