//! Roles for the credentials of a session, against the embedded cloud's STS, which checks signatures and trust policies.

use keyfob_core::doors::assume::Asked;
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::profile::AssumedRole;
use keyfob_core::words::session::{Credential, Kept};
use keyfob_core::words::team::Team;
use keyfob_providers::tokens;
use keyfob_sandbox::{Fault, Operation, Sandbox, Setup, What};

use crate::sandbox_sso::{acme, cloud, login};
use crate::support::{Stage, profile_of, provider};

/// The team, and keys of one of its roles.
async fn keys() -> (Sandbox, Stage, Team, Credential) {
    let (cloud, stage) = cloud(Setup { approve_after_polls: Some(0), ..Setup::demo() }).await;
    let session = login(&cloud, &stage, &mut Kept::default()).await.unwrap();
    let mut team = acme(&cloud);
    team.settings.insert("sts-endpoint".into(), cloud.url().into());
    let admin = profile_of("111111111111", "AdministratorAccess");
    let by = provider("aws-sso").credential(&team, &admin, &session, &stage.cx).await.unwrap();
    (cloud, stage, team, by)
}

fn role(arn: &str) -> AssumedRole {
    AssumedRole { role_arn: arn.into(), ..AssumedRole::default() }
}

#[tokio::test]
async fn every_part_of_a_role_reaches_sts_in_one_round_trip() {
    let (cloud, stage, team, by) = keys().await;
    let asked = Asked { team: &team, region: Some("eu-north-1"), by: &by };
    let guarded = AssumedRole {
        external_id: Some("acme-4711".into()),
        source_identity: Some("alice".into()),
        tags: [("team", "web"), ("cost", "42")].map(|(key, value)| (key.into(), value.into())).into(),
        ..role("arn:aws:iam::333333333333:role/Guarded")
    };
    cloud.clear_log();
    let given = tokens().assume(asked, &guarded, "ci", Some(900), &stage.cx).await.unwrap();
    let life = given.expires.duration_since(stage.cx.clock.now()).as_secs();
    assert!((898..=900).contains(&life), "{life}");
    assert_eq!(cloud.log().len(), 1);
    let caller = tokens().caller(Asked { by: &given, ..asked }, &stage.cx).await.unwrap();
    assert_eq!(caller.arn, "arn:aws:sts::333333333333:assumed-role/Guarded/ci");
    assert_eq!((caller.account.as_str(), caller.user_id.ends_with(":ci")), ("333333333333", true));
    for change in [
        |role: &mut AssumedRole| role.external_id = None,
        |role: &mut AssumedRole| role.source_identity = None,
        |role: &mut AssumedRole| role.tags.clear(),
    ] {
        let mut less = guarded.clone();
        change(&mut less);
        let refused = tokens().assume(asked, &less, "ci", None, &stage.cx).await.unwrap_err();
        assert!(matches!(refused.bare(), ProviderError::Refused { code, .. } if code == "AccessDenied"), "{refused:?}");
    }
}

// F253, F254
#[tokio::test]
async fn a_refusal_keeps_its_code_and_the_words_of_sts_and_trouble_is_told_as_trouble() {
    let (cloud, stage, team, by) = keys().await;
    let asked = Asked { team: &team, region: None, by: &by };
    let deploy = role("arn:aws:iam::222222222222:role/Deploy");
    let told = async |seconds| tokens().assume(asked, &deploy, "ci", seconds, &stage.cx).await.unwrap_err();
    let ProviderError::Refused { code, message, .. } = told(Some(7200)).await.bare().clone() else { panic!("taken") };
    assert_eq!(code, "ValidationError");
    assert!(message.contains("DurationSeconds") && message.contains("role chaining"), "{message}");
    let gone = role("arn:aws:iam::222222222222:role/Gone");
    let denied = tokens().assume(asked, &gone, "ci", None, &stage.cx).await.unwrap_err();
    let ProviderError::Refused { code, message, .. } = denied.bare() else { panic!("{denied:?}") };
    assert_eq!(code, "AccessDenied");
    assert!(
        message.contains("not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/Gone")
    );
    let broken = What::Status { status: 503, headers: vec![], body: String::new() };
    cloud.faults().add(Fault::on(Operation::AssumeRole, broken).always());
    assert!(matches!(told(None).await.bare(), ProviderError::ServerTrouble { .. }));
}
