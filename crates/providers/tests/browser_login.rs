//! The login in the browser of this computer: authorization code with PKCE, as the AWS CLI does it.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use keyfob_core::doors::callback::CallbackError;
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::face::problem;
use keyfob_core::words::about::Flow;
use keyfob_core::words::login::Wish;
use keyfob_core::words::question::{Answer, Other};
use keyfob_core::words::session::{Kept, Session};
use keyfob_core::words::team::Team;
use serde_json::{Value, json as j};
use sha2::{Digest, Sha256};
use url::Url;

use crate::support::{Reply, Sent, Stage, bare, cut, exception, json, no_connection, provider, start, status, team};

fn acme(more: &[(&str, &str)]) -> Team {
    let mut team = team("aws-sso", &[("start-url", "https://acme.awsapps.com/start"), ("region", "eu-west-1")]);
    team.settings.extend(more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    team
}

fn registration() -> Reply {
    let ends = start().as_second() + 90 * 86_400;
    json(&j!({ "clientId": "c-1", "clientSecret": "cs-1", "clientSecretExpiresAt": ends }))
}

fn token() -> Reply {
    json(&j!({ "accessToken": "a-1", "refreshToken": "r-1", "expiresIn": 3600, "tokenType": "Bearer" }))
}

/// A cloud whose n-th token request is answered by `trade`; it knows the device flow as well.
fn cloud(mut trade: impl FnMut(usize, &Sent) -> Reply + Send + 'static) -> Stage {
    let mut trades = 0;
    Stage::new(move |sent: &Sent| match sent.path.as_str() {
        "/client/register" => registration(),
        "/device_authorization" => json(&j!({
            "deviceCode": "d-1", "userCode": "BCDF-GHJK", "expiresIn": 600, "interval": 1,
            "verificationUri": "https://device.sso.eu-west-1.amazonaws.com/",
        })),
        "/token" => {
            trades += 1;
            trade(trades, sent)
        }
        other => panic!("{other}"),
    })
}

async fn login(stage: &Stage, kept: &mut Kept) -> Result<Session, ProviderError> {
    login_to(&acme(&[]), Wish::default(), stage, kept).await
}

async fn login_to(team: &Team, wish: Wish, stage: &Stage, kept: &mut Kept) -> Result<Session, ProviderError> {
    bare(provider("aws-sso").login(team, kept, &wish, &stage.cx).await)
}

/// The parameters of the page that was opened last.
fn opened(stage: &Stage) -> (String, Vec<(String, String)>) {
    let diary = stage.diary();
    let page = diary.iter().rev().find_map(|line| line.strip_prefix("opened https")).unwrap();
    let page = Url::parse(&format!("https{page}")).unwrap();
    let pairs = page.query_pairs().map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
    (format!("{}{}", page.host_str().unwrap(), page.path()), pairs)
}

fn flow_of(sent: &[Sent]) -> Vec<&Value> {
    sent.iter().filter(|sent| sent.path == "/token").map(|sent| &sent.body["grantType"]).collect()
}

// F286
#[tokio::test]
async fn a_login_in_the_browser_registers_as_the_aws_cli_does_and_costs_two_requests_then_one() {
    let stage = cloud(|_, _| token()).here().comes_back(&[("code", "code-1")]).comes_back(&[("code", "code-2")]);
    let mut kept = Kept::default();
    let session = login(&stage, &mut kept).await.unwrap();
    let sent = stage.sent();
    assert_eq!(sent.iter().map(|sent| sent.path.as_str()).collect::<Vec<_>>(), ["/client/register", "/token"]);
    let register = &sent[0].body;
    assert_eq!(register["redirectUris"], j!(["http://127.0.0.1/oauth/callback"]));
    assert_eq!(register["issuerUrl"], "https://acme.awsapps.com/start");
    assert_eq!(register["grantTypes"], j!(["authorization_code", "refresh_token"]));
    assert_eq!((&register["scopes"], &register["clientType"]), (&j!(["sso:account:access"]), &j!("public")));

    let (page, asked) = opened(&stage);
    assert_eq!(page, "oidc.eu-west-1.amazonaws.com/authorize");
    let asked = |key: &str| asked.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str()).unwrap();
    let redirect = "http://127.0.0.1:4321/oauth/callback";
    assert_eq!((asked("response_type"), asked("client_id"), asked("redirect_uri")), ("code", "c-1", redirect));
    assert_eq!((asked("code_challenge_method"), asked("scopes")), ("S256", "sso:account:access"));
    let expected = stage.callback.expected.lock().unwrap()[0].clone();
    assert_eq!((expected.path.as_str(), expected.port), ("/oauth/callback", None));
    assert_eq!(asked("state"), expected.state.expose());

    let trade = &sent[1].body;
    assert_eq!((&trade["grantType"], &trade["code"]), (&j!("authorization_code"), &j!("code-1")));
    assert_eq!((&trade["redirectUri"], &trade["clientSecret"]), (&j!(redirect), &j!("cs-1")));
    let verifier = trade["codeVerifier"].as_str().unwrap();
    assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)), asked("code_challenge"));
    assert_eq!((session.access.expose(), session.who.as_str()), ("a-1", "acme.awsapps.com"));
    assert!(session.facts().nameless && session.facts().renews);

    login(&stage, &mut kept).await.unwrap();
    assert_eq!(stage.sent().len(), 3, "the registration is kept");
    assert_ne!(stage.sent()[2].body["codeVerifier"], verifier);
    // Renewed as any other, by its very client.
    provider("aws-sso").refresh(&acme(&[]), &session, &kept, &stage.cx).await.unwrap();
    let renewal = &stage.sent()[3].body;
    assert_eq!((&renewal["clientId"], &renewal["refreshToken"]), (&j!("c-1"), &j!("r-1")));
}

