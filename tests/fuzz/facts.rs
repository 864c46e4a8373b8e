//! The facts file: a row that is good stays, whatever stands beside it.

use keyfob_core::words::facts::{Facts, VERSION};
use serde_json::{Value, json};

use crate::driver::Target;

pub const TARGET: Target = Target { seeds, words: WORDS, changes: 8, inputs: 2_500, holds };

const WORDS: &[&str] = &[
    "teams",
    "version",
    "last",
    "name",
    "session",
    "credentials",
    "problem",
    "memory_only",
    "offline_since",
    "who",
    "issued",
    "expires",
    "limit",
    "renews",
    "aaaaaaaaaaaaaaaa",
    "!",
    "null",
    "1",
    "2",
    "2026-11-21T10:00:00Z",
    "remedy",
];

fn seeds() -> Vec<Vec<u8>> {
    let session = |who: &str| json!({ "who": who, "issued": "2026-11-21T10:00:00Z", "expires": "2026-11-21T11:00:00Z", "limit": null, "renews": true });
    let problem = json!({
        "code": "KC-LOCKED", "title": "The keychain is locked", "detail": "", "hint": "Unlock it.",
        "remedy": "none", "exit": "keychain",
    });
    let rows = json!({
        "aaaaaaaaaaaaaaaa": { "name": "acme", "session": session("ana"), "credentials": { "pppppppp": "2026-11-21T10:30:00Z" } },
        "bbbbbbbbbbbbbbbb": { "name": "lab", "memory_only": true, "offline_since": "2026-11-21T10:00:00.5Z" },
        "cccccccccccccccc": { "name": "ü", "problem": problem, "session": session("ben") },
    });
    let whole = json!({ "version": VERSION, "last": "aaaaaaaaaaaaaaaa", "teams": rows });
    vec![whole.to_string().into_bytes(), serde_json::to_vec_pretty(&whole).unwrap(), Facts::default().to_bytes()]
}

fn holds(input: &[u8]) {
    let facts = Facts::understood(input);
    if let Some(facts) = &facts {
        assert_eq!(Facts::understood(&facts.to_bytes()).as_ref(), Some(facts), "written, it says something else");
        assert_eq!(&Facts::parse(input), facts);
    }
    // Each row by itself, as if the others were not there.
    let Ok(file) = serde_json::from_slice::<Value>(input) else { return };
    let (Some(rows), true) = (file["teams"].as_object(), file["version"] == json!(VERSION)) else { return };
    let facts = facts.expect("a file with a version and rows says nothing at all");
    for (id, row) in rows {
        let alone = json!({ "version": VERSION, "teams": { id: row } }).to_string();
        let alone = Facts::understood(alone.as_bytes()).unwrap_or_default();
        for (id, row) in alone.teams {
            assert_eq!(facts.teams.get(&id), Some(&row), "a good row is lost");
        }
    }
}
