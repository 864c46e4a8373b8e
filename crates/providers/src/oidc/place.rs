//! The settings of a team with an OpenID provider, checked and read once.

use keyfob_core::words::about::{BadSetting, Field, Flow};
use keyfob_core::words::plain::is_plain;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::Kept;
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;
use url::Url;

use super::{AUDIENCE, CLIENT_ID, CLIENT_SECRET, ISSUER, LOGOUT_URL, SCOPES};
use crate::browser::Back;
use crate::flow;
use crate::settings::{self, address, is_region, malformed, required, value, web_address};

/// Where one team logs in, and as which client.
pub(super) struct Place {
    /// As written: it is compared as a text (RFC 9207 §2.4).
    pub issuer: String,
    pub issuer_url: Url,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    /// Beside `openid`.
    pub scopes: Vec<String>,
    pub audience: Option<String>,
    pub flow: Option<Flow>,
    pub back: Back,
    pub logout_url: Option<Url>,
}

impl Place {
    pub fn of(team: &Team, kept: &Kept) -> Result<Self, BadSetting> {
        let place = Self::read(&team.settings)?;
        Ok(Place { client_secret: kept.secret(CLIENT_SECRET.key).cloned(), ..place })
    }

    /// The settings without the secret, which is none of them.
    pub fn read(settings: &Settings) -> Result<Self, BadSetting> {
        Ok(Place {
            issuer_url: issuer(settings)?,
            issuer: required(settings, &ISSUER)?.to_owned(),
            client_id: word(&CLIENT_ID, required(settings, &CLIENT_ID)?, "is not the id of a client")?,
            client_secret: None,
            scopes: scopes(settings)?,
            audience: value(settings, &AUDIENCE).map(|text| word(&AUDIENCE, text, "is not an audience")).transpose()?,
            flow: flow::set(settings)?,
            back: Back::of(settings)?,
            logout_url: value(settings, &LOGOUT_URL).map(|text| address(&LOGOUT_URL, text)).transpose()?,
        })
    }

    /// Whether a text names the issuer. A Cognito user pool has two names, and says either of them.
    pub fn is_issuer(&self, text: &str) -> bool {
        text == self.issuer || (pool(text).is_some() && pool(text) == pool(&self.issuer))
    }

    pub fn is_user_pool(&self) -> bool {
        pool(&self.issuer).is_some()
    }

    /// The domain of a user pool's managed login, which the pool's document leaves out in part: it stands in what the
    /// document does say, or in the logout page that was set.
    pub fn managed_login(&self, authorization: Option<&str>) -> Option<Url> {
        let said = authorization.and_then(|text| web_address(text).ok());
        said.or_else(|| self.logout_url.clone()).filter(|_| self.is_user_pool())
    }
}

/// The region and the id of the user pool that an issuer is, in either form (Cognito developer guide, "Issuer URLs").
fn pool(issuer: &str) -> Option<(&str, &str)> {
    let rest = issuer.strip_prefix("https://")?;
    let rest = rest.strip_prefix("issuer-cognito-idp.").or_else(|| rest.strip_prefix("cognito-idp."))?;
    let (host, id) = rest.split_once('/')?;
    let region = host.strip_suffix(".amazonaws.com").or_else(|| host.strip_suffix(".amazonaws.com.cn"))?;
    let own = id.strip_prefix(region).is_some_and(|name| name.starts_with('_') && !name.contains('/'));
    (is_region(region) && own).then_some((region, id))
}

fn issuer(settings: &Settings) -> Result<Url, BadSetting> {
    let text = required(settings, &ISSUER)?;
    let url = address(&ISSUER, text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(malformed(&ISSUER, "has something after its path"));
    }
    match text.strip_suffix("/.well-known/openid-configuration") {
        Some(issuer) => Err(BadSetting::Malformed {
            key: ISSUER.key.into(),
            why: "is the address of a document: the issuer is what stands before /.well-known".into(),
            example: issuer.into(),
        }),
        None => Ok(url),
    }
}

/// A list with commas between, as that of Identity Center's provider.
fn scopes(settings: &Settings) -> Result<Vec<String>, BadSetting> {
    let Some(text) = value(settings, &SCOPES) else { return Ok(Vec::new()) };
    let scopes: Vec<String> = text.split(',').map(|scope| scope.trim().to_owned()).collect();
    // RFC 6749 §3.3.
    let fits = |b: u8| (0x21..=0x7e).contains(&b) && b != b'"' && b != b'\\';
    if scopes.iter().all(|scope| (1..=255).contains(&scope.len()) && scope.bytes().all(fits)) {
        Ok(scopes)
    } else {
        Err(malformed(&SCOPES, "is not a list of scopes with commas between"))
    }
}

/// What a provider gave as one word.
fn word(field: &Field, text: &str, why: &str) -> Result<String, BadSetting> {
    let fits = text.len() <= 1024 && text.chars().all(|c| is_plain(c) && !c.is_whitespace());
    if fits { Ok(text.to_owned()) } else { Err(malformed(field, why)) }
}

/// The settings for trading the session at AWS are checked where they are used.
pub(super) fn region(settings: &Settings) -> Result<Option<String>, BadSetting> {
    value(settings, &super::REGION).map(|_| settings::region(settings, &super::REGION)).transpose()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn place(issuer: &str) -> Place {
        let settings = [("issuer", issuer), ("client-id", "c")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        Place::read(&settings.into()).unwrap()
    }

    #[test]
    fn an_issuer_is_the_text_that_it_is_and_a_user_pool_has_two() {
        let keycloak = place("https://id.acme.test/realms/acme");
        assert!(keycloak.is_issuer("https://id.acme.test/realms/acme"));
        for other in ["https://id.acme.test/realms/acme/", "https://ID.acme.test/realms/acme", ""] {
            assert!(!keycloak.is_issuer(other), "{other}");
        }
        let pool = place("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI");
        assert!(pool.is_issuer("https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"));
        for other in [
            "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other",
            "https://cognito-idp.us-east-1.amazonaws.com/eu-west-1_AbCdEfGhI",
            "https://cognito-idp.eu-west-1.amazonaws.com.evil.test/eu-west-1_AbCdEfGhI",
            "http://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
        ] {
            assert!(!pool.is_issuer(other), "{other}");
        }
    }
}