// F286
#[tokio::test]
async fn what_the_person_says_goes_before_the_team_and_that_before_what_the_computer_has() {
    let code = Some(Flow::Code);
    let browser = Some(Flow::Browser);
    for (wish, set, here, by_browser) in [
        (None, None, true, true),
        (None, None, false, false),
        (None, Some("code"), true, false),
        (None, Some("browser"), false, true),
        (code, Some("browser"), true, false),
        (browser, Some("code"), false, true),
    ] {
        let stage = cloud(|_, _| token()).comes_back(&[("code", "c")]);
        let stage = if here { stage.here() } else { stage };
        let team = acme(&set.map(|set| ("flow", set)).into_iter().collect::<Vec<_>>());
        login_to(&team, Wish { flow: wish, new_session: false }, &stage, &mut Kept::default()).await.unwrap();
        let grant = if by_browser { "authorization_code" } else { "urn:ietf:params:oauth:grant-type:device_code" };
        assert_eq!(flow_of(&stage.sent()), [grant], "{wish:?} {set:?} {here}");
        assert_eq!(stage.sent_to("/device_authorization").is_empty(), by_browser);
    }
}

// F292
#[tokio::test]
async fn where_the_browser_alone_is_not_offered_a_code_is_and_the_person_hears_of_it() {
    for refusal in ["UnsupportedGrantTypeException", "InvalidRedirectUriException", "InvalidRequestException"] {
        let mut registered = 0;
        let stage = Stage::new(move |sent: &Sent| match sent.path.as_str() {
            "/client/register" if sent.body["redirectUris"].is_array() => exception(400, refusal, "no"),
            "/client/register" => {
                registered += 1;
                assert_eq!(registered, 1);
                registration()
            }
            "/device_authorization" => json(&j!({
                "deviceCode": "d-1", "userCode": "BCDF-GHJK", "verificationUri": "https://acme.awsapps.com/device",
            })),
            _ => token(),
        });
        let stage = stage.here();
        login(&stage, &mut Kept::default()).await.unwrap();
        assert_eq!(stage.diary()[0], "told: ByCode");
        assert!(stage.diary()[1].starts_with("shown BCDF-GHJK"), "{:?}", stage.diary());
    }
    let stage = cloud(|_, _| token()).here().deaf(CallbackError::Failed { why: "no loopback".into() });
    login(&stage, &mut Kept::default()).await.unwrap();
    assert_eq!(stage.diary()[0], "told: ByCode");
}

// F293
#[tokio::test]
async fn a_port_that_is_in_use_is_told_at_once_and_no_page_opens() {
    let team = acme(&[("redirect-port", "8765")]);
    for (found, told) in [
        (CallbackError::Taken { port: 8765 }, ProviderError::PortTaken { port: 8765 }),
        (CallbackError::Busy { port: 8765 }, ProviderError::PortBusy { port: 8765 }),
    ] {
        let stage = Stage::in_order(vec![]).here().deaf(found);
        assert_eq!(login_to(&team, Wish::default(), &stage, &mut Kept::default()).await.unwrap_err(), told);
        assert_eq!(stage.diary(), [""; 0]);
        assert_eq!(stage.callback.expected.lock().unwrap()[0].port, Some(8765));
    }
}

