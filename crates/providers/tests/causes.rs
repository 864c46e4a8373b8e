//! What may be why: the server's own words, the values a request was made of, their sources, and the clock.

use bytes::Bytes;
use http::Response;
use keyfob_core::doors::ports::HttpError;
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::face::problem;
use keyfob_core::words::cause::{Cause, Source};
use keyfob_core::words::login::Wish;
use keyfob_core::words::problem::{Problem, Remedy};
use keyfob_core::words::question::Answer;
use keyfob_core::words::session::Kept;
use keyfob_core::words::team::Team;
use serde_json::json as j;

use crate::pool_login::{typed, verifier};
use crate::support::{Reply, Stage, environment, exception, json, profile_of, provider, session, start, status, team};

const START: &str = "https://acme.awsapps.com/start";

fn portal() -> Team {
    team("aws-sso", &[("start-url", START), ("region", "eu-west-1")])
}

fn pool() -> Team {
    team("cognito", &[("region", "eu-west-1"), ("user-pool-id", "eu-west-1_AbCdEfGhI"), ("client-id", "client1")])
}

/// The answer with the time at which a server of this clock gave it.
fn dated(reply: Reply, ahead: i64) -> Reply {
    let mut reply = reply?;
    let at = start() - jiff::SignedDuration::from_secs(ahead);
    let date = at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    reply.headers_mut().insert("date", date.parse().unwrap());
    Ok(reply)
}

/// As Identity Center words a refusal (API reference; aws-cli#7129): nothing of it is called `message`.
fn oauth_refusal(kind: &str, error: &str, description: &str) -> Reply {
    let body = j!({ "error": error, "error_description": description });
    let mut reply = status(400, &body)?;
    reply.headers_mut().insert("x-amzn-errortype", kind.parse().unwrap());
    Ok(reply)
}

fn registration() -> Reply {
    json(&j!({ "clientId": "c-1", "clientSecret": "cs-1", "clientSecretExpiresAt": start().as_second() + 7_776_000 }))
}

async fn failing(team: &Team, stage: &Stage) -> Problem {
    let error =
        provider(&team.provider).login(team, &mut Kept::default(), &Wish::default(), &stage.cx).await.unwrap_err();
    problem::of_provider(&error, &team.name)
}

async fn minting(team: &Team, stage: &Stage) -> ProviderError {
    let profile = profile_of("111111111111", "ReadOnly");
    provider("aws-sso").credential(team, &profile, &session(None, &[]), &stage.cx).await.unwrap_err()
}

// F190
#[tokio::test]
async fn a_start_url_or_region_that_is_refused_is_told_with_both_and_the_lines_that_change_them() {
    let refused = oauth_refusal("InvalidRequestException", "invalid_request", "Invalid start url provided");
    let told = failing(&portal(), &Stage::in_order(vec![registration(), refused])).await;
    let line = "oidc.eu-west-1.amazonaws.com refused: InvalidRequestException (SERVER-REFUSED). The server says: Invalid start \
        url provided (invalid_request). It was asked with start-url https://acme.awsapps.com/start (set for the team) and region \
        eu-west-1 (set for the team). If one of them is wrong: `keyfob team edit acme --set start-url=…` or `keyfob team edit acme \
        --set region=…`. If this stays, show these lines to your administrator.";
    assert_eq!(told.one_line(), line);
    assert_eq!(told.remedy, Remedy::EditTeam);
}

