//! Answers of servers: whatever they are, a way of signing in makes an error or a sane session of them, loses no token
//! that came, and believes that a session is over only where the server said so.

use jiff::SignedDuration;
use keyfob_core::doors::provider::discovery::Discovery;
use keyfob_core::doors::provider::{Provider, ProviderError};
use keyfob_core::words::id::Id;
use keyfob_core::words::login::Wish;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{Credential, Kept, Session};
use keyfob_core::words::team::Team;
use serde_json::Value;

use crate::driver::Target;
use crate::world::{Given, World, start};

/// An input: what is done in its first line, then the answers to it. Each begins with its status and headers; a status
/// below 100 is a connection that breaks.
pub const SESSION: Target = Target {
    seeds: || SESSION_SEEDS.iter().map(|text| text.as_bytes().to_vec()).collect(),
    words: WORDS,
    changes: 6,
    inputs: 400,
    holds: session_holds,
};

pub const LOGIN: Target = Target {
    seeds: || LOGIN_SEEDS.iter().map(|text| text.as_bytes().to_vec()).collect(),
    words: WORDS,
    changes: 6,
    inputs: 60,
    holds: login_holds,
};

const SESSION_SEEDS: &[&str] = &[
    "aws-sso refresh\n--- 200 content-type=application/json\n{\"accessToken\":\"a-1\",\"refreshToken\":\"r-1\",\"expiresIn\":3600,\"tokenType\":\"Bearer\",\"idToken\":\"i-1\"}\n",
    "aws-sso refresh\n--- 400 x-amzn-errortype=InvalidGrantException:http://internal.amazon.com/\n{\"error\":\"invalid_grant\",\"error_description\":\"Invalid grant\"}\n",
    "aws-sso refresh\n--- 429 retry-after=7 x-amzn-errortype=TooManyRequestsException\n{\"message\":\"slow\"}\n",
    "aws-sso credential\n--- 200 x-amzn-requestid=1\n{\"roleCredentials\":{\"accessKeyId\":\"ASIA1\",\"secretAccessKey\":\"sk\",\"sessionToken\":\"st\",\"expiration\":1795003600000}}\n",
    "aws-sso credential\n--- 401 x-amzn-errortype=UnauthorizedException\n{\"message\":\"Session token not found or invalid\"}\n",
    "aws-sso credential\n--- 503 x-amzn-errortype=ServiceUnavailable\n{}\n--- 0\n--- 403 x-amzn-errortype=ForbiddenException\n{\"message\":\"No access\"}\n",
    "aws-sso targets\n--- 200\n{\"nextToken\":\"n\",\"accountList\":[{\"accountId\":\"111111111111\",\"accountName\":\"one\",\"emailAddress\":\"a@b.test\"}]}\n--- 200\n{\"accountList\":[]}\n--- 200\n{\"roleList\":[{\"roleName\":\"Admin\",\"accountId\":\"111111111111\"}]}\n",
    "aws-sso revoke\n--- 200\n\n",
    "cognito refresh\n--- 200 content-type=application/x-amz-json-1.1\n{\"AuthenticationResult\":{\"AccessToken\":\"a-1\",\"IdToken\":\"e30.eyJzdWIiOiI3ZDhjIiwiZW1haWwiOiJhZGFAYWNtZS50ZXN0IiwiaWF0IjoxLCJleHAiOjYwMX0.x\",\"RefreshToken\":\"r-1\",\"ExpiresIn\":3600,\"TokenType\":\"Bearer\"},\"ChallengeParameters\":{}}\n",
    "cognito refresh\n--- 400 x-amzn-errortype=NotAuthorizedException\n{\"__type\":\"NotAuthorizedException\",\"message\":\"Refresh Token has been revoked\"}\n",
    "cognito refresh\n--- 400\n{\"__type\":\"UnsupportedOperationException\",\"message\":\"Refresh token rotation is enabled\"}\n--- 200\n{\"AuthenticationResult\":{\"AccessToken\":\"a-1\",\"RefreshToken\":\"r-1\",\"ExpiresIn\":300,\"NewDeviceMetadata\":{\"DeviceKey\":\"eu-west-1_d\"}}}\n",
    "cognito revoke\n--- 200\n{}\n",
    "aws-sso refresh\n--- 302 location=https://portal.test/\n<html>Please sign in\n",
];

