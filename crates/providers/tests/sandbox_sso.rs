//! The device flow and the portal against the embedded cloud, over real HTTP and on its virtual time.

use std::sync::Arc;

use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::login::Wish;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::session::{Kept, Session};
use keyfob_core::words::team::Team;
use keyfob_sandbox::{Expire, Fault, Operation, Rotation, Sandbox, Setup, What};

use crate::support::real::RealHttp;
use crate::support::{Stage, VirtualClock, bare, profile_of, provider, targets, team};

/// A cloud on the stage's own time.
pub async fn cloud(mut setup: Setup) -> (Sandbox, Stage) {
    let clock = VirtualClock::new();
    let told = Arc::clone(&clock);
    setup.clock = keyfob_sandbox::Clock::new(move || told.since_1970());
    let stage = Stage::with_http(clock, Arc::new(RealHttp::new()));
    (Sandbox::start(setup).await.unwrap(), stage)
}

pub fn acme(cloud: &Sandbox) -> Team {
    team(
        "aws-sso",
        &[
            ("start-url", &cloud.start_url()),
            ("region", "eu-west-1"),
            ("oidc-endpoint", cloud.url()),
            ("portal-endpoint", cloud.url()),
        ],
    )
}

fn profile(account: &str, role: &str) -> Profile {
    profile_of(account, role)
}

pub async fn login(cloud: &Sandbox, stage: &Stage, kept: &mut Kept) -> Result<Session, ProviderError> {
    bare(provider("aws-sso").login(&acme(cloud), kept, &Wish::default(), &stage.cx).await)
}

async fn refresh(cloud: &Sandbox, stage: &Stage, session: &Session) -> Result<Session, ProviderError> {
    provider("aws-sso").refresh(&acme(cloud), session, &Kept::default(), &stage.cx).await
}

#[tokio::test]
async fn a_person_approves_and_gets_credentials_for_a_role() {
    let (cloud, stage) = cloud(Setup { approve_after_polls: Some(3), ..Setup::demo() }).await;
    let session = login(&cloud, &stage, &mut Kept::default()).await.unwrap();
    assert_eq!(cloud.count(Operation::PollToken), 3);
    assert_eq!(session.who, cloud.addr().to_string());
    let team = acme(&cloud);
    let targets = targets("aws-sso", &team, &session, &stage.cx).await.unwrap();
    assert_eq!(targets.len(), 7);
    let made = provider("aws-sso").credential(&team, &profile("111111111111", "ReadOnly"), &session, &stage.cx).await;
    let made = made.unwrap();
    assert!(made.key_id.starts_with("ASIA"));
    // The cloud counts in whole seconds.
    assert!((3599..=3600).contains(&made.expires.duration_since(stage.cx.clock.now()).as_secs()));
    let gone =
        bare(provider("aws-sso").credential(&team, &profile("111111111111", "Nobody"), &session, &stage.cx).await);
    assert!(matches!(gone, Err(ProviderError::RoleGone { .. })), "{gone:?}"); // F24
}

#[tokio::test]
async fn polls_keep_the_pace_that_the_server_wants() {
    // F15: this server slows down whoever is early, and adds five seconds each time it says so.
    let (cloud, stage) = cloud(Setup { approve_after_polls: Some(8), ..Setup::demo() }).await;
    cloud.faults().add(Fault::on(Operation::PollToken, What::SlowDown).times(5));
    login(&cloud, &stage, &mut Kept::default()).await.unwrap();
    let polls: Vec<_> = cloud.log().into_iter().filter(|seen| seen.operation == Operation::PollToken).collect();
    let slowed = polls.iter().filter(|seen| seen.body.contains("slow") || seen.fault.is_some()).count();
    assert_eq!(slowed, 5);
    let last = polls.len() - 1;
    assert!(polls[last].at - polls[last - 1].at >= 26.5);
}

#[tokio::test]
async fn a_refused_code_and_a_code_that_ran_out_are_told_apart() {
    // F17
    let (sandbox, stage) = cloud(Setup::demo()).await;
    let waiting = async {
        while sandbox.pending().is_empty() {
            tokio::task::yield_now().await;
        }
        sandbox.refuse(&sandbox.pending()[0]).unwrap();
    };
    let mut kept = Kept::default();
    let (refused, ()) = tokio::join!(login(&sandbox, &stage, &mut kept), waiting);
    assert_eq!(refused, Err(ProviderError::CodeRefused));

    let (sandbox, stage) = cloud(Setup::demo()).await;
    assert_eq!(login(&sandbox, &stage, &mut Kept::default()).await, Err(ProviderError::CodeExpired));
}

#[tokio::test]
async fn every_page_is_read() {
    let (cloud, stage) = cloud(Setup { approve_after_polls: Some(1), ..Setup::crowded(250, 3) }).await;
    let session = login(&cloud, &stage, &mut Kept::default()).await.unwrap();
    let targets = targets("aws-sso", &acme(&cloud), &session, &stage.cx).await.unwrap();
    assert_eq!(targets.len(), 750);
    assert_eq!(cloud.count(Operation::ListAccounts), 3);
    assert!(targets.is_sorted_by_key(|target| target.group_detail.clone()));
}

