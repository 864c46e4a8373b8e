//! The keys that a provider signs with (RFC 7517): the one of last time, else all that it publishes, looked up twice at most.

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::secret::Secret;
use serde_json::Value;

use super::desk::Desk;
use super::discovery::Provider;
use super::place::Place;
use super::verifier;
use crate::wire::unexpected;

/// More keys than anybody has at a time.
const MOST: usize = 50;

/// What a signature is checked with.
pub(super) struct Keys<'a> {
    place: &'a Place,
    provider: &'a Provider,
    cx: &'a Cx,
    /// The one that the session's last ID token was signed with.
    known: Option<Value>,
}

/// A signature that holds: by this key.
pub(super) struct Signed(pub Secret);

/// What a token says of its signature.
pub(super) struct Claimed<'a> {
    pub algorithm: Algorithm,
    pub key_id: Option<String>,
    pub message: &'a str,
    pub signature: &'a str,
}

impl<'a> Keys<'a> {
    pub fn new(place: &'a Place, provider: &'a Provider, known: Option<&Secret>, cx: &'a Cx) -> Self {
        let known = known.and_then(|key| serde_json::from_str(key.expose()).ok());
        Keys { place, provider, cx, known }
    }

    /// The key that this was signed with; `None` when it is none of the provider's.
    pub async fn signed(&self, claimed: &Claimed<'_>) -> Result<Option<Signed>, ProviderError> {
        // Without an id nobody can tell whether it is still the one.
        let known = self.known.as_ref().filter(|_| claimed.key_id.is_some());
        if let Some(signed) = known.and_then(|key| by(key, claimed)) {
            return Ok(Some(signed));
        }
        // A key that is not there yet may be so new that not every server of the provider knows it.
        for _ in 0..2 {
            let keys = self.published().await?;
            if let Some(signed) = keys.iter().find_map(|key| by(key, claimed)) {
                return Ok(Some(signed));
            }
            if claimed
                .key_id
                .as_deref()
                .is_some_and(|id| keys.iter().any(|key| key.get("kid").and_then(Value::as_str) == Some(id)))
            {
                return Ok(None);
            }
        }
        Ok(None)
    }

    async fn published(&self) -> Result<Vec<Value>, ProviderError> {
        let at = self.provider.keys.as_ref();
        let url =
            at.ok_or_else(|| unexpected(&crate::settings::host_of(&self.place.issuer_url), "it publishes no keys"))?;
        let mut answer = Desk::at(url, self.place, self.cx)?.get("its keys").await?;
        match answer.remove("keys") {
            Some(Value::Array(mut keys)) => {
                keys.truncate(MOST);
                Ok(keys)
            }
            _ => Ok(Vec::new()),
        }
    }
}

/// Whether it was signed with this key. One that cannot be read costs itself alone.
fn by(key: &Value, claimed: &Claimed<'_>) -> Option<Signed> {
    let jwk: Jwk = serde_json::from_value(key.clone()).ok()?;
    let common = &jwk.common;
    let fits = claimed.key_id.as_deref().is_none_or(|id| common.key_id.as_deref().is_none_or(|own| own == id))
        && common.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature)
        && key.get("alg").and_then(Value::as_str).is_none_or(|own| own.parse() == Ok(claimed.algorithm))
        && is_of(&jwk.algorithm, claimed.algorithm.family());
    let key_of = DecodingKey::from_jwk(&jwk).ok().filter(|_| fits)?;
    let holds = verifier::is_signed(claimed.message, claimed.signature, &key_of, claimed.algorithm);
    holds.is_ok_and(|holds| holds).then(|| Signed(Secret::new(key.to_string())))
}

fn is_of(key: &AlgorithmParameters, family: AlgorithmFamily) -> bool {
    matches!(
        (key, family),
        (AlgorithmParameters::RSA(_), AlgorithmFamily::Rsa)
            | (AlgorithmParameters::EllipticCurve(_), AlgorithmFamily::Ec)
            | (AlgorithmParameters::OctetKeyPair(_), AlgorithmFamily::Ed)
    )
}
