//! Roles behind roles, by the Security Token Service of the region where a profile's tools work.

use async_trait::async_trait;
use keyfob_core::doors::assume::{Asked, Caller, Tokens};
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::about::Field;
use keyfob_core::words::profile::AssumedRole;
use keyfob_core::words::session::Credential;

use crate::settings::USUAL_REGION;
use crate::sts::{Signer, Sts};
use crate::wire::{Endpoint, Service};

/// An address of the team's own for STS; without one the SDKs' rules lead there.
pub(crate) const STS_ENDPOINT: Field = Field {
    key: "sts-endpoint",
    label: "Address of STS",
    required: false,
    example: "https://sts.eu-west-1.amazonaws.com",
    secret: false,
};

/// AWS's Security Token Service.
#[derive(Debug)]
pub struct Roles;

#[async_trait]
impl Tokens for Roles {
    async fn assume(
        &self,
        asked: Asked<'_>,
        role: &AssumedRole,
        session_name: &str,
        seconds: Option<u32>,
        cx: &Cx,
    ) -> Result<Credential, ProviderError> {
        let place = Place::of(asked, cx)?;
        let given = place.sts(asked, cx).assume_role(role, session_name, seconds).await;
        given.map_err(|error| place.explained(error))
    }

    async fn caller(&self, asked: Asked<'_>, cx: &Cx) -> Result<Caller, ProviderError> {
        let place = Place::of(asked, cx)?;
        place.sts(asked, cx).get_caller_identity().await.map_err(|error| place.explained(error))
    }
}

struct Place {
    region: String,
    endpoint: Endpoint,
}

impl Place {
    fn of(asked: Asked<'_>, cx: &Cx) -> Result<Self, ProviderError> {
        let region = asked.region.or_else(|| asked.team.setting("region")).unwrap_or(USUAL_REGION).to_owned();
        let endpoint = Endpoint::find(asked.team, &STS_ENDPOINT, Service::Tokens, &region, cx)?;
        Ok(Place { region, endpoint })
    }

    fn sts<'a>(&'a self, asked: Asked<'_>, cx: &'a Cx) -> Sts<'a> {
        Sts::at(&self.region, &self.endpoint, Some(Signer::from(asked.by)), cx)
    }

    /// Who is denied a role is denied it by STS: then neither the address nor the clock is why.
    fn explained(&self, error: ProviderError) -> ProviderError {
        match &error {
            ProviderError::Refused { code, .. } if ["AccessDenied", "ValidationError"].contains(&code.as_str()) => {
                error
            }
            _ => self.endpoint.explain(error, |_| Vec::new()),
        }
    }
}
