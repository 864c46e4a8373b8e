//! The device flow at an OpenID provider: a code is shown, approved elsewhere, and polled for at the provider's pace.

use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::about::Flow;
use keyfob_core::words::login::Wish;
use keyfob_core::words::question::{Answer, Other};
use keyfob_core::words::session::{Kept, Session};
use serde_json::{Value, json as j};

use crate::support::idp::Idp;
use crate::support::{Reply, Stage, bare, cut, json, page, secret, status};

fn code(change: &Value) -> Reply {
    let mut body = j!({
        "device_code": "d-1", "user_code": "BCDF-GHJK", "verification_uri": "https://id.test/activate",
        "verification_uri_complete": "https://id.test/activate?user_code=BCDF-GHJK", "expires_in": 600, "interval": 5,
    });
    for (key, value) in change.as_object().unwrap() {
        body[key] = value.clone();
    }
    json(&body)
}

fn error(http: u16, code: &str) -> Reply {
    status(http, &j!({ "error": code }))
}

async fn login(idp: &Idp) -> (Result<Session, ProviderError>, Stage) {
    let stage = idp.stage();
    let wish = Wish { flow: Some(Flow::Code), ..Wish::default() };
    (bare(idp.login_on(&stage, &[("scopes", "email")], &mut Kept::default(), wish).await), stage)
}

fn polls(stage: &Stage) -> Vec<f64> {
    stage.sent_to("/token").iter().map(|sent| sent.at).collect()
}

#[tokio::test]
async fn a_code_is_shown_with_its_page_and_the_login_comes_once_it_is_approved() {
    let idp = Idp::new().at("/device", vec![code(&j!({}))]).first(vec![error(400, "authorization_pending")]);
    let (session, stage) = login(&idp).await;
    let session = session.unwrap();
    assert_eq!((session.who.as_str(), session.refresh.unwrap().expose()), ("ada@acme.test", "r-1"));
    let asked = &stage.sent_to("/device")[0];
    assert_eq!((asked.field("client_id"), asked.field("scope")), ("keyfob".into(), "openid email".into()));
    let poll = &stage.sent_to("/token")[0];
    assert_eq!(poll.field("grant_type"), "urn:ietf:params:oauth:grant-type:device_code");
    assert_eq!((poll.field("device_code"), poll.field("client_id")), ("d-1".into(), "keyfob".into()));
    assert_eq!(stage.diary()[0], "shown BCDF-GHJK at id.test");
    assert_eq!(idp.page().0.as_str(), "https://id.test/activate?user_code=BCDF-GHJK");
}

#[tokio::test]
async fn polls_keep_the_pace_that_the_provider_wants() {
    // F15: as RFC 8628 has it, and as Google and Auth0 say it, by a status of their own.
    let replies = vec![
        error(428, "authorization_pending"),
        error(429, "slow_down"),
        error(400, "slow_down"),
        cut(),
        error(400, "authorization_pending"),
    ];
    let idp = Idp::new().at("/device", vec![code(&j!({}))]).first(replies);
    let (session, stage) = login(&idp).await;
    session.unwrap();
    let times = polls(&stage);
    let gaps: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (gap, least) in gaps.iter().zip([5.0, 10.0, 15.0, 30.0, 15.0]) {
        assert!(*gap >= least, "{gaps:?}");
    }
    assert!(times[0] >= 5.0, "{times:?}");
}

#[tokio::test]
async fn a_refused_code_and_a_code_that_ran_out_are_told_apart() {
    // F17
    for (answer, expected) in
        [("access_denied", ProviderError::CodeRefused), ("expired_token", ProviderError::CodeExpired)]
    {
        let idp = Idp::new().at("/device", vec![code(&j!({}))]).first(vec![error(400, answer)]);
        assert_eq!(login(&idp).await.0, Err(expected));
    }
}

