//! Taking access keys out of a file of the AWS tools, and putting them back: byte for byte what was not theirs stays.

use keyfob_core::words::secret::Secret;

use super::File;
use super::header::{self, Header};
use crate::text::is_blank;

const KEYS: [&str; 2] = ["aws_access_key_id", "aws_secret_access_key"];

/// What is taken out of one file for one profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The secret access key itself.
    pub secret: Secret,
    /// From the first line that goes to the last, as it was.
    pub before: Secret,
    /// The same lines without the keys, and with ours.
    pub after: Secret,
    /// The file without the keys.
    pub left: Secret,
    /// The lines that go, by their numbers, as they may be shown.
    pub gone: Vec<(usize, String)>,
}

/// Why keys stay where they are, as the end of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stays {
    NotText,
    NoKeys,
    Twice,
    /// The lines that took their place are not there any more.
    Changed,
}

impl Stays {
    /// The end of a sentence.
    pub fn why(self) -> &'static str {
        match self {
            Stays::NotText => "the file is not UTF-8 text",
            Stays::NoKeys => "its two keys are not in this file",
            Stays::Twice => "its lines stand there more than once",
            Stays::Changed => "the lines that took their place are not there any more",
        }
    }
}

/// Takes the keys of a profile out, and puts a line in the place of the first.
pub fn take(bytes: &[u8], file: File, profile: &str, line: &str) -> Result<Taken, Stays> {
    let text = std::str::from_utf8(bytes).map_err(|_| Stays::NotText)?;
    let all = lines(text, file, profile);
    let is_key = |line: &&Line| line.key.as_deref().is_some_and(|key| KEYS.contains(&key));
    let keys: Vec<&Line> = all.iter().filter(is_key).collect();
    let of = |name: &str| keys.iter().filter(|line| line.key.as_deref() == Some(name) && !line.goes_on).count();
    let (Some(first), Some(last)) = (keys.first(), keys.last()) else { return Err(Stays::NoKeys) };
    if KEYS.iter().any(|name| of(name) > 1) {
        return Err(Stays::Twice);
    }
    if KEYS.iter().any(|name| of(name) == 0) {
        return Err(Stays::NoKeys);
    }
    let secret: String =
        keys.iter().filter(|line| line.key.as_deref() == Some(KEYS[1])).map(|line| line.value.as_str()).collect();
    if secret.is_empty() {
        return Err(Stays::NoKeys);
    }
    let (begin, end) = (first.begin, last.end);
    let ending = |line: &Line| {
        let raw = &text[line.begin..line.end];
        &raw[raw.trim_end_matches(['\r', '\n']).len()..]
    };
    let stays = all.iter().filter(|line| (begin..end).contains(&line.begin) && !is_key(line));
    let stays: Vec<&str> = stays.map(|line| &text[line.begin..line.end]).collect();
    let mut after = [&[line, ending(first)][..], &stays].concat().concat();
    // A file whose last line has no end keeps it so.
    if ending(last).is_empty() {
        after.truncate(after.trim_end_matches(['\r', '\n']).len());
    }
    Ok(Taken {
        secret: Secret::new(secret),
        before: Secret::new(&text[begin..end]),
        left: Secret::new([&text[..begin], &after, &text[end..]].concat()),
        after: Secret::new(after),
        gone: keys.iter().filter(|line| !line.goes_on).map(|line| (line.number, line.shown())).collect(),
    })
}

/// Puts back what was taken. Whatever else changed in the file since stays as it is now.
pub fn put_back(bytes: &[u8], before: &Secret, after: &Secret) -> Result<Secret, Stays> {
    let text = std::str::from_utf8(bytes).map_err(|_| Stays::NotText)?;
    let after = after.expose();
    let mut places = text.match_indices(after).filter(|(at, _)| {
        let whole = text[..*at].is_empty() || text[..*at].ends_with(['\r', '\n']);
        let rest = &text[at + after.len()..];
        whole && (after.ends_with(['\r', '\n']) || rest.is_empty() || rest.starts_with(['\r', '\n']))
    });
    match (places.next(), places.next()) {
        (Some((at, _)), None) => Ok(Secret::new([&text[..at], before.expose(), &text[at + after.len()..]].concat())),
        (None, _) => Err(Stays::Changed),
        (Some(_), Some(_)) => Err(Stays::Twice),
    }
}

/// A line with its end, and the setting of the profile that it is, or goes on with.
struct Line {
    number: usize,
    begin: usize,
    end: usize,
    key: Option<String>,
    value: String,
    goes_on: bool,
}

impl Line {
    fn shown(&self) -> String {
        match self.key.as_deref() {
            Some(key) if key == KEYS[0] => format!("{key} = {}", self.value),
            key => format!("{} = …", key.unwrap_or_default()),
        }
    }
}

/// Read as [`super::read`] reads them: what is indented more than a setting goes on with it.
fn lines(text: &str, file: File, profile: &str) -> Vec<Line> {
    let mut all = Vec::new();
    let (mut at, mut here, mut indent, mut open) = (0, false, 0, None::<Option<String>>);
    for (raw, number) in raw_lines(text).zip(1..) {
        let (begin, end) = (at, at + raw.len());
        at = end;
        let line = raw.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']);
        let content = line.trim_matches(is_blank);
        let mut new = Line { number, begin, end, key: None, value: String::new(), goes_on: false };
        let own = line.chars().take_while(|c| is_blank(*c)).count();
        if content.is_empty() || content.starts_with(['#', ';']) {
        } else if let Some(key) = open.as_ref().filter(|_| own > indent) {
            new.key.clone_from(key);
            (new.value, new.goes_on) = (content.to_owned(), true);
        } else if content.starts_with('[') {
            (indent, open, here) = (own, None, is_of(content, file, profile));
        } else {
            indent = own;
            let (key, value) = content.split_once(['=', ':']).unwrap_or_default();
            let key = Some(key.trim_matches(is_blank).to_lowercase()).filter(|key| here && !key.is_empty());
            new.value = value.split(" #").next().unwrap_or_default().trim_matches(is_blank).to_owned();
            open = Some(key.clone());
            new.key = key;
        }
        all.push(new);
    }
    all
}

fn is_of(header: &str, file: File, profile: &str) -> bool {
    let Some(inside) = header::inside(header) else { return false };
    match (file, header::of_config(inside)) {
        (File::Credentials, _) => inside == profile,
        (File::Config, Header::Profile(name)) => name == profile,
        (File::Config, Header::BareDefault) => profile == "default",
        (File::Config, _) => false,
    }
}

/// The lines with their ends, which are LF, CR LF or CR as in Python.
fn raw_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = match rest.find(['\r', '\n']) {
            Some(at) if rest[at..].starts_with("\r\n") => at + 2,
            Some(at) => at + 1,
            None => rest.len(),
        };
        let (line, more) = rest.split_at(end);
        rest = more;
        Some(line)
    })
}

#[cfg(test)]
#[path = "taking_tests.rs"]
mod tests;