#[tokio::test]
async fn another_device_gets_a_code_and_the_client_of_the_page_is_made_anew_next_time() {
    let stage = cloud(|_, _| token()).here().answers(vec![Answer::Other(Other::AnotherDevice)]);
    let mut kept = Kept::default();
    login(&stage, &mut kept).await.unwrap();
    let registered = stage.sent_to("/client/register");
    assert_eq!(registered.len(), 2);
    assert!(stage.diary().iter().any(|line| line.starts_with("shown BCDF-GHJK")), "{:?}", stage.diary());
    assert_eq!(kept.notes.keys().collect::<Vec<_>>(), ["client-registration"]);
}

// F292
#[tokio::test]
async fn whatever_goes_wrong_after_the_browser_came_back_has_its_words_and_no_code_is_sent_twice() {
    let refused = |code: &str| exception(400, code, "said");
    let told = async |parameters: &[(&str, &str)], answer: fn() -> Reply| {
        let stage = cloud(move |_, _| answer()).here().comes_back(parameters);
        let error = provider("aws-sso").login(&acme(&[]), &mut Kept::default(), &Wish::default(), &stage.cx).await;
        let problem = problem::of_provider(&error.unwrap_err(), "acme");
        (problem, stage.sent_to("/token").len())
    };
    let (problem, asked) = told(&[("error", "access_denied")], token).await;
    assert_eq!((problem.code.as_str(), asked), ("CODE-REFUSED", 0));
    let hostile = [("error", "server_error"), ("error_description", "<script>\u{202e}no")];
    let (problem, asked) = told(&hostile, token).await;
    assert_eq!((problem.code.as_str(), asked), ("SERVER-REFUSED", 0));
    assert!(!problem.one_line().contains('\u{202e}'), "{}", problem.one_line());
    let (problem, asked) = told(&[("state-only", "x")], token).await;
    assert_eq!((problem.code.as_str(), asked), ("NET-UNEXPECTED", 0));
    // Replayed, or too old.
    let (problem, asked) = told(&[("code", "c")], || exception(400, "InvalidGrantException", "said")).await;
    assert_eq!((problem.code.as_str(), asked), ("SERVER-REFUSED", 1));
    assert!(
        problem.hint.contains("start again") && !problem.one_line().contains("start-url"),
        "{}",
        problem.one_line()
    );
    // The answer got lost: the code may be used up.
    let (problem, asked) = told(&[("code", "c")], cut).await;
    assert_eq!((problem.code.as_str(), asked), ("NET-CUT", 1));
    assert!(refused("x").is_ok());
}

// F292
#[tokio::test]
async fn a_request_that_did_not_reach_the_service_is_sent_again_for_a_minute() {
    let stage = cloud(|n, _| if n < 3 { no_connection() } else { token() }).here().comes_back(&[("code", "c")]);
    login(&stage, &mut Kept::default()).await.unwrap();
    assert_eq!(stage.sent_to("/token").len(), 3);
    let stage = cloud(|_, _| no_connection()).here().comes_back(&[("code", "c")]);
    let told = login(&stage, &mut Kept::default()).await.unwrap_err();
    assert!(told.is_offline(), "{told:?}");
    assert!(stage.clock.elapsed() <= 90.0, "{}", stage.clock.elapsed());
}

#[tokio::test]
async fn whoever_does_not_come_back_is_waited_for_ten_minutes() {
    let stage = cloud(|_, _| token()).here();
    assert_eq!(login(&stage, &mut Kept::default()).await.unwrap_err(), ProviderError::TooLate);
    assert!((599.0..=601.0).contains(&stage.clock.elapsed()), "{}", stage.clock.elapsed());
}

// F20
#[tokio::test]
async fn a_kept_client_of_the_page_that_the_server_dropped_is_replaced_once() {
    let gone = || status(401, &j!({ "error": "invalid_client", "__type": "InvalidClientException" }));
    let stage = cloud(move |n, _| if n == 2 { gone() } else { token() }).here();
    let stage = stage.comes_back(&[("code", "1")]).comes_back(&[("code", "2")]).comes_back(&[("code", "3")]);
    let mut kept = Kept::default();
    login(&stage, &mut kept).await.unwrap();
    login(&stage, &mut kept).await.unwrap();
    assert_eq!((stage.sent_to("/client/register").len(), stage.sent_to("/token").len()), (2, 3));
}