const LOGIN_SEEDS: &[&str] = &[
    "aws-sso login\n--- 200\n{\"clientId\":\"c-1\",\"clientSecret\":\"cs-1\",\"clientSecretExpiresAt\":1796000000}\n--- 200\n{\"deviceCode\":\"d-1\",\"userCode\":\"BCDF-GHJK\",\"expiresIn\":600,\"interval\":1,\"verificationUri\":\"https://device.sso.eu-west-1.amazonaws.com/\",\"verificationUriComplete\":\"https://device.sso.eu-west-1.amazonaws.com/?user_code=BCDF-GHJK\"}\n--- 400 x-amzn-errortype=AuthorizationPendingException\n{\"error\":\"authorization_pending\"}\n--- 400 x-amzn-errortype=SlowDownException\n{}\n--- 200\n{\"accessToken\":\"a-1\",\"refreshToken\":\"r-1\",\"expiresIn\":3600,\"tokenType\":\"Bearer\"}\n",
    "cognito login\n--- 200\n{\"ChallengeName\":\"PASSWORD_VERIFIER\",\"ChallengeParameters\":{\"SALT\":\"00ab12\",\"SRP_B\":\"abcdef\",\"SECRET_BLOCK\":\"c2VjcmV0\",\"USERNAME\":\"ada\",\"USER_ID_FOR_SRP\":\"ada-real\"}}\n--- 200\n{\"ChallengeName\":\"SOFTWARE_TOKEN_MFA\",\"Session\":\"s\",\"ChallengeParameters\":{\"FRIENDLY_DEVICE_NAME\":\"phone\"}}\n--- 200\n{\"AuthenticationResult\":{\"AccessToken\":\"a-1\",\"IdToken\":\"i-1\",\"RefreshToken\":\"r-1\",\"ExpiresIn\":3600,\"TokenType\":\"Bearer\"},\"ChallengeParameters\":{}}\n",
    "cognito login\n--- 400\n{\"__type\":\"InvalidParameterException\",\"message\":\"USER_SRP_AUTH is not enabled for the client.\"}\n--- 200\n{\"ChallengeName\":\"NEW_PASSWORD_REQUIRED\",\"Session\":\"s\",\"ChallengeParameters\":{\"requiredAttributes\":\"[]\"}}\n--- 200\n{\"ChallengeName\":\"SELECT_MFA_TYPE\",\"Session\":\"s\",\"ChallengeParameters\":{\"MFAS_CAN_CHOOSE\":\"[\\\"SMS_MFA\\\",\\\"SOFTWARE_TOKEN_MFA\\\"]\"}}\n--- 200\n{\"ChallengeName\":\"SMS_MFA\",\"Session\":\"s\",\"ChallengeParameters\":{\"CODE_DELIVERY_DESTINATION\":\"+*****99\"}}\n--- 400\n{\"__type\":\"CodeMismatchException\",\"message\":\"no\"}\n",
    "cognito login\n--- 200\n{\"ChallengeName\":\"MFA_SETUP\",\"Session\":\"s\",\"ChallengeParameters\":{\"MFAS_CAN_SETUP\":\"[\\\"SOFTWARE_TOKEN_MFA\\\"]\"}}\n--- 200\n{\"SecretCode\":\"JBSWY3DPEHPK3PXP\",\"Session\":\"s2\"}\n--- 200\n{\"Status\":\"SUCCESS\",\"Session\":\"s3\"}\n",
];

const WORDS: &[&str] = &[
    "--- 200\n",
    "--- 400\n",
    "--- 401\n",
    "--- 403\n",
    "--- 500\n",
    "--- 0\n",
    "{}",
    "null",
    "<html>",
    "\"__type\"",
    "InvalidGrantException",
    "ExpiredTokenException",
    "InvalidClientException",
    "UnauthorizedException",
    "NotAuthorizedException",
    "UserNotFoundException",
    "RefreshTokenReuseException",
    "TooManyRequestsException",
    "InvalidPasswordException",
    "expired",
    "revoked",
    "secret",
    "refresh token",
    "session",
    "device",
    "x-amzn-errortype=",
    "retry-after=",
    "content-length=1",
    "content-encoding=gzip",
    "expiresIn",
    "ExpiresIn",
    "refreshToken",
    "nextToken",
    "SOFTWARE_TOKEN_MFA",
    "EMAIL_OTP",
    "CUSTOM_CHALLENGE",
    "https://evil.test/",
    "http://",
    "99999999999999999999",
    "-1",
];