#[tokio::test]
async fn a_rotated_token_replaces_the_old_one_and_the_old_one_ends_the_family() {
    // F18
    let setup = Setup { approve_after_polls: Some(1), sso_rotation: Rotation::Strict, ..Setup::demo() };
    let (cloud, stage) = cloud(setup).await;
    let first = login(&cloud, &stage, &mut Kept::default()).await.unwrap();
    let second = refresh(&cloud, &stage, &first).await.unwrap();
    assert_ne!(first.refresh, second.refresh);
    let third = refresh(&cloud, &stage, &second).await.unwrap();
    assert!(matches!(refresh(&cloud, &stage, &first).await, Err(ProviderError::SessionEnded { .. })));
    assert!(matches!(refresh(&cloud, &stage, &third).await, Err(ProviderError::SessionEnded { .. })));
}

#[tokio::test]
async fn an_answer_that_gets_lost_after_a_rotation_does_not_cost_the_session() {
    // F04, F06, F10
    let setup = Setup { approve_after_polls: Some(1), sso_rotation: Rotation::Grace(30), ..Setup::demo() };
    let (cloud, stage) = cloud(setup).await;
    let mut session = login(&cloud, &stage, &mut Kept::default()).await.unwrap();
    for lost in [What::LostAnswer, What::ResetAfter { bytes: 40 }, What::CutBody, What::WrongLength] {
        cloud.faults().add(Fault::on(Operation::RefreshToken, lost.clone()));
        let first = refresh(&cloud, &stage, &session).await;
        assert!(first.is_err_and(|error| error.may_be_done()), "{lost:?}");
        session = refresh(&cloud, &stage, &session).await.unwrap();
    }
    assert_eq!(cloud.count(Operation::RefreshToken), 8);
}

#[tokio::test]
async fn a_lost_answer_under_strict_rotation_needs_a_person() {
    // F10
    let setup = Setup { approve_after_polls: Some(1), sso_rotation: Rotation::Strict, ..Setup::demo() };
    let (cloud, stage) = cloud(setup).await;
    let session = login(&cloud, &stage, &mut Kept::default()).await.unwrap();
    cloud.faults().add(Fault::on(Operation::RefreshToken, What::LostAnswer));
    assert!(refresh(&cloud, &stage, &session).await.unwrap_err().may_be_done());
    assert!(matches!(refresh(&cloud, &stage, &session).await, Err(ProviderError::SessionEnded { .. })));
}

#[tokio::test]
async fn an_access_token_that_is_over_can_be_renewed_and_then_works() {
    // F23
    let (cloud, stage) = cloud(Setup { approve_after_polls: Some(1), ..Setup::demo() }).await;
    let session = login(&cloud, &stage, &mut Kept::default()).await.unwrap();
    stage.clock.advance(3601);
    let team = acme(&cloud);
    let refused = targets("aws-sso", &team, &session, &stage.cx).await;
    assert!(matches!(refused, Err(ProviderError::SessionEnded { .. })), "{refused:?}");
    let renewed = refresh(&cloud, &stage, &session).await.unwrap();
    assert_eq!(targets("aws-sso", &team, &renewed, &stage.cx).await.unwrap().len(), 7);
}

#[tokio::test]
async fn an_expired_registration_is_replaced_silently_at_the_next_login() {
    // F20
    let (cloud, stage) = cloud(Setup { approve_after_polls: Some(1), ..Setup::demo() }).await;
    let mut kept = Kept::default();
    let session = login(&cloud, &stage, &mut kept).await.unwrap();
    cloud.expire(Expire::Registrations);
    assert!(matches!(refresh(&cloud, &stage, &session).await, Err(ProviderError::SessionEnded { .. })));
    login(&cloud, &stage, &mut kept).await.unwrap();
    assert_eq!(cloud.count(Operation::RegisterClient), 2);
    login(&cloud, &stage, &mut kept).await.unwrap();
    assert_eq!(cloud.count(Operation::RegisterClient), 2);
    assert!(stage.questions().iter().all(|question| question.waits().is_some()));
}

#[tokio::test]
async fn logging_out_ends_the_session_at_the_portal() {
    // T32
    let (cloud, stage) = cloud(Setup { approve_after_polls: Some(1), ..Setup::demo() }).await;
    let session = login(&cloud, &stage, &mut Kept::default()).await.unwrap();
    let team = acme(&cloud);
    provider("aws-sso").revoke(&team, &session, &Kept::default(), &stage.cx).await.unwrap();
    let after = targets("aws-sso", &team, &session, &stage.cx).await;
    assert!(matches!(after, Err(ProviderError::SessionEnded { .. })));
    provider("aws-sso").revoke(&team, &session, &Kept::default(), &stage.cx).await.unwrap();
}

#[tokio::test]
async fn no_secret_is_sent_where_a_redirect_points() {
    // T09
    let (cloud, stage) = cloud(Setup { approve_after_polls: Some(1), ..Setup::demo() }).await;
    let session = login(&cloud, &stage, &mut Kept::default()).await.unwrap();
    let trap = Sandbox::start(Setup::demo()).await.unwrap();
    for status in [302, 307, 308] {
        let to = format!("{}/token", trap.url());
        cloud.faults().add(Fault::on(Operation::RefreshToken, What::Redirect { status, to }));
        let refused = bare(refresh(&cloud, &stage, &session).await);
        assert!(matches!(refused, Err(ProviderError::CaptivePortal { .. })), "{refused:?}");
    }
    assert!(trap.log().is_empty());
}
