//! What may be why a request to a place failed: what was noticed there, and where its address comes from.

use keyfob_core::doors::ports::HttpError;
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::cause::{Cause, Source};

use super::Endpoint;

impl Endpoint {
    /// The error of a request to this place, with what may be why. `made_of` are the settings that the request was made
    /// of, for a server that does not take them.
    pub fn explain(&self, error: ProviderError, made_of: impl FnOnce(&ProviderError) -> Vec<Cause>) -> ProviderError {
        let mut causes = self.noticed.causes(error.bare(), &self.host);
        causes.extend(made_of(error.bare()));
        let origin = self.origin.as_ref().filter(|origin| !causes.contains(origin));
        causes.extend(origin.filter(|_| depends_on_address(error.bare(), self.chosen())).cloned());
        error.because(causes)
    }

    fn chosen(&self) -> Option<Source> {
        match self.origin {
            Some(Cause::Given { source, .. }) if self.overridden => Some(source),
            _ => None,
        }
    }
}

/// What was wrong about the address itself, or on the way to it, so that it matters who chose it. A variable is named with
/// the host already, wherever the host is named.
fn depends_on_address(error: &ProviderError, chosen: Option<Source>) -> bool {
    use ProviderError as E;
    match error {
        E::Http(HttpError::Dns { .. }) => chosen != Some(Source::Environment),
        E::Http(HttpError::Proxy { .. } | HttpError::Unusable { .. }) => false,
        E::Http(_) | E::Unexpected { .. } | E::ServerTrouble { .. } | E::CaptivePortal { .. } => {
            chosen == Some(Source::Settings)
        }
        E::Refused { .. } | E::UnknownClient { .. } => chosen.is_some(),
        _ => false,
    }
}
