//! The password proof of `USER_SRP_AUTH`: the password itself never leaves this computer.
//!
//! The numbers are the business of the `aws-cognito-srp` crate. It makes the `TIMESTAMP` by itself from the
//! system's clock, in English and with an unpadded day as the service wants it (security I22), and lends no
//! way to give it another time. That one reading is accepted here: the time is not compared with anything
//! of ours, it only goes into the proof and beside it to the server, and the other way would be to do the
//! big-number protocol ourselves.

use aws_cognito_srp::{SrpClient, User};
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::secret::Secret;

use super::pool::{Challenge, Pool};
use crate::wire::unexpected;

/// The group's prime N as hexadecimal digits (RFC 5054 appendix A, 3072 bits).
const PRIME: &str = concat!(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD",
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED",
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F",
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B",
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510",
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7",
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C",
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
);

/// One proof in the making. It holds the password.
pub(super) struct Proof(SrpClient<User>);

/// What answers `PASSWORD_VERIFIER`.
#[derive(Debug)]
pub(super) struct Claim {
    pub secret_block: String,
    pub signature: String,
    pub timestamp: String,
}

impl Proof {
    pub fn new(pool: &Pool, username: &str, password: &Secret) -> Self {
        // Without the client secret: the crate would write hashes of it to the log.
        Proof(SrpClient::new(User::new(&pool.id, username, password.expose()), &pool.client_id, None))
    }

    /// `SRP_A`, in hexadecimal.
    pub fn public(&self) -> String {
        self.0.get_auth_parameters().a
    }

    /// The claim that answers the challenge, or an error when the challenge is none.
    pub fn claim(&self, challenge: &Challenge, host: &str) -> Result<Claim, ProviderError> {
        let odd = || unexpected(host, "its password challenge cannot be read");
        let parameter = |key: &str| challenge.parameters.get(key).map(String::as_str).ok_or_else(odd);
        let b = parameter("SRP_B")?;
        if !is_public_value(b) {
            return Err(odd());
        }
        // Other clients read the salt as a number, so zeros before it do not count (security I23).
        let salt = parameter("SALT")?.trim_start_matches('0');
        let made =
            self.0.verify(parameter("SECRET_BLOCK")?, parameter("USER_ID_FOR_SRP")?, salt, b).map_err(|_| odd())?;
        Ok(Claim {
            secret_block: made.password_claim_secret_block,
            signature: made.password_claim_signature,
            timestamp: made.timestamp,
        })
    }
}

/// True for 0 < B < N. A client must stop at a B that is a multiple of N (RFC 5054 §2.5.3), and the crate
/// does not look.
fn is_public_value(hex: &str) -> bool {
    let digits = hex.trim_start_matches('0').to_ascii_uppercase();
    let below = digits.len() < PRIME.len() || (digits.len() == PRIME.len() && digits.as_str() < PRIME);
    !digits.is_empty() && below && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_value_that_proves_nothing_is_refused() {
        assert_eq!(PRIME.len(), 768);
        let bigger = format!("1{}", "0".repeat(768));
        for bad in ["", "0", "000", PRIME, &PRIME.to_lowercase(), &bigger, "xyz", "-1", "1 2"] {
            assert!(!is_public_value(bad), "{bad}");
        }
        let below = format!("{}E", &PRIME[..767]);
        for good in ["1", "00aB", below.as_str()] {
            assert!(is_public_value(good), "{good}");
        }
    }
}
