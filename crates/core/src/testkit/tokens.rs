//! A Security Token Service that gives every role and writes down who asked.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;

use crate::doors::assume::{Asked, Caller, Tokens};
use crate::doors::provider::{Cx, ProviderError};
use crate::mind::expiry::after;
use crate::words::cause::Cause;
use crate::words::profile::AssumedRole;
use crate::words::secret::Secret;
use crate::words::session::Credential;

/// The token of what it gives tells the way: `a1 → Build → Deploy`.
#[derive(Debug, Default)]
pub struct GivingTokens(Mutex<Given>);

#[derive(Debug, Default)]
pub struct Given {
    /// What was asked for, such as `Deploy by a1 as anna`, and ` for 3600` behind it where that was said.
    pub asked: Vec<String>,
    /// What is answered instead, by the role's name.
    pub faults: VecDeque<(String, ProviderError)>,
    /// The longest that a role is given for, in seconds.
    pub longest: BTreeMap<String, u32>,
}

impl GivingTokens {
    /// One for as long as the test runs.
    pub fn leak() -> &'static Self {
        Box::leak(Box::default())
    }

    pub fn given(&self) -> MutexGuard<'_, Given> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was asked for since the last look.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.given().asked)
    }
}

/// With what may be why, as a server's refusals come.
pub fn refused(code: &str, message: &str) -> ProviderError {
    let refused = ProviderError::Refused { host: "sts".into(), code: code.into(), message: message.into() };
    refused.because(vec![Cause::Clock { host: "sts".into(), ahead: 7200 }])
}

#[async_trait]
impl Tokens for GivingTokens {
    async fn assume(
        &self,
        asked: Asked<'_>,
        role: &AssumedRole,
        session_name: &str,
        seconds: Option<u32>,
        cx: &Cx,
    ) -> Result<Credential, ProviderError> {
        cx.clock.sleep(Duration::from_millis(100)).await;
        let (name, mut given) = (role.role_name(), self.given());
        let so_long = seconds.map_or(String::new(), |seconds| format!(" for {seconds}"));
        given.asked.push(format!("{name} by {} as {session_name}{so_long}", asked.by.token.expose()));
        if let Some(place) = given.faults.iter().position(|(of, _)| of == name)
            && let Some((_, error)) = given.faults.remove(place)
        {
            return Err(error);
        }
        let longest = given.longest.get(name).copied().unwrap_or(43_200);
        if seconds.is_some_and(|seconds| seconds > longest) {
            let said = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
            return Err(refused("ValidationError", said));
        }
        Ok(Credential {
            key_id: format!("ASIA{}", given.asked.len()),
            secret_key: Secret::new("secret"),
            token: Secret::new(format!("{} → {name}", asked.by.token.expose())),
            expires: after(cx.clock.now(), SignedDuration::from_secs(seconds.unwrap_or(3600).into())),
        })
    }

    async fn caller(&self, asked: Asked<'_>, _: &Cx) -> Result<Caller, ProviderError> {
        Ok(Caller { account: "123456789012".into(), arn: asked.by.token.expose().into(), user_id: "AROA:anna".into() })
    }
}
