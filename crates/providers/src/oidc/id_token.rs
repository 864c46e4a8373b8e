//! What an ID token has to prove (OpenID Connect Core 1.0 §3.1.3.7): who signed it, for whom, when, and for which login.

use jiff::Timestamp;
use jsonwebtoken::Algorithm;
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::claims::{self, Claims, text, time};
use keyfob_core::words::plain::clean;
use keyfob_core::words::secret::Secret;
use serde_json::Value;

use super::keys::{Claimed, Keys};
use super::place::Place;
use super::verifier::ALGORITHMS;

/// Two clocks that are not further apart are taken for the same.
const SKEW: i64 = 300;

/// A token that proves what it has to.
pub(super) struct Proved {
    pub claims: Claims,
    /// What it is signed with.
    pub key: Secret,
}

/// What it is checked against.
pub(super) struct Expected<'a> {
    pub place: &'a Place,
    pub host: &'a str,
    /// The number that the page was opened with.
    pub nonce: Option<&'a Secret>,
}

/// Now, by this computer, and what is known of the other side's clock: seconds that ours is ahead of it.
pub(super) struct Times {
    pub now: Timestamp,
    pub ahead: Option<i64>,
}

impl Expected<'_> {
    /// Checks the signature, and all but the times.
    pub async fn proved(&self, token: &Secret, keys: &Keys<'_>) -> Result<Proved, ProviderError> {
        let wrong = |what: String| ProviderError::Unproven { host: self.host.to_owned(), what };
        let claimed = claimed(token).map_err(wrong)?;
        let Some(signed) = keys.signed(&claimed).await? else {
            return Err(wrong("the signature of its ID token is of none of its keys".into()));
        };
        let claims = claims::of(Some(token.expose()));
        self.belongs(&claims).map_err(wrong)?;
        Ok(Proved { claims, key: signed.0 })
    }

    /// Whose it is, and for whom; the error is a sentence.
    fn belongs(&self, claims: &Claims) -> Result<(), String> {
        let issuer = text(claims, "iss").unwrap_or_default();
        if !self.place.is_issuer(issuer) {
            return Err(format!("its ID token is of another issuer, {:?}", clean(issuer)));
        }
        let own = |name: &str| name == self.place.client_id;
        let audience: Vec<&str> = match claims.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        // Who else may use it must have been told that it is ours (§3.1.3.7, points 3 to 5).
        let presented = claims.get("azp").map(|azp| azp.as_str().unwrap_or_default());
        let ours = audience.iter().any(|name| own(name))
            && presented.is_none_or(own)
            && (audience.len() == 1 || presented.is_some());
        if !ours {
            return Err(format!("its ID token is for another client, {:?}", clean(&audience.join(" "))));
        }
        if let Some(nonce) = self.nonce
            && text(claims, "nonce") != Some(nonce.expose())
        {
            return Err("its ID token is of another login".into());
        }
        if text(claims, "sub").is_none_or(|subject| subject.len() > 1024) {
            return Err("its ID token names nobody".into());
        }
        if time(claims, "exp").is_none() || time(claims, "iat").is_none() {
            return Err("its ID token does not say from when to when it is good".into());
        }
        Ok(())
    }

    /// Checks the times of a token that has just been made.
    pub fn is_now(&self, claims: &Claims, times: &Times) -> Result<(), ProviderError> {
        let now = times.now.as_second();
        let made = time(claims, "iat").unwrap_or(now);
        let begins = time(claims, "nbf").unwrap_or(made).max(made);
        let ends = time(claims, "exp").unwrap_or(now);
        // The server's own word on what time it is counts more: some make tokens that begin a while ago (Entra: five minutes).
        let ahead = times.ahead.unwrap_or_else(|| now.saturating_sub(made));
        let off = |there: i64| ProviderError::ClockOff {
            host: self.host.to_owned(),
            here: times.now,
            there: Timestamp::from_second(there).unwrap_or(Timestamp::MIN),
        };
        if ahead.saturating_abs() > SKEW {
            return Err(off(now.saturating_sub(ahead)));
        }
        if begins > now.saturating_add(SKEW) {
            return Err(off(begins));
        }
        if ends <= now.saturating_sub(SKEW) {
            return Err(ProviderError::OverAlready { host: self.host.to_owned() });
        }
        Ok(())
    }
}

/// What a token says of its signature, if that is of a kind that proves something.
fn claimed(token: &Secret) -> Result<Claimed<'_>, String> {
    let unreadable = || "its ID token cannot be read".to_owned();
    let header = claims::header(token.expose()).ok_or_else(unreadable)?;
    let name = text(&header, "alg").unwrap_or_default();
    let algorithm = match name.parse::<Algorithm>() {
        Ok(algorithm) if ALGORITHMS.contains(&algorithm) => algorithm,
        Ok(_) => return Err(format!("its ID token is signed with a secret that others share ({name})")),
        Err(_) if name.is_empty() || name.eq_ignore_ascii_case("none") => {
            return Err("its ID token is not signed".into());
        }
        Err(_) => return Err(format!("its ID token is signed in a way that Keyfob does not check ({})", clean(name))),
    };
    // What must be understood, and is not (RFC 7515 §4.1.11).
    if header.contains_key("crit") {
        return Err("its ID token asks for more than Keyfob checks".into());
    }
    let key_id = header.get("kid").and_then(Value::as_str).map(ToOwned::to_owned);
    let (message, signature) = token.expose().rsplit_once('.').ok_or_else(unreadable)?;
    Ok(Claimed { algorithm, key_id, message, signature })
}
