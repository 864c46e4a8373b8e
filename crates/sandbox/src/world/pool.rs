//! What the user pools remember: logins that wait for an answer, refresh tokens, and people beside their setup.

use std::time::Duration;

use num_bigint::BigUint;

/// A login that waits for its next answer, found again by its `Session` string.
#[derive(Clone, Debug)]
pub(crate) struct Challenge {
    pub pool_id: String,
    pub client_id: String,
    pub user: String,
    pub ends: u64,
    pub tries: u32,
    pub stage: Stage,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stage {
    Verifier {
        key: Vec<u8>,
        secret_block: String,
    },
    NewPassword,
    Select,
    Totp,
    Sms {
        code: String,
    },
    Email {
        code: String,
    },
    /// An authenticator that is being set up: its seed once it was handed out, and whether it proved itself.
    Setup {
        seed: Option<Vec<u8>>,
        proved: bool,
    },
}

impl Stage {
    /// The name of the challenge in the API model.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Verifier { .. } => "PASSWORD_VERIFIER",
            Self::NewPassword => "NEW_PASSWORD_REQUIRED",
            Self::Select => "SELECT_MFA_TYPE",
            Self::Totp => "SOFTWARE_TOKEN_MFA",
            Self::Sms { .. } => "SMS_MFA",
            Self::Email { .. } => "EMAIL_OTP",
            Self::Setup { .. } => "MFA_SETUP",
        }
    }
}

impl Challenge {
    /// Makes it expire at `now` at the latest.
    pub fn end(&mut self, now: u64) {
        self.ends = self.ends.min(now);
    }
}

/// A Cognito refresh token.
#[derive(Clone, Debug)]
pub(crate) struct PoolRefresh {
    pub client_id: String,
    pub user: String,
    /// Shared by all tokens that go back to one login.
    pub family: String,
    pub ends: u64,
    pub signed_in: u64,
    pub replaced: Option<u64>,
    pub revoked: bool,
}

/// A code that was sent for an account.
#[derive(Clone, Debug)]
pub(crate) struct SentCode {
    pub code: String,
    pub ends: u64,
    pub tries: u32,
}

/// What a pool remembers about a user beside the setup.
#[derive(Debug, Default)]
pub(crate) struct PoolPerson {
    /// Wrong passwords in a row.
    pub failures: u32,
    /// Since the Unix epoch: until then every password is refused.
    pub locked_until: Duration,
    pub last_code: Option<String>,
    /// Against which the account is confirmed.
    pub confirmation: Option<SentCode>,
    /// Against which a new password is taken.
    pub reset: Option<SentCode>,
    /// The TOTP step used last; a code is good once (RFC 6238 section 5.2).
    pub totp_step: Option<u64>,
    /// Password, salt and verifier belong together.
    pub verifier: Option<(String, BigUint, BigUint)>,
}
