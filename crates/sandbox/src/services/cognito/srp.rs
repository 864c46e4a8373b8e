//! The server's half of Cognito's SRP-6a: the 3072-bit group of RFC 5054 (section A, from RFC 3526), SHA-256, and the
//! session key by HKDF (RFC 5869) with the info string "Caldera Derived Key", 16 bytes.
//!
//! Source of the byte conventions: `AuthenticationHelper` of amazon-cognito-identity-js. Numbers are hashed in two's
//! complement, so a leading zero byte is added when the highest bit is set.

use std::sync::LazyLock;

use num_bigint::BigUint;
use sha2::{Digest, Sha256};

use crate::{mac::hmac_sha256, random};

const N_HEX: &str = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74\
020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437\
4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED\
EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05\
98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB\
9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B\
E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718\
3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33\
A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7\
ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864\
D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2\
08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF";

struct Group {
    n: BigUint,
    g: BigUint,
    k: BigUint,
}

static GROUP: LazyLock<Group> = LazyLock::new(|| {
    let n = BigUint::parse_bytes(N_HEX.as_bytes(), 16).unwrap_or_default();
    let g = BigUint::from(2_u8);
    let k = hash(&[&signed(&n), &signed(&g)]);
    Group { n, g, k }
});

/// A number as the protocol hashes it: big endian, with a zero byte in front when the highest bit is set.
fn signed(number: &BigUint) -> Vec<u8> {
    let mut bytes = number.to_bytes_be();
    if bytes.first().is_some_and(|first| first & 0x80 != 0) {
        bytes.insert(0, 0);
    }
    bytes
}

fn digest(parts: &[&[u8]]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().to_vec()
}

fn hash(parts: &[&[u8]]) -> BigUint {
    BigUint::from_bytes_be(&digest(parts))
}

/// A salt for a new password: 16 bytes.
pub(crate) fn salt() -> BigUint {
    BigUint::from_bytes_be(&random::bytes(16))
}

/// The verifier `g^x` of a password; `pool` is the part of the pool id after the underscore.
pub(crate) fn verifier(pool: &str, user: &str, password: &str, salt: &BigUint) -> BigUint {
    let inner = digest(&[pool.as_bytes(), user.as_bytes(), b":", password.as_bytes()]);
    let x = hash(&[&signed(salt), &inner]);
    GROUP.g.modpow(&x, &GROUP.n)
}

/// The client's public number from its hexadecimal text; zero modulo N is refused (RFC 5054 section 2.5.4).
pub(crate) fn public(hex: &str) -> Option<BigUint> {
    // The group's numbers have 768 digits; much longer texts only cost time.
    let a = Some(hex).filter(|hex| hex.len() <= 1_024).and_then(|hex| BigUint::parse_bytes(hex.as_bytes(), 16))?;
    (&a % &GROUP.n != BigUint::ZERO).then_some(a)
}

/// The server's key pair for one login: the secret `b` and the public `B = kv + g^b`.
pub(crate) fn pair(verifier: &BigUint) -> (BigUint, BigUint) {
    let b = BigUint::from_bytes_be(&random::bytes(32));
    let public = (&GROUP.k * verifier + GROUP.g.modpow(&b, &GROUP.n)) % &GROUP.n;
    (b, public)
}

/// The 16-byte key that both sides share when the password was right.
pub(crate) fn session_key(a: &BigUint, b: &BigUint, b_public: &BigUint, verifier: &BigUint) -> Vec<u8> {
    let u = hash(&[&signed(a), &signed(b_public)]);
    let s = (a * verifier.modpow(&u, &GROUP.n)).modpow(b, &GROUP.n);
    derive(&u, &s)
}

fn derive(u: &BigUint, s: &BigUint) -> Vec<u8> {
    let extracted = hmac_sha256(&signed(u), &[&signed(s)]);
    let mut key = hmac_sha256(&extracted, &[b"Caldera Derived Key", &[1]]);
    key.truncate(16);
    key
}

/// What the client has to send as PASSWORD_CLAIM_SIGNATURE, before Base64.
pub(crate) fn claim(key: &[u8], pool: &str, user: &str, secret_block: &[u8], timestamp: &str) -> Vec<u8> {
    hmac_sha256(key, &[pool.as_bytes(), user.as_bytes(), secret_block, timestamp.as_bytes()])
}

/// The client's half, for tests of the server's half.
#[cfg(test)]
pub(crate) fn client_key(
    pool: &str,
    user: &str,
    password: &str,
    salt: &BigUint,
    a: &BigUint,
    b_public: &BigUint,
) -> Vec<u8> {
    let Group { n, g, k } = &*GROUP;
    let a_public = g.modpow(a, n);
    let u = hash(&[&signed(&a_public), &signed(b_public)]);
    let x = hash(&[&signed(salt), &digest(&[pool.as_bytes(), user.as_bytes(), b":", password.as_bytes()])]);
    let base = (b_public + n * k - k * g.modpow(&x, n)) % n;
    derive(&u, &base.modpow(&(a + u.clone() * x), n))
}

#[cfg(test)]
pub(crate) fn client_public(a: &BigUint) -> BigUint {
    GROUP.g.modpow(a, &GROUP.n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys_with(password: &str) -> (Vec<u8>, Vec<u8>) {
        let (salt, a) = (salt(), BigUint::from_bytes_be(&random::bytes(32)));
        let v = verifier("DemoPool1", "ann", "right", &salt);
        let (b, b_public) = pair(&v);
        let a_public = client_public(&a);
        let ours = session_key(&a_public, &b, &b_public, &v);
        (ours, client_key("DemoPool1", "ann", password, &salt, &a, &b_public))
    }

    #[test]
    fn both_sides_agree_on_the_key_when_the_password_is_right() {
        let (server, client) = keys_with("right");
        assert_eq!(server.len(), 16);
        assert_eq!(server, client);
    }

    #[test]
    fn a_wrong_password_is_refused_by_the_verifier() {
        let (server, client) = keys_with("wrong");
        assert_ne!(server, client);
    }

    #[test]
    fn a_public_number_that_is_zero_modulo_n_is_refused() {
        assert!(public("0").is_none());
        assert!(public(N_HEX).is_none());
        assert!(public(&(&GROUP.n * 2_u8).to_str_radix(16)).is_none());
        assert!(public("not hex").is_none());
        assert!(public("2").is_some());
    }

    #[test]
    fn the_group_has_3072_bits_and_the_published_multiplier() {
        assert_eq!(GROUP.n.bits(), 3_072);
        // k as amazon-cognito-identity-js computes it: SHA-256("00" + N + "02").
        assert_eq!(GROUP.k.to_str_radix(16), "538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6");
    }
}
