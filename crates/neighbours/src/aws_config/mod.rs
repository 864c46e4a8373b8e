//! `~/.aws/config`: its grammar as the AWS SDKs read it, and drafts of teams from its SSO sections.
//!
//! Rules: AWS SDKs and Tools Reference Guide, “Shared config and credentials files”. Where the SDKs and
//! the AWS CLI differ, what either of them takes is taken, unless it could mean two things.

mod drafts;

use std::collections::BTreeMap;

pub use keyfob_core::words::mistake::Malformed;

pub use drafts::found;

/// The sections of the file that matter to a login. Others are skipped, with whatever is in them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AwsConfig {
    pub profiles: BTreeMap<String, Section>,
    pub sso_sessions: BTreeMap<String, Section>,
    /// Sections that look like profiles, but that no AWS tool reads.
    pub ignored: Vec<Ignored>,
}

/// A section; several of the same name are one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// Where it first begins, counting from 1.
    pub line: usize,
    properties: BTreeMap<String, Property>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Property {
    line: usize,
    value: String,
}

/// A section that is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    pub line: usize,
    /// What stands between the brackets.
    pub header: String,
}

impl Section {
    /// The value of a key, which is written in lower case here and in any case in the file. Secret keys
    /// have an empty value: they are none of our business.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.properties.get(key).map(|p| p.value.as_str())
    }

    /// The line of a key.
    pub fn line_of(&self, key: &str) -> Option<usize> {
        self.properties.get(key).map(|p| p.line)
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.properties.keys().map(String::as_str)
    }
}

/// The file is read by everybody who can read ours, but that is no reason to carry these around.
const SECRET_KEYS: [&str; 3] = ["aws_secret_access_key", "aws_session_token", "aws_security_token"];
const BLANK: [char; 2] = [' ', '\t'];

/// Reads the file. A byte order mark, CRLF, nested blocks, continued values and foreign sections are
/// fine; what no AWS tool would read is refused with its place.
pub fn parse(bytes: &[u8]) -> Result<AwsConfig, Malformed> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let before = String::from_utf8_lossy(&bytes[..e.valid_up_to()]);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Malformed { line, column, why: "this is not UTF-8 text".into() }
    })?;
    let mut reader = Reader::default();
    for (index, line) in text.split('\n').enumerate() {
        reader.line(index + 1, line.strip_suffix('\r').unwrap_or(line))?;
    }
    Ok(reader.done())
}

/// What a profile says under a key, for who asks for nothing else of the file.
pub fn setting(bytes: &[u8], profile: &str, key: &str) -> Option<String> {
    parse(bytes).ok()?.profiles.get(profile)?.get(key).map(str::to_owned)
}

#[derive(Default)]
struct Reader {
    config: AwsConfig,
    /// `[default]` without the word “profile”: counts only if `[profile default]` is nowhere.
    bare_default: Option<Section>,
    place: Place,
    /// The key that an indented line goes on with, and whether it began a nested block.
    open: Option<(String, bool)>,
}

