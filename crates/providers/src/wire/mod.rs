//! The one way out for every AWS SDK client: it is given HTTP, time and sleep of the [`Cx`], nothing of its own.

pub(crate) mod busy;
mod door;
mod endpoint;
mod explain;
mod failure;
mod noticed;

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

pub(crate) use door::Door;
pub(crate) use endpoint::{Endpoint, Service};
pub(crate) use failure::{Failure, SdkFailure, glimpse, unexpected, words_of};

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
        .http_client(door::Door::new(cx, endpoint))
        .time_source(LentClock(Arc::clone(&cx.clock)))
        .sleep_impl(LentClock(Arc::clone(&cx.clock)))
        // The HTTP port hands over whole answers, within its own limits.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .retry_config(retry);
    // Without an override the SDK's own rules know the odd partitions better than we do.
    if endpoint.overridden {
        builder.endpoint_url(&endpoint.url).build()
    } else {
        builder.use_fips(endpoint.fips).use_dual_stack(endpoint.dual_stack).build()
    }
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
