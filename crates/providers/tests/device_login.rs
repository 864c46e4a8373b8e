//! The device flow (RFC 8628) on virtual time.

use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::login::Wish;
use keyfob_core::words::question::{Answer, Other};
use keyfob_core::words::session::{Kept, Session};
use keyfob_core::words::team::Team;
use serde_json::{Value, json as j};

use crate::support::{Reply, Sent, Stage, bare, cut, exception, json, no_connection, page, provider, start, team};

const OIDC: &str = "oidc.eu-west-1.amazonaws.com";

fn acme() -> Team {
    team("aws-sso", &[("start-url", "https://acme.awsapps.com/start"), ("region", "eu-west-1")])
}

fn registration() -> Value {
    j!({ "clientId": "c-1", "clientSecret": "cs-1", "clientSecretExpiresAt": start().as_second() + 90 * 86_400 })
}

fn code() -> Value {
    j!({
        "deviceCode": "d-1", "userCode": "BCDF-GHJK", "expiresIn": 600, "interval": 1,
        "verificationUri": "https://device.sso.eu-west-1.amazonaws.com/",
        "verificationUriComplete": "https://device.sso.eu-west-1.amazonaws.com/?user_code=BCDF-GHJK",
    })
}

fn token() -> Value {
    j!({ "accessToken": "a-1", "refreshToken": "r-1", "expiresIn": 3600, "tokenType": "Bearer" })
}

fn pending() -> Reply {
    exception(400, "AuthorizationPendingException", "")
}

fn slow_down() -> Reply {
    exception(400, "SlowDownException", "")
}

/// A cloud that registers, hands out `code`, and answers the n-th poll by `poll`.
fn cloud(code: Value, mut poll: impl FnMut(usize) -> Reply + Send + 'static) -> Stage {
    let mut polls = 0;
    Stage::new(move |sent: &Sent| match sent.path.as_str() {
        "/client/register" => json(&registration()),
        "/device_authorization" => json(&code),
        "/token" => {
            polls += 1;
            poll(polls)
        }
        other => panic!("{other}"),
    })
}

/// A cloud in which the first polls get these answers and the next one gets the token.
fn cloud_after(replies: Vec<Reply>) -> Stage {
    let mut replies = replies.into_iter();
    cloud(code(), move |_| replies.next().unwrap_or_else(|| json(&token())))
}

async fn login(stage: &Stage, kept: &mut Kept) -> Result<Session, ProviderError> {
    bare(provider("aws-sso").login(&acme(), kept, &Wish::default(), &stage.cx).await)
}

/// The seconds between the code and each poll.
fn waits(stage: &Stage) -> Vec<f64> {
    let mut before = stage.sent_to("/device_authorization")[0].at;
    let polls = stage.sent_to("/token");
    polls.iter().map(|poll| poll.at - std::mem::replace(&mut before, poll.at)).collect()
}

fn within(mut code: Value, key: &str, value: Value) -> Value {
    code[key] = value;
    code
}

#[tokio::test]
async fn the_code_is_shown_with_its_host_before_the_browser_opens() {
    // T07
    let stage = cloud_after(vec![pending()]);
    let session = login(&stage, &mut Kept::default()).await.unwrap();
    let host = "device.sso.eu-west-1.amazonaws.com";
    assert_eq!(
        stage.diary(),
        [
            format!("shown BCDF-GHJK at {host}"),
            format!("opened https://{host}/?user_code=BCDF-GHJK"),
            "opened: true".to_owned(),
        ]
    );
    assert_eq!(session.who, "acme.awsapps.com");
    assert_eq!((session.access.expose(), session.refresh.unwrap().expose().to_owned()), ("a-1", "r-1".into()));
    assert_eq!(session.expires.duration_since(stage.cx.clock.now()).as_secs(), 3600);
    assert!(stage.sent().iter().all(|sent| sent.host == OIDC));
    let register = &stage.sent_to("/client/register")[0].body;
    assert_eq!(register["clientType"], "public");
    assert_eq!(register["scopes"], j!(["sso:account:access"]));
    assert_eq!(register["grantTypes"], j!(["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"]));
}

#[tokio::test]
async fn a_browser_that_does_not_open_is_no_error() {
    let stage = cloud_after(vec![]).without_browser();
    login(&stage, &mut Kept::default()).await.unwrap();
    assert!(stage.diary().last().unwrap().ends_with("opened: false"));
}