fn read(input: &[u8]) -> Option<(String, Vec<Given>)> {
    let mut lines = input.split(|b| *b == b'\n');
    let what = String::from_utf8(lines.next()?.to_vec()).ok()?;
    let mut answers: Vec<Given> = Vec::new();
    for line in lines {
        if let Some(head) = line.strip_prefix(b"--- ") {
            let mut words = head.split(|b| *b == b' ');
            let status = String::from_utf8_lossy(words.next().unwrap_or_default()).parse().unwrap_or(200);
            let headers = words.filter_map(|word| {
                let at = word.iter().position(|b| *b == b'=')?;
                Some((String::from_utf8_lossy(&word[..at]).into_owned(), word[at + 1..].to_vec()))
            });
            answers.push(Given { status, headers: headers.collect(), body: Vec::new() });
        } else if let Some(answer) = answers.last_mut() {
            answer.body.extend_from_slice(line);
        }
    }
    Some((what, answers))
}

fn wait<T>(what: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(what)
}

fn provider(id: &str) -> &'static dyn Provider {
    keyfob_providers::find(id).unwrap()
}

fn team(provider: &str) -> Team {
    let settings: &[(&str, &str)] = match provider {
        "aws-sso" => &[("start-url", "https://acme.awsapps.com/start"), ("region", "eu-west-1")],
        _ => &[("region", "eu-west-1"), ("user-pool-id", "eu-west-1_AbCdEfGhI"), ("client-id", "client1")],
    };
    Team {
        id: Id::from_random([7; 10]),
        name: "acme".into(),
        provider: provider.into(),
        settings: settings.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
        pinned: false,
        profiles: Vec::new(),
    }
}

fn logged_in() -> Session {
    let notes = [("client-id", "c-1"), ("client-secret", "cs-1"), ("username", "ada-real")];
    Session {
        who: "ada".into(),
        access: Secret::new("access-0"),
        id_token: None,
        refresh: Some(Secret::new("refresh-0")),
        issued: start(),
        expires: start(),
        limit: None,
        notes: notes.map(|(key, value)| (key.to_owned(), Secret::new(value))).into(),
    }
}

fn is_sane(session: &Session, world: &World) {
    use keyfob_core::doors::ports::Clock;
    assert!(!session.access.is_empty() && session.refresh.as_ref().is_none_or(|token| !token.is_empty()), "empty");
    assert!(!session.who.is_empty() && !session.who.chars().any(char::is_control), "who is {:?}", session.who);
    let now = world.now();
    assert!(session.issued <= now, "from tomorrow: {}", session.issued);
    assert!(session.expires > session.issued, "over before it began");
    assert!(session.expires <= now + SignedDuration::from_hours(30 * 24), "for ever: {}", session.expires);
}

fn is_whole(credential: &Credential) {
    let Credential { key_id, secret_key, token, expires } = credential;
    assert!(!key_id.is_empty() && !secret_key.is_empty() && !token.is_empty(), "a part of the credential is empty");
    assert!(*expires > start(), "over before it came");
}

/// What was answered: the tokens of an answer that is a success, if an access token is among them. An answer is as
/// servers write it: a key that is there twice means nothing.
fn tokens_in(given: &Given, place: &str, keys: [&str; 2]) -> Option<(String, Option<String>)> {
    let tree: Value = serde_json::from_slice(&given.body).ok()?;
    let text = |key: &str| Some(tree.pointer(place)?.get(key)?.as_str().filter(|t| !t.is_empty())?.to_owned());
    let once = tree.to_string().len() == given.body.len();
    (given.status == 200 && once).then_some((text(keys[0])?, text(keys[1])))
}

