//! The cryptography behind `jsonwebtoken`: signatures are checked by `ring`, and nothing is ever signed.

use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::signature::{Error, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use ring::signature as by;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(ErrorKind::UnsupportedAlgorithm.into()),
    verifier_factory: |algorithm, key| Ok(Box::new(Checked(*algorithm, key.clone()))),
    key_utils: KeyUtils::new_unimplemented(),
};

/// What an ID token may be signed with. A shared secret proves nothing to us: whoever has it could have signed.
pub(super) const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Whether the signature, in base64url, is of this key.
pub(super) fn is_signed(message: &str, signature: &str, key: &DecodingKey, algorithm: Algorithm) -> Result<bool> {
    // The first one wins, and there is only this one.
    let _ = PROVIDER.install_default();
    jsonwebtoken::crypto::verify(signature, message.as_bytes(), key, algorithm)
}

struct Checked(Algorithm, DecodingKey);

impl JwtVerifier for Checked {
    fn algorithm(&self) -> Algorithm {
        self.0
    }
}

impl Verifier<Vec<u8>> for Checked {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Error> {
        let checked = match (rsa(self.0), curve(self.0), self.1.kind()) {
            (Some(parameters), _, DecodingKeyKind::RsaModulusExponent { n, e }) => {
                by::RsaPublicKeyComponents { n, e }.verify(parameters, message, signature)
            }
            (_, Some(curve), DecodingKeyKind::SecretOrDer(point)) => {
                by::UnparsedPublicKey::new(curve, point).verify(message, signature)
            }
            _ => Err(ring::error::Unspecified),
        };
        checked.map_err(|_| Error::new())
    }
}

/// RFC 7518 §3.3 and §3.5.
fn rsa(algorithm: Algorithm) -> Option<&'static by::RsaParameters> {
    match algorithm {
        Algorithm::RS256 => Some(&by::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::RS384 => Some(&by::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::RS512 => Some(&by::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::PS256 => Some(&by::RSA_PSS_2048_8192_SHA256),
        Algorithm::PS384 => Some(&by::RSA_PSS_2048_8192_SHA384),
        Algorithm::PS512 => Some(&by::RSA_PSS_2048_8192_SHA512),
        _ => None,
    }
}

/// RFC 7518 §3.4 and RFC 8037 §3.1.
fn curve(algorithm: Algorithm) -> Option<&'static dyn by::VerificationAlgorithm> {
    match algorithm {
        Algorithm::ES256 => Some(&by::ECDSA_P256_SHA256_FIXED),
        Algorithm::ES384 => Some(&by::ECDSA_P384_SHA384_FIXED),
        Algorithm::EdDSA => Some(&by::ED25519),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// RFC 7515 appendix A.2.
    const HEADER_AND_PAYLOAD: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    const MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";

    #[test]
    fn a_signature_of_the_standard_holds_and_no_other() {
        let key = DecodingKey::from_rsa_components(MODULUS, "AQAB").unwrap();
        let holds =
            |message: &str, signature: &str, key, algorithm| is_signed(message, signature, key, algorithm).unwrap();
        assert!(holds(HEADER_AND_PAYLOAD, SIGNATURE, &key, Algorithm::RS256));
        assert!(!holds(&format!("{HEADER_AND_PAYLOAD}x"), SIGNATURE, &key, Algorithm::RS256));
        assert!(!holds(HEADER_AND_PAYLOAD, "", &key, Algorithm::RS256));
        for other in [Algorithm::RS512, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA, Algorithm::HS256] {
            assert!(!holds(HEADER_AND_PAYLOAD, SIGNATURE, &key, other), "{other:?}");
        }
        // The public key of the provider, used as a shared secret, is the oldest of these tricks (RFC 8725 §2.1).
        let secret = DecodingKey::from_secret(MODULUS.as_bytes());
        for algorithm in ALGORITHMS {
            assert!(!holds(HEADER_AND_PAYLOAD, SIGNATURE, &secret, algorithm), "{algorithm:?}");
        }
    }
}