/// Where a property belongs.
#[derive(Default)]
enum Place {
    #[default]
    Start,
    Profile(String),
    BareDefault,
    SsoSession(String),
    Elsewhere,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) -> Result<(), Malformed> {
        if let Some(at) = line.chars().position(|c| c.is_control() && c != '\t') {
            return Err(malformed(number, at, "a control character; AWS tools do not agree on what it means"));
        }
        let content = line.trim_matches(BLANK);
        if content.is_empty() || content.starts_with(['#', ';']) {
            return Ok(());
        }
        if line.starts_with('[') {
            self.header(number, line)
        } else if line.starts_with(BLANK) {
            self.continued(number, line, content)
        } else {
            self.property(number, line)
        }
    }

    fn header(&mut self, number: usize, line: &str) -> Result<(), Malformed> {
        let end = line.find(['#', ';']).unwrap_or(line.len());
        let line = line[..end].trim_matches(BLANK);
        let Some(header) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) else {
            return Err(malformed(number, line.chars().count(), "a section must end with ]"));
        };
        let header = header.trim_matches(BLANK);
        self.open = None;
        let (kind, name) = header.split_once(BLANK).unwrap_or(("", header));
        self.place = match (kind, named(name.trim_matches(BLANK))) {
            ("", Some("default")) => Place::BareDefault,
            ("profile", Some(name)) => Place::Profile(name.to_owned()),
            ("sso-session", Some(name)) => Place::SsoSession(name.to_owned()),
            // `[plugins]`, `[services x]` and what other tools keep here.
            (kind, _) => {
                if kind == "profile" || kind == "sso-session" || looks_like_profile(header) {
                    self.config.ignored.push(Ignored { line: number, header: header.to_owned() });
                }
                Place::Elsewhere
            }
        };
        if let Some(section) = self.section()
            && section.line == 0
        {
            section.line = number;
        }
        Ok(())
    }

    fn property(&mut self, number: usize, line: &str) -> Result<(), Malformed> {
        if matches!(self.place, Place::Start) {
            return Err(malformed(number, 0, "a setting stands before the first section, such as [profile name]"));
        }
        let (key, value) = key_and_value(number, line, "a setting")?;
        let key = key.to_ascii_lowercase();
        self.open = Some((key.clone(), value.is_empty()));
        if !is_identifier(&key) {
            return Ok(());
        }
        let value = if SECRET_KEYS.contains(&key.as_str()) { String::new() } else { value.to_owned() };
        if let Some(section) = self.section() {
            section.properties.insert(key, Property { line: number, value });
        }
        Ok(())
    }

    fn continued(&mut self, number: usize, line: &str, content: &str) -> Result<(), Malformed> {
        let indent = line.chars().take_while(|c| BLANK.contains(c)).count();
        let Some((key, nested)) = self.open.clone() else {
            let why = "an indented line goes on with a setting, and there is none before it";
            return Err(malformed(number, indent, why));
        };
        if nested {
            key_and_value(number, line, "a nested setting")?;
        }
        if let Some(property) = self.section().and_then(|s| s.properties.get_mut(&key))
            && !SECRET_KEYS.contains(&key.as_str())
        {
            property.value.push('\n');
            property.value.push_str(content);
        }
        Ok(())
    }

    fn section(&mut self) -> Option<&mut Section> {
        match &self.place {
            Place::Profile(name) => Some(self.config.profiles.entry(name.clone()).or_default()),
            Place::SsoSession(name) => Some(self.config.sso_sessions.entry(name.clone()).or_default()),
            Place::BareDefault => Some(self.bare_default.get_or_insert_default()),
            Place::Start | Place::Elsewhere => None,
        }
    }

    fn done(mut self) -> AwsConfig {
        if let Some(section) = self.bare_default {
            self.config.profiles.entry("default".into()).or_insert(section);
        }
        self.config
    }
}

/// Splits `key = value # comment`; `what` is what it should have been.
fn key_and_value<'a>(number: usize, line: &'a str, what: &str) -> Result<(&'a str, &'a str), Malformed> {
    let indent = line.chars().take_while(|c| BLANK.contains(c)).count();
    let Some((key, value)) = without_comment(line).split_once('=') else {
        return Err(malformed(number, indent, &format!("{what} is written as name = value")));
    };
    let key = key.trim_matches(BLANK);
    if key.is_empty() {
        Err(malformed(number, indent, &format!("{what} has no name before =")))
    } else {
        Ok((key, value.trim_matches(BLANK)))
    }
}

/// In values a comment needs a blank before it, so that `#` can be part of an address.
fn without_comment(line: &str) -> &str {
    let mut after_blank = false;
    for (at, c) in line.char_indices() {
        if after_blank && (c == '#' || c == ';') {
            return &line[..at];
        }
        after_blank = c.is_whitespace();
    }
    line
}

/// The name of a section. The AWS CLI takes quotes around it, and with them spaces inside.
fn named(name: &str) -> Option<&str> {
    for mark in ['"', '\''] {
        if let Some(inner) = name.strip_prefix(mark).and_then(|n| n.strip_suffix(mark)) {
            let fits = !inner.is_empty() && inner.chars().all(|c| is_identifier_character(c) || c == ' ');
            return fits.then_some(inner);
        }
    }
    is_identifier(name).then_some(name)
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_identifier_character)
}

fn is_identifier_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c)
}

/// `[dev]` or `[profiledev]`: people who forget the word wonder why nothing works.
fn looks_like_profile(header: &str) -> bool {
    !header.contains(BLANK) && !["plugins", "preview"].contains(&header)
}

fn malformed(line: usize, column: usize, why: &str) -> Malformed {
    Malformed { line, column: column + 1, why: why.to_owned() }
}

#[cfg(test)]
mod tests;
