//! Where a team's instance of Identity Center is reached: its settings, read once, in one region or in several.

use keyfob_core::doors::ports::HttpError;
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::about::BadSetting;
use keyfob_core::words::cause::{Cause, Source};
use keyfob_core::words::session::Session;
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;
use url::Url;

use super::{MORE_REGIONS, OIDC_ENDPOINT, PORTAL_ENDPOINT, REGION, SCOPES, START_URL, STS_ENDPOINT};
use crate::settings::{self, given, is_region, malformed};
use crate::wire::{self, Endpoint, Service, Tries};

/// Where a session keeps the region that it is of.
pub(super) const REGION_NOTE: &str = "region";

/// An instance in one region.
#[derive(Debug)]
pub(super) struct Place {
    team: String,
    /// For the service, which compares it as a text.
    pub start_url: String,
    /// As a person wrote it.
    pub start: Url,
    pub region: String,
    pub scopes: Vec<String>,
    /// Nobody chose them.
    scopes_are_ours: bool,
    pub oidc: Endpoint,
    pub portal: Endpoint,
    pub tokens: Endpoint,
    /// STS can be asked whose credentials these are. Who has a portal of their own may have no way to the STS of AWS.
    pub tells_names: bool,
}

impl Place {
    fn at(team: &Team, start_url: &str, region: &str, cx: &Cx) -> Result<Self, BadSetting> {
        let settings = &team.settings;
        let portal = Endpoint::find(team, &PORTAL_ENDPOINT, Service::Portal, region, cx)?;
        let tokens = Endpoint::find(team, &STS_ENDPOINT, Service::Tokens, region, cx)?;
        Ok(Place {
            team: team.id.to_string(),
            start_url: start_url.to_owned(),
            start: self::start_url(settings)?,
            region: region.to_owned(),
            scopes: scopes(settings)?,
            scopes_are_ours: settings::value(settings, &SCOPES).is_none(),
            oidc: Endpoint::find(team, &OIDC_ENDPOINT, Service::Oidc, region, cx)?,
            tells_names: tokens.overridden || !portal.overridden,
            portal,
            tokens,
        })
    }

    pub fn at_oidc(&self, error: ProviderError) -> ProviderError {
        self.oidc.explain(error, |error| match error {
            // The service knows an instance by both, and its words do not tell which one is wrong (aws-cli#7129, #5058).
            ProviderError::Refused { code, .. } if code == "InvalidScopeException" => vec![self.asked_scopes()],
            // A code that was used before has nothing to do with either.
            ProviderError::Refused { code, .. } if code == "InvalidGrantException" => Vec::new(),
            ProviderError::Refused { .. } => vec![given(&START_URL, &self.start_url), given(&REGION, &self.region)],
            _ => Vec::new(),
        })
    }

    pub fn at_portal(&self, error: ProviderError) -> ProviderError {
        self.portal.explain(error, |error| match error {
            ProviderError::Refused { .. } => vec![given(&REGION, &self.region)],
            _ => Vec::new(),
        })
    }

    fn asked_scopes(&self) -> Cause {
        let source = if self.scopes_are_ours { Source::Default } else { Source::Settings };
        Cause::Given { key: SCOPES.key.into(), value: self.scopes.join(","), source }
    }

    pub fn oidc_client(&self, cx: &Cx) -> aws_sdk_ssooidc::Client {
        aws_sdk_ssooidc::Client::new(&wire::config(cx, &self.region, &self.oidc, Tries::One))
    }

    pub fn portal_client(&self, cx: &Cx, tries: Tries) -> aws_sdk_sso::Client {
        // The SDK keeps its allowance of retries for each partition in the whole process: one team's trouble
        // must not use up another's (security I18).
        let partition = aws_sdk_sso::config::retry::RetryPartition::new(self.team.clone());
        let shared = wire::config(cx, &self.region, &self.portal, tries);
        let own = aws_sdk_sso::config::Builder::from(&shared).retry_partition(partition).build();
        aws_sdk_sso::Client::from_conf(own)
    }
}