// F190
#[tokio::test]
async fn each_operation_shows_the_words_of_its_server() {
    let words = "in the server's own words \u{1b}[31m";
    let refused = |kind: &str| oauth_refusal(kind, "code", words);
    let says = |problem: Problem| {
        assert!(problem.detail.contains("The server says: in the server's own words [31m"), "{problem:?}");
        problem
    };
    says(failing(&portal(), &Stage::in_order(vec![refused("InvalidClientMetadataException")])).await);
    for kind in ["AccessDeniedException", "ExpiredTokenException", "InvalidGrantException", "Whatever"] {
        let code = json(&j!({ "deviceCode": "d", "userCode": "BCDF-GHJK", "expiresIn": 600, "interval": 1,
            "verificationUri": "https://device.sso.eu-west-1.amazonaws.com/" }));
        says(failing(&portal(), &Stage::in_order(vec![registration(), code, refused(kind)])).await);
    }
    for (status, kind) in [
        (400, "InvalidRequestException"),
        (401, "UnauthorizedException"),
        (403, "ForbiddenException"),
        (404, "ResourceNotFoundException"),
        (429, "TooManyRequestsException"),
        (400, "Whatever"),
    ] {
        let error = minting(&portal(), &Stage::new(move |_| exception(status, kind, words))).await;
        says(problem::of_provider(&error, "acme"));
    }
    for kind in [
        "UserNotFoundException",
        "CodeMismatchException",
        "ExpiredCodeException",
        "LimitExceededException",
        "UserNotConfirmedException",
        "PasswordResetRequiredException",
        "InvalidPasswordException",
        "ResourceNotFoundException",
        "UserLambdaValidationException",
        "UnexpectedLambdaException",
        "TooManyRequestsException",
        "NotAuthorizedException",
        "ForbiddenException",
        "Whatever",
    ] {
        let stage = Stage::new(move |_| exception(400, kind, words)).answers(vec![typed("a")]);
        says(failing(&pool(), &stage).await);
    }
}

// F190
#[tokio::test]
async fn a_value_that_is_part_of_a_failure_is_told_with_its_source() {
    let given = |key: &str, value: &str, source| Cause::Given { key: key.into(), value: value.into(), source };
    let dns = |host: &str| HttpError::Dns { host: host.into() };
    let causes = async |team: &Team, reply: Reply, variable: Option<(&str, &str)>| {
        let mut stage = Stage::new(move |_| reply.clone());
        stage.cx.environment = environment(&variable.into_iter().collect::<Vec<_>>());
        match minting(team, &stage).await {
            ProviderError::Because { causes, .. } => causes,
            other => panic!("{other:?}"),
        }
    };
    // A Region that there is none of is a name that cannot be looked up.
    let mut typo = portal();
    typo.settings.insert("region".into(), "eu-wset-1".into());
    let found = causes(&typo, Err(dns("portal.sso.eu-wset-1.amazonaws.com")), None).await;
    assert_eq!(found, [given("region", "eu-wset-1", Source::Settings)]);

    let mut own = portal();
    own.settings.insert("portal-endpoint".into(), "https://vpce.example/".into());
    let refused = Err(HttpError::Connect { host: "vpce.example".into(), why: "the connection was refused".into() });
    assert_eq!(
        causes(&own, refused, None).await,
        [given("portal-endpoint", "https://vpce.example/", Source::Settings)]
    );
    let variable = ("AWS_ENDPOINT_URL", "http://localhost:4566");
    let unheard = exception(400, "InvalidRequestException", "no such service");
    let found = causes(&portal(), unheard, Some(variable)).await;
    let region = given("region", "eu-west-1", Source::Settings);
    assert_eq!(found, [region, given(variable.0, variable.1, Source::Environment)]);

    // Where nobody chose the address and its name is known, it is not to blame.
    let down = Stage::new(|_| Err(HttpError::TimedOut { host: "h".into() }));
    assert!(matches!(minting(&portal(), &down).await, ProviderError::Http(_)));

    let scopes = oauth_refusal("InvalidScopeException", "invalid_scope", "no such scope");
    let told = failing(&portal(), &Stage::in_order(vec![scopes])).await;
    assert!(told.detail.contains("scopes sso:account:access (the default)"), "{told:?}");
    let unknown = exception(400, "ResourceNotFoundException", "User pool client client1 does not exist.");
    let told = failing(&pool(), &Stage::new(move |_| unknown.clone()).answers(vec![typed("a")])).await;
    assert!(told.detail.contains("client-id client1 (set for the team) and region eu-west-1"), "{told:?}");
    assert!(told.hint.contains("`keyfob team edit acme --set client-id=…`"), "{told:?}");
}

