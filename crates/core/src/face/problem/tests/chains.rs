//! One example of each problem with roles behind roles.

use super::*;
use crate::words::profile::AssumedRole;
use crate::words::way::Astray;

pub fn examples() -> Vec<Problem> {
    let role = AssumedRole {
        role_arn: "arn:aws:iam::210987654321:role/Deploy".into(),
        mfa_serial: Some("arn:aws:iam::123456789012:mfa/ann".into()),
        ..AssumedRole::default()
    };
    let way = ["acme/admin", "Build", "Deploy"].map(str::to_owned);
    let refused = |code: &str| ProviderError::Refused { host: HOST.into(), code: code.into(), message: said() };
    let because = ProviderError::Because { error: Box::new(refused("AccessDenied")), causes: Vec::new() };
    let late = ProviderError::Http(HttpError::TimedOut { host: HOST.into() });
    let tagged = AssumedRole {
        source_identity: Some("ann".into()),
        tags: [("team".to_owned(), "web".to_owned())].into(),
        ..role.clone()
    };
    let circle = Astray::Circle { names: vec!["deploy".into(), "deploy".into()] };
    vec![
        astray(&circle, "deploy"),
        no_source("deploy", TEAM, "AWS IAM Identity Center"),
        unknown_source("admn", &["admin".into(), "lab/admin".into()]),
        unknown_source("admn", &[]),
        malformed_role(&("duration", "is 900 to 43200 seconds, such as 3600 or \"1h\"".into())),
        mfa_behind_role("deploy", &role),
        other_device("deploy", "keys", "arn:aws:iam::123456789012:mfa/ann", None),
        other_device("deploy", "keys", "arn:aws:iam::123456789012:mfa/ann", Some("GAHT12345678")),
        other_partition("deploy", "leads from aws to aws-cn (Deploy): …"),
        of_first_link(not_logged_in(TEAM), "deploy", &way),
        of_link(&because, "deploy", &way, 1, &role),
        of_link(&refused("AccessDenied"), "deploy", &way, 1, &tagged),
        of_link(&refused("RegionDisabledException"), "deploy", &way, 0, &role),
        of_link(&refused("ValidationError"), "deploy", &way, 0, &role),
        of_link(&late, "deploy", &way, 0, &role),
        in_use("admin", &["acme/deploy".into()]),
    ]
}
