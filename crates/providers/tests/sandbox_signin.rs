//! Console sessions against the embedded cloud, which checks each proof, each code and each key.

use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use keyfob_core::doors::ports::{NoAnswer, Person, Revealed};
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::about::Flow;
use keyfob_core::words::login::{Step, Wish};
use keyfob_core::words::profile::Profile;
use keyfob_core::words::question::{Answer, CODE, Other, Question, Refusal, Topic};
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{Kept, Session};
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;
use keyfob_sandbox::{Fault, Operation, Sandbox, Setup, What};

use crate::sandbox_sso::cloud;
use crate::support::console::{Console, opened};
use crate::support::{Stage, bare, provider, targets, team};

const KIM: &str = "arn:aws:iam::111111111111:user/kim";
const ROOT: &str = "arn:aws:iam::111111111111:root";
const ALICE: &str = "arn:aws:sts::111111111111:assumed-role/AdministratorAccess/alice";

fn console(cloud: &Sandbox, more: &[(&str, &str)]) -> Team {
    team(
        "aws-signin",
        &[&[("region", "eu-west-1"), ("flow", "browser"), ("signin-endpoint", cloud.url())], more].concat(),
    )
}

async fn as_person(who: &str) -> (Sandbox, Stage) {
    let (cloud, mut stage) = cloud(Setup::demo()).await;
    Console::of(who, &mut stage.cx);
    (cloud, stage)
}

async fn login(team: &Team, wish: &Wish, stage: &Stage) -> Result<Session, ProviderError> {
    bare(provider("aws-signin").login(team, &mut Kept::default(), wish, &stage.cx).await)
}

async fn refresh(team: &Team, session: &Session, stage: &Stage) -> Result<Session, ProviderError> {
    bare(provider("aws-signin").refresh(team, session, &Kept::default(), &stage.cx).await)
}

#[tokio::test]
async fn who_is_signed_in_to_the_console_lends_their_session_and_it_renews_itself() {
    for (arn, who) in [(KIM, "kim"), (ROOT, "root of 111111111111"), (ALICE, "alice")] {
        let (cloud, stage) = as_person(arn).await;
        let team = console(&cloud, &[]);
        let session = login(&team, &Wish::default(), &stage).await.unwrap();
        assert_eq!((session.who.as_str(), session.facts().renews), (who, true));
        // A page and a token: nothing beyond what the protocol asks for.
        assert_eq!((cloud.count(Operation::Console), cloud.count(Operation::CreateOAuth2Token)), (1, 1));
        let now = stage.cx.clock.now();
        assert_eq!(session.expires.duration_since(now).as_secs(), 900);
        assert_eq!(session.facts().ends().duration_since(now).as_hours(), 12);

        let profile = Profile::new(team.id.clone(), "console", Settings::new());
        let made = provider("aws-signin").credential(&team, &profile, &session, &stage.cx).await.unwrap();
        assert!(made.key_id.starts_with("ASIA"));
        let found = targets("aws-signin", &team, &session, &stage.cx).await.unwrap();
        assert_eq!((found[0].group.as_str(), found[0].label.as_str()), ("111111111111", who));

        stage.clock.advance(600);
        let renewed = refresh(&team, &session, &stage).await.unwrap();
        assert_ne!(renewed.refresh, session.refresh, "each refresh token works once");
        assert_ne!(renewed.access, session.access);
        assert_eq!((renewed.limit, renewed.who.as_str()), (session.limit, who));
        refresh(&team, &renewed, &stage).await.unwrap();
    }
}

