//! Proof that whoever shows a token is who got it (DPoP, RFC 9449): a JWS by a key that never leaves the keychain.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use keyfob_core::words::secret::Secret;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING as ES256, EcdsaKeyPair, KeyPair as _};
use serde_json::json;

/// Signs by ES256 (RFC 7518 §3.4).
pub(super) trait Signer: Send + Sync {
    /// The coordinates of the public key, 32 bytes each.
    fn public(&self) -> (Vec<u8>, Vec<u8>);
    /// `None` where this computer gives no random numbers.
    fn sign(&self, text: &[u8]) -> Option<Vec<u8>>;
}

/// A key on the curve P-256.
pub(super) struct Key(EcdsaKeyPair);

impl Key {
    /// A new one, and the text that brings it back.
    pub fn new() -> Option<(Self, Secret)> {
        let document = EcdsaKeyPair::generate_pkcs8(&ES256, &SystemRandom::new()).ok()?;
        let text = Secret::new(BASE64_URL_SAFE_NO_PAD.encode(&document));
        Some((Key::of(&text)?, text))
    }

    pub fn of(text: &Secret) -> Option<Self> {
        let document = BASE64_URL_SAFE_NO_PAD.decode(text.expose()).ok()?;
        EcdsaKeyPair::from_pkcs8(&ES256, &document, &SystemRandom::new()).ok().map(Key)
    }
}

impl Signer for Key {
    /// The point as it is, behind a byte that says so (SEC 1 §2.3.3).
    fn public(&self) -> (Vec<u8>, Vec<u8>) {
        let point = self.0.public_key().as_ref().get(1..).unwrap_or_default();
        let (x, y) = point.split_at(point.len() / 2);
        (x.into(), y.into())
    }

    fn sign(&self, text: &[u8]) -> Option<Vec<u8>> {
        Some(self.0.sign(&SystemRandom::new(), text).ok()?.as_ref().into())
    }
}

/// The header `DPoP` of one POST to this address (RFC 9449 §4.2). `id` must be another for each.
pub(super) fn of_post(url: &str, id: &Secret, now: Timestamp, signer: &dyn Signer) -> Option<String> {
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let (x, y) = signer.public();
    let key = json!({"kty": "EC", "crv": "P-256", "x": encode(&x), "y": encode(&y)});
    let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": key}).to_string();
    let claims = json!({"htm": "POST", "htu": url, "iat": now.as_second(), "jti": id.expose()}).to_string();
    let text = format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()));
    let signature = encode(&signer.sign(text.as_bytes())?);
    Some(format!("{text}.{signature}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    /// RFC 7515 appendix A.3.
    const D: &str = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI";
    const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    #[test]
    fn a_proof_names_its_key_its_request_and_its_moment_and_is_signed() {
        let bytes = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
        let point = [&[4], &*bytes(X), &*bytes(Y)].concat();
        let pair = EcdsaKeyPair::from_private_key_and_public_key(&ES256, &bytes(D), &point, &SystemRandom::new());
        let key = Key(pair.unwrap());
        let now = "2026-11-21T10:00:00Z".parse().unwrap();
        let proof =
            of_post("https://eu-west-1.signin.aws.amazon.com/v1/token", &Secret::new("once"), now, &key).unwrap();
        let parts: Vec<&str> = proof.split('.').collect();
        let read = |part: &str| -> serde_json::Value {
            serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": X, "y": Y});
        assert_eq!(read(parts[0]), json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}));
        let url = "https://eu-west-1.signin.aws.amazon.com/v1/token";
        assert_eq!(read(parts[1]), json!({"htm": "POST", "htu": url, "iat": 1_795_255_200, "jti": "once"}));
        let text = format!("{}.{}", parts[0], parts[1]);
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(text.as_bytes(), &bytes(parts[2])).unwrap();
    }

    #[test]
    fn a_key_comes_back_from_its_text_and_from_no_other() {
        let (key, text) = Key::new().unwrap();
        assert_eq!(Key::of(&text).unwrap().public(), key.public());
        for other in ["", "x", D, &text.expose()[..20]] {
            assert!(Key::of(&Secret::new(other)).is_none(), "{other}");
        }
    }
}