#[tokio::test]
async fn a_page_on_another_host_is_refused_and_nothing_is_opened() {
    // T07
    for (key, url) in [
        ("verificationUri", "https://evil.test/"),
        ("verificationUriComplete", "https://evil.test/?user_code=BCDF-GHJK"),
        ("verificationUriComplete", "https://bucket.s3.eu-west-1.amazonaws.com/"),
        ("verificationUriComplete", "https://acme.awsapps.com@evil.test/"),
        ("verificationUriComplete", "http://acme.awsapps.com/"),
        ("verificationUriComplete", "https://acme.awsapps.com:8443/"),
        ("verificationUriComplete", "javascript:alert(1)"),
        ("verificationUri", "file:///etc/passwd"),
    ] {
        let stage = cloud(within(code(), key, url.into()), |_| panic!("polled"));
        let refused = login(&stage, &mut Kept::default()).await.unwrap_err();
        assert!(matches!(refused, ProviderError::Unexpected { .. }), "{url}: {refused:?}");
        assert_eq!(stage.diary(), Vec::<String>::new(), "{url}");
    }
}

#[tokio::test]
async fn the_host_of_the_start_url_and_of_the_own_endpoint_may_show_the_code() {
    let own = within(
        within(code(), "verificationUri", "https://acme.awsapps.com/start/#/device".into()),
        "verificationUriComplete",
        "https://acme.awsapps.com/start/#/device?user_code=BCDF-GHJK".into(),
    );
    login(&cloud(own, |_| json(&token())), &mut Kept::default()).await.unwrap();

    let local = within(
        within(code(), "verificationUri", "http://127.0.0.1:4000/device".into()),
        "verificationUriComplete",
        Value::Null,
    );
    let stage = cloud(local.clone(), |_| json(&token()));
    let mut team = acme();
    team.settings.insert("oidc-endpoint".into(), "http://127.0.0.1:4000".into());
    provider("aws-sso").login(&team, &mut Kept::default(), &Wish::default(), &stage.cx).await.unwrap();
    assert!(stage.sent().iter().all(|sent| sent.host == "127.0.0.1:4000"));
    assert!(stage.diary()[1].contains("opened http://127.0.0.1:4000/device"));

    team.settings.insert("oidc-endpoint".into(), "http://127.0.0.1:4001".into());
    let stage = cloud(local, |_| json(&token()));
    provider("aws-sso").login(&team, &mut Kept::default(), &Wish::default(), &stage.cx).await.unwrap_err();
}