// F56, F191
#[tokio::test]
async fn a_clock_that_is_off_is_told_where_it_explains_the_failure_and_nowhere_else() {
    let keys = |ends: i64| {
        json(&j!({ "roleCredentials": { "accessKeyId": "A", "secretAccessKey": "s", "sessionToken": "t",
            "expiration": (start().as_second() + ends) * 1000 } }))
    };
    let profile = profile_of("111111111111", "ReadOnly");
    let mint = async |reply: Reply| {
        let stage = Stage::in_order(vec![reply]);
        provider("aws-sso").credential(&portal(), &profile, &session(None, &[]), &stage.cx).await
    };
    let told = |error: ProviderError| problem::of_provider(&error, "acme");
    let line = "This computer's clock is 2 hours ahead of that of portal.sso.eu-west-1.amazonaws.com (CLOCK-WRONG). By this clock, \
        what came had ended before it came. The session is kept. Set date, time and time zone of this computer, then try again.";
    assert_eq!(told(mint(dated(keys(-3600), 7200)).await.unwrap_err()).one_line(), line);
    // Without a difference, or without a date, nobody knows whose clock is wrong.
    for reply in [dated(keys(-3600), 60), keys(-3600)] {
        assert_eq!(told(mint(reply).await.unwrap_err()).code, "NET-UNEXPECTED");
    }
    // What works is nobody's business, and a role that is gone has nothing to do with time.
    mint(dated(keys(3600), 7200)).await.unwrap();
    let gone = told(mint(dated(exception(403, "ForbiddenException", "No access"), 7200)).await.unwrap_err());
    assert!(!gone.one_line().contains("clock"), "{gone:?}");
    let skewed = exception(400, "Whatever", "Signature expired: 20261121T080000Z is now earlier than 20261121T095500Z");
    let skewed = told(mint(dated(skewed, -7200)).await.unwrap_err());
    assert!(skewed.one_line().contains("clock is 2 hours behind that of portal.sso"), "{skewed:?}");
}

// F56, F191
#[tokio::test]
async fn a_password_that_is_proved_at_a_wrong_time_does_not_count_as_wrong() {
    let pool_ahead = |ahead: i64| {
        Stage::new(move |sent| match sent.target.as_str() {
            "InitiateAuth" => dated(json(&verifier()), ahead),
            _ => dated(exception(400, "NotAuthorizedException", "Incorrect username or password."), ahead),
        })
    };
    let stage = pool_ahead(7200).answers(vec![typed("right"), typed("right")]);
    let told = failing(&pool(), &stage).await;
    assert_eq!(stage.questions().len(), 1, "asked again for what cannot be mended by typing");
    let line = "User name or password is not right (PASSWORD-WRONG). Nothing was kept of this try. This computer's \
        clock is 2 hours ahead of that of cognito-idp.eu-west-1.amazonaws.com: a password is proved with the time, and refused in \
        these words if that is wrong. The server says: Incorrect username or password. Set date, time and time zone of this computer, then \
        try again. Check user name and password, and try again: `keyfob login acme`.";
    assert_eq!(told.one_line(), line);
    // The password that is kept is not forgotten for it.
    let mut kept =
        Kept { username: Some("ada".into()), password: Some(crate::support::secret("right")), ..Kept::default() };
    let before = kept.clone();
    provider("cognito").login(&pool(), &mut kept, &Wish::default(), &pool_ahead(7200).cx).await.unwrap_err();
    assert_eq!(kept, before);
    // With right clocks it is asked for again as ever.
    let stage = pool_ahead(0).answers(vec![typed("a"), typed("b"), typed("c")]);
    assert!(!failing(&pool(), &stage).await.one_line().contains("clock"));
    assert_eq!(stage.questions().len(), 3);
    // A password that is sent as it is was not proved with the time.
    let stage = Stage::new(|sent| match sent.body["AuthFlow"].as_str() {
        Some("USER_SRP_AUTH") => exception(400, "InvalidParameterException", "USER_SRP_AUTH flow not enabled"),
        _ => dated(exception(400, "NotAuthorizedException", "Incorrect username or password."), 7200),
    });
    let stage = stage.answers(vec![typed("a"), Answer::Yes, typed("b"), typed("c")]);
    assert!(!failing(&pool(), &stage).await.one_line().contains("clock"));
}

