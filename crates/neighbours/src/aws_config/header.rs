//! What stands between the brackets of a section, and which section it names.

use crate::text::is_blank;

/// The section that a header begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Header {
    Profile(String),
    SsoSession(String),
    /// `[default]` without the word “profile”.
    BareDefault,
    /// `[DEFAULT]`: what stands here holds in every section that says nothing else (Python's configparser).
    ForAll,
    /// `[plugins]`, `[services x]` and what other tools keep here.
    Foreign,
    /// Its name cannot be told, so no tool knows it.
    Nameless,
    /// `[dev]`, or a word in front that is no kind of section.
    NoProfile,
}

/// The text between the brackets of a line that begins with one. Whatever stands behind them counts for nothing, as for
/// Python; a bracket inside the name belongs to it unless a comment is what it stands in.
pub fn inside(line: &str) -> Option<&str> {
    let rest = line.strip_prefix('[')?;
    let first = rest.find(']')?;
    let behind = rest[first + 1..].trim_matches(is_blank);
    let is_note = behind.starts_with(['#', ';']) || behind.starts_with("//");
    let end = if is_note { first } else { rest.rfind(']').unwrap_or(first) };
    let inside = rest[..end].trim_matches(is_blank);
    (!inside.is_empty()).then_some(inside)
}

/// What a header means in the config file.
pub fn of_config(inside: &str) -> Header {
    match inside {
        "default" => return Header::BareDefault,
        "DEFAULT" => return Header::ForAll,
        "plugins" | "preview" => return Header::Foreign,
        _ => {}
    }
    let first = inside.split(is_blank).next().unwrap_or(inside);
    let words = || match words(inside).as_deref() {
        Some([_, name]) if !name.is_empty() => Some(name.clone()),
        _ => None,
    };
    // Like botocore, which looks at the beginning of the first word only.
    if first.starts_with("profile") && first != inside {
        words().map_or(Header::Nameless, Header::Profile)
    } else if first.starts_with("sso-session") && first != inside {
        words().map_or(Header::Nameless, Header::SsoSession)
    } else if first.starts_with("services") {
        Header::Foreign
    } else {
        Header::NoProfile
    }
}

/// Splits like a POSIX shell: quotes and backslashes keep blanks inside a word. `None` for a quote that is not closed.
fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(chars.next()?),
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        end if end == c => break,
                        '\\' if c == '"' => match chars.next()? {
                            escaped @ ('"' | '\\') => word.push(escaped),
                            other => word.extend(['\\', other]),
                        },
                        inside => word.push(inside),
                    }
                }
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    // F170
    #[test]
    fn names_are_read_as_botocore_and_the_sdks_read_them() {
        let profile = |name: &str| Header::Profile(name.into());
        for (line, header) in [
            ("[profile dev]", profile("dev")),
            ("[ profile\tdev ]", profile("dev")),
            ("[profile dev] // text", profile("dev")),
            ("[profile dev] # see [other]", profile("dev")),
            ("[profile dev];x", profile("dev")),
            ("[profile zürich]", profile("zürich")),
            ("[profile 'R&D (prod)']", profile("R&D (prod)")),
            ("[profile \"a b\"]", profile("a b")),
            ("[profile a\\ b]", profile("a b")),
            ("[profile a'b 'c]", profile("ab c")),
            ("[profile \"a\\\"b\\x\"]", profile("a\"b\\x")),
            ("[profile Prod/Admin]", profile("Prod/Admin")),
            ("[profile R&D]", profile("R&D")),
            ("[profile a#b]", profile("a#b")),
            ("[profiles x]", profile("x")),
            ("[sso-session my sso]", Header::Nameless),
            ("[sso-session 'my sso']", Header::SsoSession("my sso".into())),
            ("[default]", Header::BareDefault),
            ("[ default ]", Header::BareDefault),
            ("[DEFAULT]", Header::ForAll),
            ("[plugins]", Header::Foreign),
            ("[services x]", Header::Foreign),
            ("[profile in valid]", Header::Nameless),
            ("[profile \"open]", Header::Nameless),
            ("[profile '']", Header::Nameless),
            ("[profile]", Header::NoProfile),
            ("[dev]", Header::NoProfile),
            ("[sso_session x]", Header::NoProfile),
        ] {
            assert_eq!(of_config(inside(line).unwrap_or("")), header, "{line}");
        }
        for torn in ["[profile x", "[", "[]", "[ ]"] {
            assert_eq!(inside(torn), None, "{torn}");
        }
    }
}
