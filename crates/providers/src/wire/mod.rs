//! The one way out for every AWS SDK client: it is given HTTP, time and sleep of the [`Cx`], nothing of its own.

mod busy;
mod door;
mod failure;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use keyfob_core::doors::ports::Clock;
use keyfob_core::doors::provider::Cx;
use keyfob_core::words::about::{BadSetting, Field};
use keyfob_core::words::team::Team;

pub(crate) use failure::{Failure, SdkFailure, unexpected};

use crate::settings::{self, host_of, malformed, web_address};

/// Where a service is reached.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// The address in full: what a person approves, and what an approval is bound to (threat T08).
    pub url: String,
    /// The host to name in messages and to compare with, with its port where that is unusual.
    pub host: String,
    /// Somebody asked for this address; otherwise it is the SDK's own for the region.
    pub overridden: bool,
}

impl Endpoint {
    /// The team's own setting, else the SDKs' variables (`AWS_ENDPOINT_URL_<SERVICE>`, then `AWS_ENDPOINT_URL`;
    /// AWS SDKs reference guide, "Service-specific endpoints"), else the address of the region.
    pub fn find(
        team: &Team,
        field: &Field,
        service: &str,
        prefix: &str,
        region: &str,
        cx: &Cx,
    ) -> Result<Self, BadSetting> {
        if let Some(text) = settings::value(&team.settings, field) {
            return Self::given(text).map_err(|why| malformed(field, why));
        }
        for variable in [format!("AWS_ENDPOINT_URL_{service}"), "AWS_ENDPOINT_URL".to_owned()] {
            if let Some(text) = cx.endpoints.get(&variable).filter(|text| !text.is_empty()) {
                return Self::given(text).map_err(|why| BadSetting::Malformed {
                    key: variable,
                    why: why.into(),
                    example: field.example.into(),
                });
            }
        }
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let host = format!("{prefix}.{region}.{suffix}");
        Ok(Endpoint { url: format!("https://{host}"), host, overridden: false })
    }

    /// Checks an address as a setting or a variable has it; the error is the end of a sentence.
    pub fn given(text: &str) -> Result<Self, &'static str> {
        let url = web_address(text)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err("has something after its path");
        }
        Ok(Endpoint { url: text.to_owned(), host: host_of(&url), overridden: true })
    }
}

/// How often an SDK client may send a request by itself.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tries {
    /// For requests that use something up, such as a code or a refresh token, and for those whose caller asks again itself.
    One,
    /// For requests that only read.
    Three,
}

/// What an SDK client is built from.
pub(crate) fn config(cx: &Cx, region: &str, endpoint: &Endpoint, tries: Tries) -> SdkConfig {
    let retry = match tries {
        Tries::One => RetryConfig::disabled(),
        Tries::Three => RetryConfig::standard().with_max_attempts(3),
    };
    let builder = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .http_client(door::Door::new(cx))
        .time_source(LentClock(Arc::clone(&cx.clock)))
        .sleep_impl(LentClock(Arc::clone(&cx.clock)))
        // The HTTP port hands over whole answers, within its own limits.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .retry_config(retry);
    // Without an override the SDK's own rules know the odd partitions better than we do.
    if endpoint.overridden { builder.endpoint_url(&endpoint.url).build() } else { builder.build() }
}

/// The clock of the [`Cx`] as the SDKs want it.
#[derive(Debug)]
struct LentClock(Arc<dyn Clock>);

impl TimeSource for LentClock {
    fn now(&self) -> SystemTime {
        self.0.now().into()
    }
}

impl AsyncSleep for LentClock {
    fn sleep(&self, how_long: Duration) -> Sleep {
        let clock = Arc::clone(&self.0);
        Sleep::new(Alone(Mutex::new(Box::pin(async move {
            let mut left = how_long;
            while !left.is_zero() {
                let piece = left.min(Duration::from_secs(30));
                clock.sleep(piece).await;
                left -= piece;
            }
        }))))
    }
}

/// The SDK wants a sleep that is `Sync`, the port's is only `Send`. Nobody ever shares it, so a mutex that
/// is only reached through `&mut` is enough and never waits.
struct Alone(Mutex<Pin<Box<dyn Future<Output = ()> + Send>>>);

impl Future for Alone {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).as_mut().poll(cx)
    }
}
