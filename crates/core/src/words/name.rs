//! What things are called among people, and what a name may hold.

use super::plain::is_plain;

/// The longest name a team or profile may have, in characters.
pub const MAX_NAME: usize = 64;

/// Why a name cannot be used, as the end of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadName(pub String);

/// Checks the name of a team or a profile: 1 to 64 letters, digits and `. _ - @ + =`, with single
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
    if let Some(c) = name.chars().find(|c| !(c.is_alphanumeric() || "._-@+= ".contains(*c))) {
        return Err(BadName(format!("a name holds letters, digits and . _ - @ + = only, not {:?}", c.to_string())));
    }
    Ok(())
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
}
