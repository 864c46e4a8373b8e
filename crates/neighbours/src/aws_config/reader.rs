//! Line by line: headers, settings, and lines that go on with a setting.

use std::collections::{BTreeMap, BTreeSet};

use super::header::{self, Header};
use super::{AwsConfig, Odd, Oddity, Place, Property, SECRET_KEYS, Section};
use crate::text::{UNREADABLE, decode, is_blank, lines};

/// Which of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum File {
    Config,
    /// Here every section is a profile, and what it says is preferred to the config file's.
    Credentials,
}

/// Reads one file on top of what was read before it.
pub fn read(file: File, bytes: &[u8], config: &mut AwsConfig) {
    let (text, wide) = decode(bytes);
    let mut reader = Reader {
        file,
        profiles: BTreeMap::new(),
        sso_sessions: BTreeMap::new(),
        bare_default: None,
        for_all: None,
        oddities: Vec::new(),
        headers: BTreeSet::new(),
        here: Here::Start,
        astray: false,
        indent: 0,
        open: None,
        keys: BTreeSet::new(),
    };
    if wide {
        reader.odd(1, "", Odd::Utf16);
    }
    for (number, line) in lines(&text) {
        reader.line(number, line);
    }
    reader.done(config);
}

struct Reader {
    file: File,
    profiles: BTreeMap<String, Section>,
    sso_sessions: BTreeMap<String, Section>,
    /// Counts only if `[profile default]` is nowhere.
    bare_default: Option<Section>,
    for_all: Option<Section>,
    oddities: Vec<Oddity>,
    /// Those that were there already, as they are written.
    headers: BTreeSet<String>,
    here: Here,
    /// A header was taken for a part of a setting: what stands below it must not count for the section above.
    astray: bool,
    /// Of the last line that began something: what is indented more than a setting goes on with it.
    indent: usize,
    /// The setting that a line may go on with.
    open: Option<Open>,
    /// Those of the section, as far as it goes here.
    keys: BTreeSet<String>,
}

struct Open {
    key: String,
    /// Its value begins on the next line, as in `s3 =`.
    nested: bool,
}

/// Where a setting belongs.
enum Here {
    Start,
    Profile(String),
    BareDefault,
    ForAll,
    SsoSession(String),
    Elsewhere,
}

impl Reader {
    fn odd(&mut self, line: usize, text: &str, what: Odd) {
        self.oddities.push(Oddity { place: Place { file: self.file, line }, text: text.to_owned(), what });
    }

    fn line(&mut self, number: usize, line: &str) {
        let content = line.trim_matches(is_blank);
        if content.is_empty() || content.starts_with(['#', ';']) {
            return;
        }
        let indent = line.chars().take_while(|c| is_blank(*c)).count();
        if self.open.is_some() && indent > self.indent {
            return self.continued(number, content);
        }
        self.indent = indent;
        if content.starts_with('[') {
            self.header(number, content);
        } else if matches!(self.here, Here::Start) {
            // The first one tells it all.
            if self.oddities.last().is_none_or(|last| last.what != Odd::Homeless) {
                self.odd(number, "", Odd::Homeless);
            }
        } else {
            self.property(number, content);
        }
    }

    fn header(&mut self, number: usize, line: &str) {
        (self.open, self.keys, self.astray) = (None, BTreeSet::new(), false);
        let Some(inside) = header::inside(line) else {
            // Its settings must not become those of the section before it.
            self.here = Here::Elsewhere;
            return self.odd(number, line, Odd::Torn);
        };
        let meant = match self.file {
            File::Config => header::of_config(inside),
            File::Credentials if inside == "DEFAULT" => Header::ForAll,
            File::Credentials => Header::Profile(inside.to_owned()),
        };
        let is_ours = !matches!(meant, Header::Foreign | Header::NoProfile | Header::Nameless);
        self.here = match meant {
            _ if inside.contains(UNREADABLE) => {
                self.odd(number, inside, Odd::NotText);
                Here::Elsewhere
            }
            Header::Profile(name) => Here::Profile(name),
            Header::SsoSession(name) => Here::SsoSession(name),
            Header::BareDefault => Here::BareDefault,
            Header::ForAll => Here::ForAll,
            Header::Foreign => Here::Elsewhere,
            Header::NoProfile | Header::Nameless => {
                let what = if meant == Header::Nameless { Odd::Nameless } else { Odd::NoProfile };
                self.odd(number, inside, what);
                Here::Elsewhere
            }
        };
        if !self.headers.insert(inside.to_owned()) && is_ours {
            self.odd(number, inside, Odd::Twice);
        }
        self.section(number);
    }