/// Whether a server said that a session is over, in one of the ways that are believed (security D5).
fn said_over(given: &[Given], names: &[&str]) -> bool {
    given.iter().any(|answer| {
        let head = answer.headers.iter().map(|(_, value)| value.as_slice());
        let said: Vec<String> =
            head.chain([answer.body.as_slice()]).map(|b| String::from_utf8_lossy(b).into_owned()).collect();
        (400..500).contains(&answer.status) && names.iter().any(|name| said.iter().any(|said| said.contains(name)))
    })
}

const GRANT_IS_OVER: &[&str] = &["InvalidGrantException", "ExpiredTokenException", "InvalidClientException"];
const POOL_IS_DONE: &[&str] = &["NotAuthorizedException", "UserNotFoundException", "RefreshTokenReuseException"];

fn session_holds(input: &[u8]) {
    let Some((what, answers)) = read(input) else { return };
    let Some((id, deed)) = what.split_once(' ').filter(|(id, _)| ["aws-sso", "cognito"].contains(id)) else { return };
    let (world, team, session) = (World::new(answers), team(id), logged_in());
    let cx = world.cx();
    let given = || world.given.lock().unwrap().clone();
    let ended = |error: &ProviderError, names: &[&str]| {
        let ended = matches!(error, ProviderError::SessionEnded { .. });
        assert!(!ended || said_over(&given(), names), "nobody said that the session is over: {error:?}");
        assert!(!format!("{error:?} {error}").contains("refresh-0"), "a token is told");
    };
    match deed {
        "refresh" => {
            let names = if id == "aws-sso" { GRANT_IS_OVER } else { POOL_IS_DONE };
            let renewed = wait(provider(id).refresh(&team, &session, &Kept::default(), &cx));
            let (place, keys) = match id {
                "aws-sso" => ("", ["accessToken", "refreshToken"]),
                _ => ("/AuthenticationResult", ["AccessToken", "RefreshToken"]),
            };
            let came = given().last().and_then(|last| tokens_in(last, place, keys));
            match renewed {
                Ok(session) => {
                    is_sane(&session, &world);
                    if let Some((access, refresh)) = came {
                        assert_eq!(session.access.expose(), access);
                        assert_eq!(session.refresh.unwrap().expose(), refresh.as_deref().unwrap_or("refresh-0"));
                    }
                }
                Err(error) => {
                    ended(&error, names);
                    assert_eq!(came, None, "tokens that came are lost: {error:?}");
                }
            }
        }
        "credential" if id == "aws-sso" => {
            let target =
                [("account", "111111111111"), ("role", "Admin")].map(|(key, value)| (key.into(), value.into()));
            let profile = Profile::new(Id::from_random([1; 10]), "p", target.into());
            match wait(provider(id).credential(&team, &profile, &session, &cx)) {
                Ok(credential) => is_whole(&credential),
                Err(error) => ended(&error, &["UnauthorizedException"]),
            }
        }
        "targets" if id == "aws-sso" => {
            let found = Discovery::default();
            if let Err(error) = wait(provider(id).targets(&team, &session, &cx, &found)) {
                ended(&error, &["UnauthorizedException"]);
            }
            let found = found.found();
            assert!(found.groups().iter().all(|group| !group.name.chars().any(char::is_control)));
        }
        "revoke" => {
            if let Err(error) = wait(provider(id).revoke(&team, &session, &Kept::default(), &cx)) {
                ended(&error, &[]);
            }
        }
        _ => {}
    }
}

fn login_holds(input: &[u8]) {
    let Some((what, answers)) = read(input) else { return };
    let Some(id) = what.strip_suffix(" login").filter(|id| ["aws-sso", "cognito"].contains(id)) else { return };
    let world = World::new(answers);
    let mut kept = Kept::default();
    match wait(provider(id).login(&team(id), &mut kept, &Wish::default(), &world.cx())) {
        Ok(session) => is_sane(&session, &world),
        Err(error) => {
            assert!(!matches!(error, ProviderError::SessionEnded { .. }), "a login ended a session");
            assert!(!format!("{error:?} {error}").contains("cs-1"), "the client's secret is told: {error:?}");
            assert_eq!(kept.password, None, "a password is kept that no server took");
        }
    }
}
