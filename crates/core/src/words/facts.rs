//! The facts file: who is logged in where and until when, for every Keyfob program to read. No secret is in it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::words::id::Id;
use crate::words::problem::Problem;
use crate::words::profile::Profile;
use crate::words::session::SessionFacts;

/// The version of the file's shape.
pub const VERSION: u32 = 1;

/// What is known about all teams.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub version: u32,
    pub teams: BTreeMap<Id, TeamFacts>,
    /// The team a person last logged in to or asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Id>,
}

/// What is known about one team.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamFacts {
    /// The team's name, so that a prompt needs no other file.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionFacts>,
    /// When each profile's credential ends.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub credentials: BTreeMap<Id, Timestamp>,
    /// How long roles may be assumed for, by the profile that asked for longer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub allowed: BTreeMap<Id, Allowed>,
    /// What went wrong last and has not gone right since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// No server could be reached since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline_since: Option<Timestamp>,
    /// The session is only in the memory of one program: there was no keychain to keep it in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub memory_only: bool,
}

/// STS refused to give a role for as long as it was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    /// In seconds.
    pub asked: u32,
    pub given: u32,
}

impl Facts {
    /// What a profile gets instead of the time that its last role asks for, wherever its way begins.
    pub fn allowed(&self, profile: &Profile) -> Option<Allowed> {
        let asks = profile.chain.last()?.duration?;
        let mut all = self.teams.values().filter_map(|team| team.allowed.get(&profile.id));
        all.find(|allowed| allowed.asked == asks).copied()
    }

    /// Reads the file for somebody who only shows it: one that cannot be understood says nothing.
    pub fn parse(bytes: &[u8]) -> Facts {
        Facts::understood(bytes).unwrap_or_else(|| Facts { version: VERSION, ..Facts::default() })
    }

    /// Reads the file; `None` when it is damaged or of another version. A team whose row alone is damaged is left out:
    /// it is found out anew from the keychain. Of a key that stands twice the last one counts, as in most programs that
    /// read JSON: the facts repeat, so nothing is lost with the other (fault F246).
    pub fn understood(bytes: &[u8]) -> Option<Facts> {
        let facts = match serde_json::from_slice::<Facts>(bytes) {
            Ok(facts) => facts,
            Err(_) => row_by_row(serde_json::from_slice(bytes).ok()?)?,
        };
        (facts.version == VERSION).then_some(facts)
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut whole = self.clone();
        whole.version = VERSION;
        let mut bytes = serde_json::to_vec_pretty(&whole).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

fn row_by_row(mut file: serde_json::Value) -> Option<Facts> {
    let part = |part: Option<&mut serde_json::Value>| part.map(serde_json::Value::take).unwrap_or_default();
    let version = serde_json::from_value(part(file.get_mut("version"))).ok()?;
    let serde_json::Value::Object(rows) = part(file.get_mut("teams")) else { return None };
    let teams = rows
        .into_iter()
        .filter_map(|(id, row)| Some((serde_json::from_value(id.into()).ok()?, serde_json::from_value(row).ok()?)))
        .collect();
    Some(Facts { version, teams, last: serde_json::from_value(part(file.get_mut("last"))).unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_read_counts_as_empty() {
        for bytes in [&b""[..], b"{", b"{\"version\":9,\"teams\":{}}", b"\xff\xff", b"[]"] {
            assert_eq!(Facts::parse(bytes).teams.len(), 0);
        }
    }

    // F104
    #[test]
    fn a_row_that_cannot_be_read_costs_itself_only() {
        let facts = Facts::parse(
            br#"{"version":1,"last":7,"teams":{"aaaaaaaaaaaaaaaa":{"name":"a"},"bbbbbbbbbbbbbbbb":{"name":7},"!":{"name":"c"}}}"#,
        );
        assert_eq!(facts.teams.into_values().map(|team| team.name).collect::<Vec<_>>(), ["a"]);
        assert_eq!(facts.last, None);
    }

    // F246
    #[test]
    fn of_a_key_that_stands_twice_the_last_one_counts() {
        let (a, b) = (r#""aaaaaaaaaaaaaaaa":{"name":"a"}"#, r#""aaaaaaaaaaaaaaaa":{"name":"x","name":"b"}"#);
        for (teams, name) in [(format!("{a},{b}"), "b"), (format!("{b},{a}"), "a")] {
            let facts = Facts::parse(format!(r#"{{"version":9,"version":1,"teams":{{{teams}}}}}"#).as_bytes());
            assert_eq!(facts.teams.into_values().map(|team| team.name).collect::<Vec<_>>(), [name]);
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut facts = Facts::parse(b"");
        let id = Id::from_random([7; 10]);
        facts.teams.insert(id.clone(), TeamFacts { name: "acme".into(), memory_only: true, ..TeamFacts::default() });
        facts.last = Some(id);
        assert_eq!(Facts::parse(&facts.to_bytes()), facts);
    }
}
