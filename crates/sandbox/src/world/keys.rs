//! Temporary AWS keys: the portal and STS mint them, STS knows them again.

use super::World;
use crate::random;

/// Temporary AWS keys.
#[derive(Debug)]
pub(crate) struct Keys {
    pub secret: String,
    pub session_token: String,
    pub account: String,
    pub arn: String,
    pub user_id: String,
    pub ends: u64,
    /// Who they go back to, for `revoke_everything`.
    pub who: String,
}

impl World {
    /// New temporary keys for a session of the role.
    pub fn mint(&mut self, account: &str, arn: String, role_id: &str, name: &str, who: &str, seconds: u64) -> Minted {
        self.mint_as(account, arn, format!("{role_id}:{name}"), who, seconds)
    }

    /// New temporary keys for `arn` in `account`.
    pub fn mint_as(&mut self, account: &str, arn: String, user_id: String, who: &str, seconds: u64) -> Minted {
        let minted = Minted {
            key_id: format!("ASIA{}", random::capitals(16)),
            secret: random::text(40, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
            session_token: format!("IQoJb3JpZ2luX2Vj{}==", random::token(620)),
            ends: self.seconds() + seconds,
        };
        let keys = Keys {
            secret: minted.secret.clone(),
            session_token: minted.session_token.clone(),
            account: account.to_owned(),
            arn,
            user_id,
            ends: minted.ends,
            who: who.to_owned(),
        };
        self.keys.insert(minted.key_id.clone(), keys);
        minted
    }
}

/// Keys on their way to whoever asked.
pub(crate) struct Minted {
    pub key_id: String,
    pub secret: String,
    pub session_token: String,
    /// Epoch seconds.
    pub ends: u64,
}

/// A stable id in AWS's style for `text`: `AROA…` for a role and so on.
pub(crate) fn stable_id(prefix: &str, text: &str) -> String {
    use sha2::{Digest, Sha256};
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digest = Sha256::digest(text.as_bytes());
    let tail: String = digest.iter().take(17).map(|b| char::from(letters[usize::from(*b) % 32])).collect();
    format!("{prefix}{tail}")
}