/// An instance in all its regions: that of the session, the team's own, and the additional ones.
pub(super) struct Places {
    pub first: Place,
    rest: Vec<Place>,
}

impl Places {
    pub fn of(team: &Team, session: Option<&Session>, cx: &Cx) -> Result<Self, BadSetting> {
        let start_url = settings::required(&team.settings, &START_URL)?;
        let noted = session.and_then(|session| session.notes.get(REGION_NOTE)).map(|note| note.expose());
        Self::under(team, start_url, noted, cx)
    }

    /// Under this start URL, with that region first.
    pub fn under(team: &Team, start_url: &str, first: Option<&str>, cx: &Cx) -> Result<Self, BadSetting> {
        let own = settings::region(&team.settings, &REGION)?;
        let first = first.filter(|region| is_region(region)).unwrap_or(&own);
        let mut places = Places { first: Place::at(team, start_url, first, cx)?, rest: Vec::new() };
        // An address of one's own is the same in every region.
        if places.first.oidc.overridden || places.first.portal.overridden {
            return Ok(places);
        }
        for region in [own.clone()].into_iter().chain(more_regions(&team.settings)?) {
            if places.first.region != region && places.rest.iter().all(|place| place.region != region) {
                places.rest.push(Place::at(team, start_url, &region, cx)?);
            }
        }
        Ok(places)
    }

    pub fn in_turn(&self) -> InTurn<'_> {
        InTurn { place: &self.first, rest: &self.rest, silence: None }
    }
}

/// The regions of an instance, one of which is asked after the other until one answers. What another one says in place of
/// the first decides nothing: the first one's silence is what is told then.
pub(super) struct InTurn<'a> {
    pub place: &'a Place,
    rest: &'a [Place],
    silence: Option<ProviderError>,
}

impl InTurn<'_> {
    /// Goes on to the next region where this one does not answer, else fails.
    pub fn after(&mut self, error: ProviderError) -> Result<(), ProviderError> {
        let away = is_away(&error);
        let silence = self.silence.take().unwrap_or(error);
        let Some((next, rest)) = self.rest.split_first().filter(|_| away) else { return Err(silence) };
        (self.place, self.rest, self.silence) = (next, rest, Some(silence));
        Ok(())
    }
}

/// The service does not answer there, and another region may.
fn is_away(error: &ProviderError) -> bool {
    use HttpError as H;
    matches!(
        error.bare(),
        ProviderError::ServerTrouble { .. }
            | ProviderError::Http(H::Dns { .. } | H::Connect { .. } | H::TimedOut { .. })
    )
}

pub(super) fn start_url(settings: &Settings) -> Result<Url, BadSetting> {
    settings::address(&START_URL, settings::required(settings, &START_URL)?)
}

/// Where else the instance is enabled.
pub(super) fn more_regions(settings: &Settings) -> Result<Vec<String>, BadSetting> {
    let text = settings::value(settings, &MORE_REGIONS).unwrap_or_default();
    let regions: Vec<String> = text.split(',').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect();
    match regions.iter().find(|region| !is_region(region)) {
        Some(bad) => Err(malformed(&MORE_REGIONS, &format!("is a list of AWS regions, and {bad:?} is none"))),
        None => Ok(regions),
    }
}

/// The scopes to register for: a comma list as the AWS CLI's `sso_registration_scopes`.
pub(super) fn scopes(settings: &Settings) -> Result<Vec<String>, BadSetting> {
    let text = settings::value(settings, &SCOPES).unwrap_or(SCOPES.example);
    let scopes: Vec<String> = text.split(',').map(|scope| scope.trim().to_owned()).collect();
    let fits = |scope: &String| {
        (1..=128).contains(&scope.len()) && scope.bytes().all(|b| b.is_ascii_alphanumeric() || b":._/-*".contains(&b))
    };
    if scopes.iter().all(fits) {
        Ok(scopes)
    } else {
        Err(malformed(&SCOPES, "is not a list of scopes with commas between"))
    }
}