// F311
#[tokio::test]
async fn a_session_is_over_only_when_the_service_says_so() {
    let (cloud, stage) = as_person(KIM).await;
    let team = console(&cloud, &[]);
    let session = login(&team, &Wish::default(), &stage).await.unwrap();
    // A key that is not the one of the login renews nothing.
    let mut stolen = session.clone();
    let other = login(&team, &Wish::default(), &stage).await.unwrap();
    stolen.notes.insert("dpop-key".into(), other.notes["dpop-key"].clone());
    let thief = refresh(&team, &stolen, &stage).await;
    assert!(matches!(thief, Err(ProviderError::Refused { .. })), "{thief:?}");

    cloud.faults().add(Fault::on(
        Operation::CreateOAuth2Token,
        What::Status { status: 503, headers: vec![], body: String::new() },
    ));
    let passing = refresh(&team, &session, &stage).await.unwrap_err();
    assert!(passing.is_passing(), "{passing:?}");
    let renewed = refresh(&team, &session, &stage).await.unwrap();
    let replayed = refresh(&team, &session, &stage).await.unwrap_err();
    assert!(
        matches!(replayed, ProviderError::SessionEnded { ref code, .. } if code == "TOKEN_EXPIRED"),
        "{replayed:?}"
    );
    stage.clock.advance(12 * 3600);
    let late = refresh(&team, &renewed, &stage).await.unwrap_err();
    assert!(matches!(late, ProviderError::SessionEnded { .. }), "{late:?}");
}

// F312
#[tokio::test]
async fn somebody_else_in_the_browser_and_somebody_without_permission_get_nothing() {
    let (cloud, stage) = as_person(ROOT).await;
    let other = login(&console(&cloud, &[("login-session", KIM)]), &Wish::default(), &stage).await;
    assert_eq!(other, Err(ProviderError::OtherAccount));
    login(&console(&cloud, &[("login-session", ROOT)]), &Wish::default(), &stage).await.unwrap();

    cloud.change(|setup| setup.console_denied = true);
    let denied = login(&console(&cloud, &[]), &Wish::default(), &stage).await;
    assert_eq!(denied, Err(ProviderError::ConsoleNotAllowed { team: "acme".into() }));

    let (cloud, stage) = as_person("nobody").await;
    assert_eq!(login(&console(&cloud, &[]), &Wish::default(), &stage).await, Err(ProviderError::CodeRefused));
}

/// What the page on the other device shows at its end.
async fn pasted(page: &str, who: &str) -> Answer {
    let back = opened(&page.parse().unwrap(), who).await;
    assert_eq!(back.path(), "/v1/sessions/confirmation");
    Answer::filled(CODE, Secret::new(BASE64_STANDARD.encode(back.query().unwrap())))
}

// F310
#[tokio::test]
async fn on_another_device_a_code_is_carried_over_and_one_of_another_login_is_refused() {
    let (cloud, stage) = as_person(KIM).await;
    let team = console(&cloud, &[]);
    let wish = Wish { flow: Some(Flow::Code), ..Wish::default() };
    let nobody = stage.no_answer(NoAnswer::Nobody);
    assert_eq!(login(&team, &wish, &nobody).await, Err(ProviderError::PersonNeeded));
    let Topic::PastedCode { page: first } = nobody.questions()[0].topic.clone() else { panic!("no page") };

    let stage = nobody.answers(vec![pasted(&first, KIM).await]).no_answer(NoAnswer::Nobody);
    assert_eq!(login(&team, &wish, &stage).await, Err(ProviderError::WrongCode));
    assert_eq!(stage.questions()[2].refusal, Some(Refusal::Wrong));
    assert_eq!(cloud.count(Operation::CreateOAuth2Token), 0, "what is not of this login is not sent");
}

/// Goes to another device, logs in there, and carries the code over.
#[derive(Debug)]
struct Carrier;

#[async_trait]
impl Person for Carrier {
    fn show(&self, _: &Step) {}

    async fn ask(&self, question: Question) -> Result<Answer, NoAnswer> {
        match &question.topic {
            Topic::PastedCode { page } => Ok(pasted(page, ALICE).await),
            _ if question.others.contains(&Other::AnotherDevice) => Ok(Answer::Other(Other::AnotherDevice)),
            _ => Err(NoAnswer::Nobody),
        }
    }

    async fn ask_showing(&self, question: Question, _: Revealed) -> Result<Answer, NoAnswer> {
        self.ask(question).await
    }
}

#[tokio::test]
async fn whoever_waits_for_the_browser_can_go_on_on_another_device() {
    let (cloud, mut stage) = as_person(KIM).await;
    stage.cx.person = Arc::new(Carrier);
    let team = console(&cloud, &[]);
    let session = login(&team, &Wish::default(), &stage).await.unwrap();
    assert_eq!(session.who, "alice");
    // It is renewed as the client that it belongs to.
    refresh(&team, &session, &stage).await.unwrap();
}
