//! Proof that whoever shows a token is who got it (DPoP, RFC 9449): a JWS by a key that never leaves the keychain.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use keyfob_core::doors::provider::Cx;
use keyfob_core::words::secret::Secret;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::json;

/// Signs by ES256 (RFC 7518 §3.4).
pub(super) trait Signer: Send + Sync {
    /// The coordinates of the public key.
    fn public(&self) -> ([u8; 32], [u8; 32]);
    fn sign(&self, text: &[u8]) -> [u8; 64];
}

/// A key on the curve P-256.
pub(super) struct Key(SigningKey);

impl Key {
    /// A new one, and the text that brings it back.
    pub fn new(cx: &Cx) -> (Self, Secret) {
        loop {
            let mut bytes = [0; 32];
            cx.random.fill(&mut bytes);
            let text = Secret::new(BASE64_URL_SAFE_NO_PAD.encode(bytes));
            // All but one in 2^32 numbers of this length are keys.
            if let Some(key) = Key::of(&text) {
                return (key, text);
            }
        }
    }

    pub fn of(text: &Secret) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text.expose()).ok()?;
        SigningKey::from_slice(&bytes).ok().map(Key)
    }
}

impl Signer for Key {
    fn public(&self) -> ([u8; 32], [u8; 32]) {
        let point = self.0.verifying_key().to_sec1_point(false);
        let (x, y) = (point.x().copied().unwrap_or_default(), point.y().copied().unwrap_or_default());
        (x.into(), y.into())
    }

    fn sign(&self, text: &[u8]) -> [u8; 64] {
        let signature: Signature = self.0.sign(text);
        signature.to_bytes().into()
    }
}

/// The header `DPoP` of one POST to this address (RFC 9449 §4.2). `id` must be another for each.
pub(super) fn of_post(url: &str, id: &Secret, now: Timestamp, signer: &dyn Signer) -> String {
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let (x, y) = signer.public();
    let key = json!({"kty": "EC", "crv": "P-256", "x": encode(&x), "y": encode(&y)});
    let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": key}).to_string();
    let claims = json!({"htm": "POST", "htu": url, "iat": now.as_second(), "jti": id.expose()}).to_string();
    let text = format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()));
    let signature = encode(&signer.sign(text.as_bytes()));
    format!("{text}.{signature}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;

    use super::*;

    /// RFC 7515 appendix A.3.
    const D: &str = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI";
    const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    #[test]
    fn a_proof_names_its_key_its_request_and_its_moment_and_is_signed() {
        let key = Key::of(&Secret::new(D)).unwrap();
        let now = "2026-11-21T10:00:00Z".parse().unwrap();
        let proof = of_post("https://eu-west-1.signin.aws.amazon.com/v1/token", &Secret::new("once"), now, &key);
        let parts: Vec<&str> = proof.split('.').collect();
        let read = |part: &str| -> serde_json::Value {
            serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": X, "y": Y});
        assert_eq!(read(parts[0]), json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}));
        let url = "https://eu-west-1.signin.aws.amazon.com/v1/token";
        assert_eq!(read(parts[1]), json!({"htm": "POST", "htu": url, "iat": 1_795_255_200, "jti": "once"}));
        let signature = Signature::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts[2]).unwrap()).unwrap();
        let text = format!("{}.{}", parts[0], parts[1]);
        VerifyingKey::from(&key.0).verify(text.as_bytes(), &signature).unwrap();
    }

    #[test]
    fn what_is_no_key_is_none() {
        let zero = BASE64_URL_SAFE_NO_PAD.encode([0; 32]);
        for text in ["", "x", &D[..20], zero.as_str(), &"_".repeat(43)] {
            assert!(Key::of(&Secret::new(text)).is_none(), "{text}");
        }
    }
}
