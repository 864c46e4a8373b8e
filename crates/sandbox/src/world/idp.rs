//! What the OpenID provider remembers: codes on their way, refresh tokens, codes that wait for approval, its key.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use crate::{capped::Capped, random};

#[derive(Debug)]
pub(crate) struct Idp {
    /// By authorization code.
    pub codes: Capped<Waiting>,
    /// By device code.
    pub devices: Capped<Waiting>,
    /// By refresh token.
    pub refresh: Capped<Given>,
    pub signer: Option<Signer>,
}

impl Idp {
    pub fn new(most: usize) -> Self {
        let signer = Signer::new();
        Idp { codes: Capped::new(most), devices: Capped::new(most), refresh: Capped::new(most), signer }
    }
}

/// A login that is not done yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waiting {
    pub client_id: String,
    pub scopes: Vec<String>,
    pub user: String,
    pub nonce: Option<String>,
    /// Of a login in a browser.
    pub redirect_uri: String,
    pub challenge: String,
    /// Of one by a code.
    pub user_code: String,
    pub approved: bool,
    pub ends: u64,
}

/// What a refresh token stands for.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub client_id: String,
    pub scopes: Vec<String>,
    pub user: String,
    /// Shared by all tokens that go back to one login.
    pub family: String,
    pub ends: u64,
    pub replaced: Option<u64>,
}

/// The key that ID tokens are signed with (ES256, RFC 7518 section 3.4).
#[derive(Debug)]
pub(crate) struct Signer {
    id: String,
    pair: EcdsaKeyPair,
}

impl Signer {
    /// A new key; `None` only where the system gives no randomness.
    pub fn new() -> Option<Self> {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).ok()?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).ok()?;
        Some(Signer { id: random::token(12), pair })
    }

    /// As the keys are published (RFC 7517).
    pub fn public(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let part = |from: usize| URL_SAFE_NO_PAD.encode(point.get(from..from + 32).unwrap_or_default());
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id, "x": part(1), "y": part(33) })
    }

    pub fn sign(&self, claims: &Value) -> String {
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": self.id });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes());
        let signature = signature.map(|signature| URL_SAFE_NO_PAD.encode(signature.as_ref())).unwrap_or_default();
        format!("{message}.{signature}")
    }
}