#[tokio::test]
async fn a_code_that_nobody_approves_ends_at_our_own_deadline() {
    // F16
    for (told, seconds) in
        [(j!({ "expires_in": 120 }), 120.0), (j!({ "expires_in": 86400 }), 900.0), (j!({ "expires_in": 0 }), 600.0)]
    {
        let pending = (0..400).map(|_| error(400, "authorization_pending")).collect();
        let (outcome, stage) = login(&Idp::new().at("/device", vec![code(&told)]).first(pending)).await;
        assert_eq!(outcome, Err(ProviderError::CodeExpired));
        assert!((seconds - 6.0..=seconds).contains(&stage.clock.elapsed()), "{told}: {}", stage.clock.elapsed());
    }
}

// F277
#[tokio::test]
async fn a_code_is_understood_in_every_form_that_providers_give_it_in() {
    for change in [
        j!({ "verification_url": "https://id.test/activate" }),
        j!({ "verification_uri": null, "verification_url": "https://id.test/activate", "verification_uri_complete": null }),
        j!({ "interval": "5", "expires_in": "600" }),
        j!({ "interval": null, "expires_in": null }),
        j!({ "interval": 0 }),
        j!({ "verification_uri_complete": 7 }),
    ] {
        let said = change.to_string();
        let (session, stage) = login(&Idp::new().at("/device", vec![code(&change)])).await;
        assert!(session.is_ok(), "{said}: {session:?}");
        assert!(polls(&stage)[0] >= 5.0, "{said}");
    }
}

// F270
#[tokio::test]
async fn a_page_that_leads_elsewhere_is_not_opened() {
    for change in [
        j!({ "verification_uri": "http://id.test/activate" }),
        j!({ "verification_uri": "javascript:alert(1)" }),
        j!({ "verification_uri_complete": "https://evil.test/activate" }),
        j!({ "verification_uri_complete": "file:///etc/passwd" }),
        j!({ "user_code": "\u{202e}<b>" }),
        j!({ "user_code": "" }),
    ] {
        let idp = Idp::new().at("/device", vec![code(&change)]);
        let (outcome, stage) = login(&idp).await;
        assert!(matches!(outcome, Err(ProviderError::Unexpected { .. })), "{change}: {outcome:?}");
        assert!(idp.pages().is_empty() && stage.questions().is_empty(), "{change}");
    }
}

#[tokio::test]
async fn a_new_code_can_be_asked_for_while_one_waits() {
    let idp = Idp::new().at("/device", vec![code(&j!({})), code(&j!({ "device_code": "d-2" }))]);
    let stage = idp.stage().answers(vec![Answer::Other(Other::NewCode)]);
    let wish = Wish { flow: Some(Flow::Code), ..Wish::default() };
    idp.login_on(&stage, &[], &mut Kept::default(), wish).await.unwrap();
    assert_eq!(stage.sent_to("/token")[0].field("device_code"), "d-2");
}

#[tokio::test]
async fn a_team_that_is_set_to_codes_gets_one_and_a_client_with_a_secret_proves_it() {
    let idp = Idp::new().at("/device", vec![code(&j!({}))]);
    let stage = idp.stage();
    let mut kept = Kept { secrets: [("client-secret".to_owned(), secret("s"))].into(), ..Kept::default() };
    idp.login_on(&stage, &[("flow", "code")], &mut kept, Wish::default()).await.unwrap();
    assert!(stage.sent_to("/token")[0].authorization.starts_with("Basic "));
    assert!(stage.sent_to("/device")[0].authorization.starts_with("Basic "));
}

#[tokio::test]
async fn trouble_before_the_code_is_told_and_trouble_while_waiting_is_waited_out() {
    let idp = Idp::new().at("/device", vec![page(503)]);
    assert!(login(&idp).await.0.unwrap_err().is_passing());
    let idp = Idp::new().at("/device", vec![code(&j!({}))]).first(vec![page(200), status(503, &j!({})), cut()]);
    login(&idp).await.0.unwrap();
}
