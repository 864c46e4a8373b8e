//! A role for a session: its ID token is traded by STS (`AssumeRoleWithWebIdentity`).

use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::about::{BadSetting, Field};
use keyfob_core::words::claims::{self, time};
use keyfob_core::words::profile::{AssumedRole, Profile, partition_of};
use keyfob_core::words::session::{Credential, Session};
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;

use super::place;
use crate::assume::STS_ENDPOINT;
use crate::settings::{USUAL_REGION, given, malformed, required, value};
use crate::sts::Sts;
use crate::wire::{Endpoint, Service};

const ROLE_ARN: Field = Field {
    key: "role-arn",
    label: "Role",
    required: true,
    example: "arn:aws:iam::123456789012:role/Deploy",
    secret: false,
};
const SESSION_NAME: Field =
    Field { key: "session-name", label: "Session name", required: false, example: "ada", secret: false };
const DURATION: Field = Field { key: "duration", label: "Duration", required: false, example: "1h", secret: false };
pub(super) static FIELDS: [Field; 3] = [ROLE_ARN, SESSION_NAME, DURATION];

/// What a profile is traded for.
pub(super) struct Target(AssumedRole);

impl Target {
    pub fn read(settings: &Settings) -> Result<Self, BadSetting> {
        let role = AssumedRole {
            role_arn: required(settings, &ROLE_ARN)?.to_owned(),
            session_name: value(settings, &SESSION_NAME).map(ToOwned::to_owned),
            duration: value(settings, &DURATION).map(duration).transpose()?,
            ..AssumedRole::default()
        };
        match role.check() {
            Ok(()) => Ok(Target(role)),
            Err((key, why)) => {
                let field = FIELDS.iter().find(|field| field.key == key).unwrap_or(&ROLE_ARN);
                Err(malformed(field, &why))
            }
        }
    }
}

/// Seconds, or a number of hours, minutes or seconds with its letter.
fn duration(text: &str) -> Result<u32, BadSetting> {
    let unit = |letter, factor| text.strip_suffix(letter).map(|number| (number, factor));
    let (number, factor) = unit('h', 3600).or_else(|| unit('m', 60)).or_else(|| unit('s', 1)).unwrap_or((text, 1));
    let seconds = number.trim().parse::<u32>().ok().and_then(|number| number.checked_mul(factor));
    seconds.ok_or_else(|| malformed(&DURATION, "is 900 to 43200 seconds, such as 3600 or 1h"))
}

pub(super) async fn credential(
    team: &Team,
    profile: &Profile,
    session: &Session,
    cx: &Cx,
) -> Result<Credential, ProviderError> {
    let Target(role) = Target::read(&profile.target)?;
    let Some(id_token) = &session.id_token else {
        return Err(ProviderError::Unsupported { what: "AWS credentials without an ID token".into() });
    };
    // The provider gave none at the last renewal, and AWS takes no old one: a login brings the next.
    let ended = time(&claims::of(Some(id_token.expose())), "exp").is_some_and(|end| end <= cx.clock.now().as_second());
    if ended {
        return Err(ProviderError::PersonNeeded);
    }
    let region = region(team, profile, &role)?;
    let endpoint = Endpoint::find(team, &STS_ENDPOINT, Service::Tokens, &region, cx)?;
    let name = role.session_name(&session.who);
    let sts = Sts::at(&region, &endpoint, None, cx);
    let assumed = sts.assume_role_with_web_identity(&role.role_arn, &name, role.duration, id_token).await;
    assumed.map_err(|error| {
        endpoint.explain(error, |error| match error {
            ProviderError::Refused { .. } => vec![given(&ROLE_ARN, &role.role_arn)],
            _ => Vec::new(),
        })
    })
}

/// Where STS is asked: nowhere but in the partition of the role.
fn region(team: &Team, profile: &Profile, role: &AssumedRole) -> Result<String, BadSetting> {
    let partition = role.partition();
    let usual = match partition {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-eusc" => "eusc-de-east-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        _ => USUAL_REGION,
    };
    let Some(region) = profile.region.clone().map_or_else(|| place::region(&team.settings), |own| Ok(Some(own)))?
    else {
        return Ok(usual.to_owned());
    };
    if partition_of(&region) == partition {
        return Ok(region);
    }
    Err(malformed(
        &ROLE_ARN,
        &format!("is a role of the partition {partition}, and {region} is a region of another one"),
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_sts_would_refuse_is_named_before_it_is_asked() {
        let role = ("role-arn", "arn:aws:iam::123456789012:role/Deploy");
        let read = |pairs: &[(&str, &str)]| {
            let settings = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
            Target::read(&settings).map(|target| target.0.duration).map_err(|bad| bad.to_string())
        };
        assert_eq!(read(&[role]), Ok(None));
        assert_eq!(read(&[role, ("duration", "1h")]), Ok(Some(3600)));
        assert_eq!(read(&[role, ("duration", "15m")]), Ok(Some(900)));
        for (key, text) in [
            ("duration", "90"),
            ("duration", "soon"),
            ("duration", "13h"),
            ("session-name", "a b"),
            ("role-arn", "Deploy"),
        ] {
            assert!(read(&[role, (key, text)]).unwrap_err().starts_with(key), "{key} {text}");
        }
    }
}
