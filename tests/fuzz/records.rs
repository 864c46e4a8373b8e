//! What the keychain holds: a record or a credential is what was written, of one person and one role, or it is refused.

use jiff::Timestamp;
use keyfob_core::hands::record::{Record, decode_credential, encode_credential};
use keyfob_core::words::id::Id;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{Credential, Kept, Session};
use serde_json::Value;

use crate::driver::Target;

pub const RECORD: Target = Target {
    seeds: || ["ana", "ben"].map(|who| record(who).encode().expose().as_bytes().to_vec()).into(),
    words: WORDS,
    changes: 8,
    inputs: 3_000,
    holds: record_holds,
};

pub const CREDENTIAL: Target = Target {
    seeds: || {
        let credential = Credential {
            key_id: "ASIAEXAMPLE".into(),
            secret_key: Secret::new("s3cret-key"),
            token: Secret::new("t0ken-of-aws"),
            expires: Timestamp::MAX,
        };
        let of = |role: &Profile| encode_credential(&credential, role, Timestamp::UNIX_EPOCH);
        [admin(), reader()].map(|role| of(&role).expose().as_bytes().to_vec()).into()
    },
    words: WORDS,
    changes: 8,
    inputs: 5_000,
    holds: credential_holds,
};

const WORDS: &[&str] = &[
    "version",
    "generation",
    "session",
    "who",
    "access",
    "id_token",
    "refresh",
    "issued",
    "expires",
    "limit",
    "notes",
    "username",
    "password",
    "password_refused",
    "client_secret",
    "account",
    "role",
    "minted_for",
    "key_id",
    "token",
    "secret_key",
    "123456789012",
    "Admin",
    "ReadOnly",
    "2",
    "null",
    "\"",
    "{",
    "}",
    "\\ud800",
    "\\u0000",
];

fn record(who: &str) -> Record {
    let secret = |what: &str| Secret::new(format!("{what}-token-of-{who}"));
    Record {
        generation: 7,
        session: Some(Session {
            who: who.into(),
            access: secret("access"),
            id_token: Some(secret("identity")),
            refresh: Some(secret("refresh")),
            issued: Timestamp::UNIX_EPOCH,
            expires: Timestamp::MAX,
            limit: None,
            notes: [("client-id".to_owned(), secret("client"))].into(),
        }),
        kept: Kept {
            username: Some(who.into()),
            password: Some(secret("password")),
            secrets: ["client-secret", "another"].map(|key| (key.to_owned(), secret(key))).into(),
            ..Kept::default()
        },
    }
}

fn role(role: &str) -> Profile {
    let target = [("account", "123456789012"), ("role", role)].map(|(key, value)| (key.to_owned(), value.to_owned()));
    Profile::new(Id::from_random([1; 10]), "p", target.into())
}

fn admin() -> Profile {
    role("Admin")
}

fn reader() -> Profile {
    role("ReadOnly")
}

/// Why something is refused never quotes it.
fn says_nothing_of(text: &str, why: &str) {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| word.contains("-token-of"));
    assert_eq!(words.into_iter().find(|word| why.contains(*word)), None, "a secret is told: {why}");
}

fn record_holds(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let record = match Record::decode(&Secret::new(text)) {
        Ok(record) => record,
        Err(why) => return says_nothing_of(text, &why.to_string()),
    };
    assert_eq!(Record::decode(&record.encode()).as_ref(), Ok(&record), "written, it says something else");
    // Read a second time, by somebody who knows nothing of records: who it is and all tokens stand in one object.
    // It may be stricter: what stands under a key that nobody knows is not looked at.
    let Ok(tree) = serde_json::from_str::<Value>(text) else { return };
    assert_eq!(tree["version"], 1);
    let same = |told: Option<&Secret>, place: &str| {
        assert_eq!(told.map(Secret::expose), tree.pointer(place).and_then(Value::as_str), "{place} is another's");
    };
    if let Some(session) = &record.session {
        assert_eq!(tree["session"]["who"], session.who);
        same(Some(&session.access), "/session/access");
        same(session.id_token.as_ref(), "/session/id_token");
        same(session.refresh.as_ref(), "/session/refresh");
    }
    same(record.kept.password.as_ref(), "/password");
    same(record.kept.secret("client-secret"), "/client_secret");
}

fn credential_holds(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    for profile in [admin(), reader()] {
        let Ok(Some((credential, issued))) = decode_credential(&Secret::new(text), &profile) else { continue };
        let Ok(tree) = serde_json::from_str::<Value>(text) else { return };
        let asked = ["account", "role"].map(|key| profile.field(key));
        assert_eq!(["account", "role"].map(|key| tree[key].as_str()), asked, "made for another role");
        assert_eq!(tree.get("minted_for").and_then(Value::as_str).unwrap_or_default(), "", "made for more than a role");
        let again = decode_credential(&encode_credential(&credential, &profile, issued), &profile);
        assert_eq!(again, Ok(Some((credential, issued))), "written, it says something else");
    }
}