// F192
#[tokio::test]
async fn each_challenge_that_cannot_be_answered_names_who_can_do_what_about_it() {
    let wanted = j!({ "requiredAttributes": "[\"userAttributes.email\",\"userAttributes.custom:dept\"]" });
    for (name, parameters, asked, who) in [
        ("NEW_PASSWORD_REQUIRED", wanted, ": email, custom:dept.", "in your team's own app"),
        (
            "MFA_SETUP",
            j!({ "MFAS_CAN_SETUP": "[\"SMS_MFA\"]" }),
            "offers only SMS_MFA",
            "administrator to allow authenticator",
        ),
        ("MFA_SETUP", j!({}), "offers none to set up", "administrator to allow authenticator"),
        (
            "SELECT_MFA_TYPE",
            j!({ "MFAS_CAN_CHOOSE": "[\"WEB_AUTHN\"]" }),
            "only among WEB_AUTHN",
            "set up an authenticator app",
        ),
        ("DEVICE_SRP_AUTH", j!({}), "a remembered device", "administrator to have this user pool remember no devices"),
        ("DEVICE_PASSWORD_VERIFIER", j!({}), "a remembered device", "or to forget yours"),
        ("WEB_AUTHN", j!({}), "a passkey", "administrator for a password"),
        ("CUSTOM_CHALLENGE", j!({}), "your team's own making", "log in with that app"),
        ("PASSWORD_SRP", j!({}), "USER_AUTH", "administrator to allow USER_SRP_AUTH"),
        ("QUANTUM\u{1b}_PROOF", j!({}), "not among what Keyfob knows", "a newer Keyfob"),
    ] {
        let challenge = j!({ "ChallengeName": name, "Session": "s-1", "ChallengeParameters": parameters });
        let told = failing(&pool(), &Stage::new(move |_| json(&challenge)).answers(vec![typed("a")])).await;
        assert_eq!((told.code.as_str(), told.detail.contains(asked)), ("CHALLENGE-UNKNOWN", true), "{told:?}");
        assert!(told.title.contains(&name.replace('\u{1b}', "")) && told.hint.contains(who), "{told:?}");
    }
}

// F192
#[tokio::test]
async fn an_account_that_only_an_administrator_can_open_is_told_so() {
    for words in ["User is disabled.", "Temporary password has expired and must be reset by an administrator."] {
        let stage = Stage::new(move |_| exception(400, "NotAuthorizedException", words)).answers(vec![typed("a")]);
        let told = failing(&pool(), &stage).await;
        assert_eq!(told.code, "ACCOUNT-BARRED", "{told:?}");
        assert!(told.detail.contains(words) && told.hint.contains("administrator"), "{told:?}");
    }
    // A Lambda trigger of the team's own.
    let words = "PreAuthentication failed with error: not from this country.";
    let stage = Stage::new(move |_| exception(400, "UserLambdaValidationException", words)).answers(vec![typed("a")]);
    let told = failing(&pool(), &stage).await;
    assert_eq!((told.code.as_str(), told.detail.contains(words)), ("ACCOUNT-RULES", true), "{told:?}");
}

// F190
#[tokio::test]
async fn words_without_end_push_out_neither_the_values_nor_the_next_step() {
    let refused = oauth_refusal("InvalidRequestException", "invalid_request", &"never ends ".repeat(900));
    let told = failing(&portal(), &Stage::in_order(vec![registration(), refused])).await.one_line();
    assert!(told.contains(START) && told.contains("region eu-west-1"), "{told}");
    assert!(told.contains("--set start-url=…") && told.contains("--set region=…"), "{told}");
    let secret = Response::builder().status(400).header("x-amzn-errortype", "Odd").body(Bytes::from("{}")).unwrap();
    let told = failing(&portal(), &Stage::in_order(vec![Ok(secret)])).await;
    assert!(!told.detail.contains("The server says"), "{told:?}");
}