#[tokio::test]
async fn a_code_that_could_mislead_is_not_shown() {
    for odd in ["", "AB\u{202e}CD", "A B", "<b>", &"A".repeat(33)] {
        let stage = cloud(within(code(), "userCode", odd.into()), |_| panic!("polled"));
        login(&stage, &mut Kept::default()).await.unwrap_err();
        assert_eq!(stage.diary(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn polls_never_come_before_interval_and_margin() {
    // F15; 5 s when the server names no interval (RFC 8628 §3.2)
    for (interval, least) in
        [(j!(1), 1.5), (j!(7), 7.5), (Value::Null, 5.5), (j!(0), 5.5), (j!(-3), 5.5), (j!("2"), 5.5)]
    {
        let mut replies = vec![pending(), pending()].into_iter();
        let stage = cloud(within(code(), "interval", interval.clone()), move |_| {
            replies.next().unwrap_or_else(|| json(&token()))
        });
        login(&stage, &mut Kept::default()).await.unwrap();
        assert_eq!(waits(&stage), [least; 3], "{interval}");
    }
}

#[tokio::test]
async fn each_slow_down_adds_five_seconds_for_good() {
    // F15
    let mut replies: Vec<Reply> = (0..5).map(|_| slow_down()).collect();
    replies.extend([pending(), pending()]);
    let stage = cloud_after(replies);
    login(&stage, &mut Kept::default()).await.unwrap();
    assert_eq!(waits(&stage), [1.5, 6.5, 11.5, 16.5, 21.5, 26.5, 26.5, 26.5]);
}

#[tokio::test]
async fn network_trouble_backs_off_and_polling_goes_on_with_the_same_code() {
    // F11
    let trouble = vec![no_connection(), cut(), no_connection(), page(302), no_connection(), no_connection(), pending()];
    let stage = cloud_after(trouble);
    login(&stage, &mut Kept::default()).await.unwrap();
    assert_eq!(waits(&stage), [1.5, 2.5, 4.5, 8.5, 16.5, 30.5, 30.5, 1.5]);
    assert!(stage.sent_to("/token").iter().all(|poll| poll.body["deviceCode"] == "d-1"));
    assert_eq!(stage.sent_to("/device_authorization").len(), 1);
}

#[tokio::test]
async fn a_rest_that_the_server_asks_for_is_granted() {
    // F13
    let busy = || {
        let mut reply = exception(429, "TooManyRequestsException", "").unwrap();
        reply.headers_mut().insert("retry-after", "45".parse().unwrap());
        Ok(reply)
    };
    let stage = cloud_after(vec![busy()]);
    login(&stage, &mut Kept::default()).await.unwrap();
    assert_eq!(waits(&stage), [1.5, 45.5]);
}

#[tokio::test]
async fn a_code_that_nobody_approves_ends_at_our_own_deadline() {
    // F16
    for (life, least, most) in
        [(j!(600), 590.0, 600.0), (j!(60), 55.0, 60.0), (j!(1_000_000_000), 890.0, 900.0), (Value::Null, 590.0, 600.0)]
    {
        let stage = cloud(within(code(), "expiresIn", life.clone()), |_| pending());
        assert_eq!(login(&stage, &mut Kept::default()).await, Err(ProviderError::CodeExpired));
        let last = stage.sent_to("/token").last().unwrap().at;
        assert!((least..=most).contains(&last), "{life}: {last}");
        assert_eq!(stage.clock.elapsed(), most, "{life}");
        let naps = stage.clock.naps.lock().unwrap();
        assert!(naps.iter().all(|nap| nap.as_secs_f64() <= 30.0));
    }
}

#[tokio::test]
async fn a_computer_that_slept_past_the_deadline_notices_at_once() {
    // F16, F52
    let stage = cloud(code(), |_| pending());
    stage.clock.jump_in_each_sleep(&[0, 0, 28_800]);
    assert_eq!(login(&stage, &mut Kept::default()).await, Err(ProviderError::CodeExpired));
    assert!(stage.sent_to("/token").len() <= 3);
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_make_us_poll_for_ever() {
    // F16, F51
    let stage = cloud(code(), |_| pending());
    stage.clock.jump_in_each_sleep(&[0, 0, -315_360_000]);
    assert_eq!(login(&stage, &mut Kept::default()).await, Err(ProviderError::CodeExpired));
    let slept: f64 = stage.clock.naps.lock().unwrap().iter().map(std::time::Duration::as_secs_f64).sum();
    assert_eq!(slept, 600.0);
}

#[tokio::test]
async fn a_refused_or_expired_code_ends_the_flow_and_keeps_nothing_but_the_client() {
    // F17
    for (code, error) in
        [("ExpiredTokenException", ProviderError::CodeExpired), ("AccessDeniedException", ProviderError::CodeRefused)]
    {
        let stage = cloud_after(vec![pending(), exception(400, code, "")]);
        let mut kept = Kept::default();
        assert_eq!(login(&stage, &mut kept).await, Err(error));
        assert_eq!(kept.notes.keys().collect::<Vec<_>>(), ["client-registration"]);
        assert!(!format!("{kept:?}").contains("cs-1"));
    }
}

#[tokio::test]
async fn a_refusal_that_we_do_not_know_is_told_in_the_servers_words() {
    let stage = cloud_after(vec![exception(400, "InvalidRequestException", "no good")]);
    let refused = login(&stage, &mut Kept::default()).await.unwrap_err();
    let (host, code) = (OIDC.to_owned(), "InvalidRequestException".to_owned());
    assert_eq!(refused, ProviderError::Refused { host, code, message: "no good".into() });
}

#[tokio::test]
async fn a_cancelled_login_asks_nothing_more_and_keeps_only_the_client() {
    // F82
    let stage = cloud(code(), |_| pending());
    let mut kept = Kept::default();
    {
        let mut login = std::pin::pin!(login(&stage, &mut kept));
        for _ in 0..40 {
            let waker = std::task::Waker::noop();
            let _ = login.as_mut().poll(&mut std::task::Context::from_waker(waker));
        }
    }
    let asked = stage.sent().len();
    assert!(asked > 2, "{asked}");
    tokio::task::yield_now().await;
    assert_eq!(stage.sent().len(), asked);
    assert_eq!(kept.notes.keys().collect::<Vec<_>>(), ["client-registration"]);
}

#[tokio::test]
async fn a_client_registration_is_reused_until_it_expires() {
    let stage = cloud(code(), |_| json(&token()));
    let mut kept = Kept::default();
    login(&stage, &mut kept).await.unwrap();
    stage.clock.advance(89 * 86_400);
    login(&stage, &mut kept).await.unwrap();
    assert_eq!(stage.sent_to("/client/register").len(), 1);
    stage.clock.advance(86_400);
    login(&stage, &mut kept).await.unwrap();
    assert_eq!(stage.sent_to("/client/register").len(), 2);
}

#[tokio::test]
async fn a_client_registration_of_other_settings_or_garbage_is_not_reused() {
    for change in [("scopes", "openid"), ("region", "us-east-1"), ("start-url", "https://b.awsapps.com/start")] {
        let stage = cloud(code(), |_| json(&token()));
        let mut kept = Kept::default();
        login(&stage, &mut kept).await.unwrap();
        let mut team = acme();
        team.settings.insert(change.0.into(), change.1.into());
        provider("aws-sso").login(&team, &mut kept, &Wish::default(), &stage.cx).await.unwrap();
        assert_eq!(stage.sent_to("/client/register").len(), 2, "{change:?}");
    }
    let stage = cloud(code(), |_| json(&token()));
    let mut kept = Kept::default();
    kept.notes.insert("client-registration".into(), crate::support::secret("{\"client_id\":7"));
    login(&stage, &mut kept).await.unwrap();
}

#[tokio::test]
async fn a_client_that_the_server_dropped_is_replaced_silently_and_once() {
    // F20
    let stage = cloud(code(), |_| json(&token()));
    let mut kept = Kept::default();
    login(&stage, &mut kept).await.unwrap();

    let mut refused = false;
    let stage = Stage::new(move |sent| match sent.path.as_str() {
        "/client/register" => json(&registration()),
        "/device_authorization" if !refused => {
            refused = true;
            exception(401, "InvalidClientException", "Client has expired")
        }
        "/device_authorization" => json(&code()),
        _ => json(&token()),
    });
    login(&stage, &mut kept).await.unwrap();
    assert_eq!(stage.sent_to("/client/register").len(), 1);
    assert!(stage.questions().iter().all(|question| question.waits().is_some()));

    let stage = Stage::new(|sent| match sent.path.as_str() {
        "/client/register" => json(&registration()),
        _ => exception(401, "InvalidClientException", ""),
    });
    login(&stage, &mut kept).await.unwrap_err();
    assert_eq!(stage.sent_to("/client/register").len(), 1);
    assert!(kept.notes.is_empty());
}

#[tokio::test]
async fn a_lifetime_that_makes_no_sense_means_five_minutes() {
    // F22
    for (expires_in, seconds) in [
        (Value::Null, 300),
        (j!(0), 300),
        (j!(-1), 300),
        (j!("3600"), 300),
        (j!(1e30), 300),
        (j!(9_223_372_036_854_775_808_u64), 300),
        (j!(99_999_999), 2_592_000),
    ] {
        let answer = within(token(), "expiresIn", expires_in.clone());
        let stage = cloud(code(), move |_| json(&answer));
        let session = login(&stage, &mut Kept::default()).await.unwrap();
        assert_eq!(session.expires.duration_since(session.issued).as_secs(), seconds, "{expires_in}");
        assert_eq!(session.refresh.unwrap().expose(), "r-1");
    }
}

#[tokio::test]
async fn the_deadline_is_shown_with_the_code() {
    let stage = cloud(code(), |_| json(&token()));
    login(&stage, &mut Kept::default()).await.unwrap();
    let question = stage.questions().remove(0);
    let wait = question.waits().unwrap();
    assert_eq!(wait.expires.duration_since(start()).as_secs(), 600);
    assert_eq!(wait.page.as_ref().unwrap().url, "https://device.sso.eu-west-1.amazonaws.com/");
}

#[tokio::test]
async fn a_person_who_wants_a_new_code_gets_one_in_the_same_login() {
    let stage = cloud(code(), |_| json(&token())).answers(vec![Answer::Other(Other::NewCode)]);
    login(&stage, &mut Kept::default()).await.unwrap();
    let shown = stage.diary().iter().filter(|line| line.starts_with("shown")).count();
    assert_eq!(shown, 2);
}
