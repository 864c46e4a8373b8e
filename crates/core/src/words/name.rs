//! What things are called among people, and what a name may hold.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};

use super::plain::is_plain;

/// The longest name a team or profile may have, in characters.
pub const MAX_NAME: usize = 64;
/// The most marks that one letter carries: more of them cover the lines above and below.
const MAX_MARKS: usize = 6;
/// They join letters or keep them apart, and cannot be seen themselves.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// Why a name cannot be used, as the end of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadName(pub String);

/// The form in which a team's name is kept and every name is compared: composed (NFC, UAX #15), as keyboards write it
/// and file systems may not, and without joiners, by which names would differ that look the same.
pub fn composed(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return Cow::Borrowed(name);
    }
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    match name.contains(JOINERS) {
        true => Cow::Owned(nfc.normalize(&name.replace(JOINERS, "")).into_owned()),
        false => nfc.normalize(name),
    }
}

/// Whether two names are one to whoever reads them.
pub fn is_same(one: &str, other: &str) -> bool {
    one == other || (!(one.is_ascii() && other.is_ascii()) && composed(one) == composed(other))
}

/// A sign that stands on, under or around the letter before it.
pub fn is_mark(c: char) -> bool {
    !c.is_ascii() && GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(c))
}

/// Checks the name of a team: 1 to 64 letters of any script with their marks, digits and `. _ - @ + =`, with single
/// spaces inside, and no leading `-` or `.`. Everything a shell, a file or a menu could misread is left out.
pub fn check_name(name: &str) -> Result<(), BadName> {
    let bad = |why: &str| Err(BadName(why.to_owned()));
    if name.is_empty() {
        return bad("a name cannot be empty");
    }
    if name.chars().count() > MAX_NAME {
        return bad("a name has at most 64 characters");
    }
    if name.starts_with(['-', '.', ' ']) || name.ends_with(' ') || name.contains("  ") {
        return bad("a name cannot begin with “-” or “.”, nor begin, end or be doubled with a space");
    }
    match misfit(name) {
        Some(c) => Err(BadName(format!("a name holds letters, digits and . _ - @ + = only, not {:?}", c.to_string()))),
        None => Ok(()),
    }
}

/// The first character that is neither a letter, nor a mark on one, nor one of a few signs.
fn misfit(name: &str) -> Option<char> {
    let (mut on_letter, mut marks) = (false, 0);
    name.chars().find(|c| {
        if is_mark(*c) {
            marks += 1;
            // This one asks for a picture in place of the letter.
            return !on_letter || marks > MAX_MARKS || !is_plain(*c) || *c == '\u{fe0f}';
        }
        (on_letter, marks) = (c.is_alphanumeric(), 0);
        !(is_plain(*c) && (on_letter || "._-@+= ".contains(*c)))
    })
}

/// The longest name a profile may have, in characters.
pub const MAX_PROFILE_NAME: usize = 128;

/// Checks the name of a profile. It is the name that other tools know it by, such as `Prod/Admin` or `R&D (prod)`, so
/// only what no shell and no line of `~/.aws/config` can hold unharmed is left out.
pub fn check_profile_name(name: &str) -> Result<(), BadName> {
    let bad = |why: &str| Err(BadName(why.to_owned()));
    if name.is_empty() {
        return bad("a name cannot be empty");
    }
    if name.chars().count() > MAX_PROFILE_NAME {
        return bad("a profile's name has at most 128 characters");
    }
    if name.starts_with(['-', ' ']) || name.ends_with(' ') {
        return bad("a profile's name cannot begin with “-”, nor begin or end with a space");
    }
    let unfit = |c: &char| !is_plain(*c) || "!$;|<>\"'`\\[]".contains(*c) || (c.is_whitespace() && *c != ' ');
    if let Some(c) = name.chars().find(unfit) {
        return Err(BadName(format!("a profile's name cannot hold {:?}", c.to_string())));
    }
    Ok(())
}

/// The folder name that the iot CLI makes of a team's name (simpleiot-cli, `common/config.py`). Names
/// outside ASCII would all become the same empty folder, so they stand for themselves.
pub fn as_iot_folder(name: &str) -> String {
    let kept: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).collect();
    if name.is_ascii() { kept } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_has_the_name_that_other_tools_know_it_by() {
        for name in ["Prod/Admin", "R&D (prod)", "zürich", "a:b%c,d", "acme prod.Admin", "a  b"] {
            assert_eq!(check_profile_name(name), Ok(()), "{name}");
        }
        for name in [
            "",
            "-x",
            " x",
            "x ",
            "a\nb",
            "a\tb",
            "a\u{202e}b",
            "a\u{1b}[31m",
            "a]b",
            "$(x)",
            "a;b",
            "a|b",
            "a>b",
            "a\"b",
            "a'b",
            "a\\b",
        ] {
            assert!(check_profile_name(name).is_err(), "{name:?} was accepted");
        }
    }

    #[test]
    fn names_that_could_be_misread_are_refused() {
        for name in ["", "-rf", "..", " a", "a ", "a\nb", "a;b", "$(x)", "a'b", "a\u{202e}b", "../x", "a/b", "a\"b"] {
            assert!(check_name(name).is_err(), "{name:?} was accepted");
        }
        for name in ["acme-prod", "Müller 2", "a.b@c+d=e", "日本"] {
            assert_eq!(check_name(name), Ok(()), "{name:?}");
        }
    }

    // F223
    #[test]
    fn a_name_is_written_in_any_script() {
        for name in [
            "हिन्दी टीम",
            "ภาษาไทย ที่นี่",
            "שָׁלוֹם",
            "مُحَمَّد",
            "বাংলা",
            "தமிழ்",
            "မြန်မာ",
            "བསྒྲུབས",
            "Mu\u{308}ller",
            "Việt",
            "o\u{304}\u{308}",
            "í\u{328}",
        ] {
            assert_eq!(check_name(name), Ok(()), "{name:?}");
        }
        // A mark on nothing, marks that cover their neighbours, letters and marks that cannot be seen, pictures.
        let zalgo = format!("a{}", "\u{301}".repeat(MAX_MARKS + 1));
        for name in
            ["\u{301}a", "a \u{301}", "a-\u{301}", &zalgo, "a\u{3164}", "a\u{34f}b", "a\u{fe0f}", "🚀", "a\u{200d}b"]
        {
            assert!(check_name(name).is_err(), "{name:?} was accepted");
        }
    }

    // F223
    #[test]
    fn names_that_look_the_same_are_the_same() {
        assert_eq!(composed("Mu\u{308}ller"), "Müller");
        assert_eq!(composed("می\u{200c}خواهم"), "میخواهم");
        assert_eq!(composed("\u{1112}\u{1161}\u{11ab}"), "한");
        assert!(is_same("Zu\u{308}rich", "Zürich") && is_same("acme", "acme") && !is_same("acme", "Acme"));
        assert!(matches!(composed("Müller"), Cow::Borrowed(_)));
    }
}