    fn property(&mut self, number: usize, line: &str) {
        let line = without_comment(line);
        let split = line.split_once(['=', ':']).map(|(key, value)| (key.trim_matches(is_blank), value));
        let Some((key, value)) = split.filter(|(key, _)| !key.is_empty()) else {
            self.open = None;
            return self.odd(number, "", Odd::NoSetting);
        };
        let (key, value) = (key.to_lowercase(), value.trim_matches(is_blank));
        // Nothing of the section above is called by no name, so nothing of it goes on.
        let goes_on = if self.astray { String::new() } else { key.clone() };
        self.open = Some(Open { key: goes_on, nested: value.is_empty() });
        if self.astray || matches!(self.here, Here::Elsewhere) {
            return;
        }
        if !self.keys.insert(key.clone()) {
            self.odd(number, &key, Odd::TwiceKey);
        }
        let value = if SECRET_KEYS.contains(&key.as_str()) { String::new() } else { value.to_owned() };
        let place = Place { file: self.file, line: number };
        if let Some(section) = self.section(number) {
            section.properties.insert(key, Property { place, value });
        }
    }

    fn continued(&mut self, number: usize, content: &str) {
        let Some(Open { key, nested }) = &self.open else { return };
        let key = key.clone();
        if content.starts_with('[') && content.ends_with(']') {
            self.odd(number, content, Odd::Indented);
            self.astray = true;
        } else if *nested && !content.contains('=') && !matches!(self.here, Here::Elsewhere) {
            self.odd(number, &key, Odd::NoNested);
        }
        if SECRET_KEYS.contains(&key.as_str()) {
            return;
        }
        if let Some(property) = self.section(number).and_then(|section| section.properties.get_mut(&key)) {
            property.value.push('\n');
            property.value.push_str(content);
        }
    }

    /// The section that the reading is in, which begins at this line if it did not before.
    fn section(&mut self, line: usize) -> Option<&mut Section> {
        let new = || Section::at(Place { file: self.file, line });
        match &self.here {
            Here::Profile(name) => Some(self.profiles.entry(name.clone()).or_insert_with(new)),
            Here::SsoSession(name) => Some(self.sso_sessions.entry(name.clone()).or_insert_with(new)),
            Here::BareDefault => Some(self.bare_default.get_or_insert_with(new)),
            Here::ForAll => Some(self.for_all.get_or_insert_with(new)),
            Here::Start | Here::Elsewhere => None,
        }
    }

    fn done(mut self, config: &mut AwsConfig) {
        if let Some(section) = self.bare_default {
            self.profiles.entry("default".into()).or_insert(section);
        }
        for section in self.profiles.values_mut().chain(self.sso_sessions.values_mut()) {
            for (key, property) in self.for_all.iter().flat_map(|all| &all.properties) {
                section.properties.entry(key.clone()).or_insert_with(|| property.clone());
            }
        }
        config.sso_sessions.append(&mut self.sso_sessions);
        for (name, section) in self.profiles {
            match config.profiles.get_mut(&name) {
                Some(there) => there.properties.extend(section.properties),
                None => drop(config.profiles.insert(name, section)),
            }
        }
        config.oddities.append(&mut self.oddities);
    }
}

/// For the SDKs a comment begins behind a blank, so that `#` can be part of an address.
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
