//! A login at an OpenID provider in the browser: what is asked, what comes back, and what is refused.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Response;
use keyfob_core::doors::ports::NoAnswer;
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::face::problem;
use keyfob_core::words::about::{BadSetting, Flow};
use keyfob_core::words::login::Wish;
use keyfob_core::words::question::{Answer, Other};
use keyfob_core::words::session::Kept;
use serde_json::{Value, json as j};
use sha2::{Digest, Sha256};

use crate::support::idp::{ISSUER, Idp, PORT, Page};
use crate::support::{Reply, Stage, bare, json, page, secret, status};

/// The paths that were asked, in order.
fn paths(stage: &Stage) -> Vec<String> {
    stage.sent().into_iter().map(|sent| sent.path).collect()
}

const DISCOVERY: &str = "/realms/acme/.well-known/openid-configuration";

fn error(code: &str) -> Reply {
    status(400, &j!({ "error": code, "error_description": "no" }))
}

#[tokio::test]
async fn a_login_in_the_browser_takes_three_round_trips_and_names_the_person() {
    let idp = Idp::new();
    let (session, stage) = idp.login(&[]).await;
    let session = session.unwrap();
    assert_eq!(paths(&stage), [DISCOVERY, "/token", "/keys"]);
    let opened = idp.page();
    assert!(opened.0.as_str().starts_with("https://id.test/authorize?tenant=7&"), "{}", opened.0);
    let back = format!("http://127.0.0.1:{PORT}/oauth/callback");
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "keyfob"),
        ("redirect_uri", &back),
        ("scope", "openid"),
        ("code_challenge_method", "S256"),
        ("prompt", ""),
        ("audience", ""),
    ] {
        assert_eq!(opened.get(name), value, "{name}");
    }
    let sent = &stage.sent()[1];
    for (name, value) in
        [("grant_type", "authorization_code"), ("code", "c-1"), ("client_id", "keyfob"), ("redirect_uri", &back)]
    {
        assert_eq!(sent.field(name), value, "{name}");
    }
    let verifier = sent.field("code_verifier");
    assert_eq!(URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier)), opened.get("code_challenge"));
    assert!(verifier.len() >= 43 && opened.get("state").len() >= 43 && opened.get("nonce").len() >= 43);
    assert_eq!(session.who, "ada@acme.test");
    assert_eq!((session.access.expose(), session.refresh.unwrap().expose().to_owned()), ("a-1", "r-1".into()));
    assert_eq!(session.expires.duration_since(session.issued).as_secs(), 3600);
}

#[tokio::test]
async fn each_login_has_a_state_a_nonce_and_a_verifier_of_its_own() {
    let idp = Idp::new();
    for _ in 0..2 {
        idp.login(&[]).await.0.unwrap();
    }
    let pages = idp.pages();
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(pages[0].get(name), pages[1].get(name), "{name}");
    }
}

#[tokio::test]
async fn what_a_team_is_set_to_is_asked_for() {
    let idp = Idp::new().says(
        j!({ "scopes_supported": ["openid", "offline_access"], "token_endpoint": "https://id.test/token?p=acme" }),
    );
    let stage = idp.stage();
    let settings = [
        ("scopes", "email, groups,openid"),
        ("audience", "https://api.acme.test"),
        ("redirect-uri", "http://localhost:8765/cb"),
    ];
    let wish = Wish { new_session: true, ..Wish::default() };
    idp.login_on(&stage, &settings, &mut Kept::default(), wish).await.unwrap();
    let opened = idp.page();
    assert_eq!(opened.get("scope"), "openid email groups offline_access");
    assert_eq!(opened.get("audience"), "https://api.acme.test");
    assert_eq!(opened.get("prompt"), "login consent");
    assert_eq!(opened.get("redirect_uri"), "http://localhost:8765/cb");
    let sent = &stage.sent()[1];
    assert_eq!((sent.field("redirect_uri").as_str(), sent.query.as_str()), ("http://localhost:8765/cb", "p=acme"));
}

#[tokio::test]
async fn a_client_with_a_secret_proves_it_as_the_provider_takes_it() {
    for (methods, header, body) in [
        (Value::Null, "Basic a2V5Zm9iOnMlMkZl", ""),
        (j!(["client_secret_post", "client_secret_basic"]), "Basic a2V5Zm9iOnMlMkZl", ""),
        (j!(["client_secret_post"]), "", "s/e"),
    ] {
        let idp = Idp::new().says(j!({ "token_endpoint_auth_methods_supported": methods }));
        let stage = idp.stage();
        let mut kept = Kept { secrets: [("client-secret".to_owned(), secret("s/e"))].into(), ..Kept::default() };
        idp.login_on(&stage, &[], &mut kept, Wish::default()).await.unwrap();
        let sent = &stage.sent()[1];
        assert_eq!((sent.authorization.as_str(), sent.field("client_secret").as_str()), (header, body), "{methods}");
        assert!(stage.sent().iter().all(|sent| sent.path == "/token" || sent.authorization.is_empty()));
    }
}

// F272
#[tokio::test]
async fn a_provider_that_refuses_a_scope_gets_the_login_without_and_is_not_asked_for_it_again() {
    let idp = Idp::new()
        .says(j!({ "scopes_supported": ["openid", "offline_access"] }))
        .brings(|page| match page.get("scope").as_str() {
            "" => vec![("code", "c-1".into())],
            _ => vec![("error", "invalid_scope".into())],
        })
        .grants(j!({ "id_token": null }));
    let (stage, mut kept) = (idp.stage(), Kept::default());
    let session = idp.login_on(&stage, &[], &mut kept, Wish::default()).await.unwrap();
    let asked = |idp: &Idp| -> Vec<(String, String)> {
        idp.pages().iter().map(|page| (page.get("scope"), page.get("prompt"))).collect()
    };
    let all = [("openid offline_access", "consent"), ("openid", ""), ("", "")];
    let all = all.map(|(scope, prompt)| (scope.to_owned(), prompt.to_owned()));
    assert_eq!(asked(&idp), all);
    assert_eq!((session.id_token, session.who.as_str()), (None, "id.test"));
    // Nobody sees the page three times again.
    idp.login_on(&stage, &[], &mut kept, Wish::default()).await.unwrap();
    assert_eq!(idp.pages().len(), 4);
    // Another client is another question.
    idp.login_on(&stage, &[("client-id", "other")], &mut kept, Wish::default()).await.unwrap();
    assert_eq!(idp.pages().len(), 7);
}

// F272
#[tokio::test]
async fn a_scope_that_a_person_chose_is_never_given_up_unsaid() {
    let idp = Idp::new().brings(|_| vec![("error", "invalid_scope".into())]);
    let refused = idp.login(&[("scopes", "grups")]).await.0;
    let Err(ProviderError::Refused { code, .. }) = &refused else { panic!("{refused:?}") };
    assert_eq!(code, "invalid_scope");
    assert_eq!(idp.page().get("scope"), "grups");
}

#[tokio::test]
async fn google_is_asked_for_a_session_that_renews_in_its_own_way() {
    let google = "https://accounts.google.com";
    let discovery = j!({
        "issuer": google, "authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth",
        "token_endpoint": "https://oauth2.googleapis.com/token", "jwks_uri": "https://id.test/keys",
        "scopes_supported": ["openid", "email", "profile"],
    });
    let idp = Idp::new().at("/.well-known/openid-configuration", vec![json(&discovery)]).claims(j!({ "iss": google }));
    idp.login(&[("issuer", google)]).await.0.unwrap();
    let opened = idp.page();
    assert_eq!((opened.get("access_type"), opened.get("prompt")), ("offline".into(), "consent".into()));
    assert_eq!(opened.get("scope"), "openid");
}

// F266
#[tokio::test]
async fn an_answer_of_another_issuer_is_refused_before_its_code_is_used() {
    let other = |issuer: &'static str| Idp::new().brings(move |_| vec![("code", "c".into()), ("iss", issuer.into())]);
    for issuer in ["https://id.test/realms/acme/", "https://evil.test", "", "https://id.test"] {
        let (refused, stage) = other(issuer).login(&[]).await;
        assert!(matches!(refused, Err(ProviderError::Unproven { .. })), "{issuer}: {refused:?}");
        assert_eq!(paths(&stage), [DISCOVERY], "{issuer}");
    }
    other(ISSUER).login(&[]).await.0.unwrap();
    // Where the provider says that it names itself, it has to.
    let silent = Idp::new().says(j!({ "authorization_response_iss_parameter_supported": true }));
    let (refused, stage) = silent.login(&[]).await;
    assert!(matches!(refused, Err(ProviderError::Unproven { .. })), "{refused:?}");
    assert_eq!(paths(&stage), [DISCOVERY]);
    // A refusal of somebody else is no refusal.
    let refusal = Idp::new().brings(|_| vec![("error", "access_denied".into()), ("iss", "https://evil.test".into())]);
    assert!(matches!(refusal.login(&[]).await.0, Err(ProviderError::Unproven { .. })));
}

// F265
#[tokio::test]
async fn a_code_that_was_used_before_is_refused_and_the_next_step_is_told() {
    let idp = Idp::new().first(vec![error("invalid_grant")]);
    let (refused, stage) = idp.login(&[]).await;
    let told = problem::of_provider(&refused.unwrap_err(), "acme");
    assert_eq!(told.title, "id.test refused: invalid_grant");
    assert!(told.hint.contains("start again"), "{told:?}");
    assert_eq!(stage.sent_to("/token").len(), 1, "a code is used once");
}

// F273
#[tokio::test]
async fn what_a_provider_says_on_its_way_back_is_plain_text() {
    let idp = Idp::new().brings(|_| {
        vec![
            ("error", "server_\u{1b}[31merror\u{202e}".into()),
            ("error_description", "<script>alert(1)</script>\u{202e}\u{200b}\n\u{7}no".into()),
        ]
    });
    let (refused, stage) = idp.login(&[]).await;
    let told = problem::of_provider(&refused.unwrap_err(), "acme");
    assert_eq!(told.title, "id.test refused: server_[31merror");
    assert!(told.detail.contains("<script>alert(1)</script> no"), "{told:?}");
    assert_eq!(paths(&stage), [DISCOVERY]);
    let denied = Idp::new().brings(|_| vec![("error", "access_denied".into())]);
    assert_eq!(denied.login(&[]).await.0, Err(ProviderError::CodeRefused));
}

// F270
#[tokio::test]
async fn a_document_of_another_issuer_is_refused_with_the_issuer_that_it_names() {
    for theirs in [
        "https://id.test/realms/acme/",
        "https://id.test/realms/ACME",
        "https://evil.test",
        "https://id.test/{tenantid}/v2.0",
    ] {
        let idp = Idp::new().says(j!({ "issuer": theirs }));
        let (refused, stage) = idp.login(&[]).await;
        let Err(ProviderError::Setting(BadSetting::Malformed { key, example, .. })) = &refused else {
            panic!("{theirs}: {refused:?}")
        };
        assert_eq!((key.as_str(), example.as_str()), ("issuer", theirs));
        assert_eq!(paths(&stage), [DISCOVERY]);
        assert!(idp.pages().is_empty(), "a page was opened");
    }
}

// F270
#[tokio::test]
async fn a_document_that_leads_elsewhere_is_not_followed() {
    for (key, address) in [
        ("token_endpoint", "http://id.test/token"),
        ("token_endpoint", "http://127.0.0.1:9/token"),
        ("token_endpoint", "https://user@id.test/token"),
        ("token_endpoint", "javascript:alert(1)"),
        ("authorization_endpoint", "file:///etc/passwd"),
        ("authorization_endpoint", "http://id.test/authorize"),
        ("jwks_uri", "http://id.test/keys"),
        ("revocation_endpoint", "ftp://id.test/"),
        ("device_authorization_endpoint", "/device"),
        ("end_session_endpoint", "http://localhost:1/"),
    ] {
        let idp = Idp::new().says(j!({ key: address }));
        let (refused, stage) = idp.login(&[]).await;
        let Err(ProviderError::Unexpected { what, .. }) = &refused else { panic!("{address}: {refused:?}") };
        assert!(what.contains(key), "{what}");
        assert!(paths(&stage) == [DISCOVERY] && idp.pages().is_empty(), "{address}");
    }
    for key in ["token_endpoint", "issuer"] {
        let refused = Idp::new().says(j!({ key: null })).login(&[]).await.0;
        assert!(matches!(refused, Err(ProviderError::Unexpected { .. })), "{key}: {refused:?}");
    }
}

fn redirect(to: &str) -> Reply {
    Ok(Response::builder().status(307).header("location", to).body(Bytes::new()).unwrap())
}

// F271
#[tokio::test]
async fn no_request_is_sent_on_to_somewhere_else() {
    for to in ["https://evil.test/token", "/token2", "//evil.test", ""] {
        let (refused, stage) = Idp::new().first(vec![redirect(to)]).login(&[]).await;
        let error = refused.unwrap_err();
        assert!(matches!(error, ProviderError::Unexpected { .. }), "{to}: {error:?}");
        assert_eq!(paths(&stage), [DISCOVERY, "/token"], "{to}");
        assert!(!to.contains("evil") || error.to_string().contains("evil.test"), "{error}");
    }
    let (refused, stage) = Idp::new().at(DISCOVERY, vec![redirect("https://evil.test/x")]).login(&[]).await;
    assert!(matches!(refused, Err(ProviderError::Unexpected { .. })), "{refused:?}");
    assert_eq!(paths(&stage), [DISCOVERY]);
    let (refused, stage) = Idp::new().at("/keys", vec![redirect("https://evil.test/x")]).login(&[]).await;
    assert!(matches!(refused, Err(ProviderError::Unexpected { .. })), "{refused:?}");
    assert_eq!(paths(&stage), [DISCOVERY, "/token", "/keys"]);
}

#[tokio::test]
async fn where_there_is_no_provider_the_address_and_its_line_are_named() {
    for reply in [status(404, &j!({})), status(200, &j!([])), page(404), page(200)] {
        let idp = Idp::new().at(DISCOVERY, vec![reply]);
        let refused = idp.login_on(&idp.stage(), &[], &mut Kept::default(), Wish::default()).await.unwrap_err();
        let told = problem::of_provider(&refused, "acme");
        assert!(told.detail.contains("issuer https://id.test/realms/acme (set for the team)"), "{told:?}");
        assert!(told.hint.contains("keyfob team edit acme --set issuer="), "{told:?}");
    }
}

#[tokio::test]
async fn a_login_that_is_cancelled_or_forgotten_ends_and_the_next_one_works() {
    let waiting = || Idp::new().brings(|_| vec![]);
    let stage = waiting().stage().no_answer(NoAnswer::Cancelled);
    let idp = waiting();
    let cancelled = idp.login_on(&stage, &[], &mut Kept::default(), Wish::default()).await;
    assert_eq!(cancelled, Err(ProviderError::Cancelled));
    // A browser that was closed says nothing; our own deadline ends it.
    let (late, stage) = idp.login(&[]).await;
    assert_eq!(late, Err(ProviderError::TooLate));
    assert!((600.0..631.0).contains(&stage.clock.elapsed()));
    idp.brings(|_| vec![("code", "c-2".into())]).login(&[]).await.0.unwrap();
}

#[tokio::test]
async fn a_fixed_port_that_is_taken_is_named_and_nothing_opens() {
    let idp = Idp::new().port_is_taken(8765);
    let refused = idp.login(&[("redirect-port", "8765")]).await.0;
    assert_eq!(refused, Err(ProviderError::PortTaken { port: 8765 }));
    assert!(idp.pages().is_empty());
}

// F280
#[tokio::test]
async fn a_login_can_go_on_on_another_device_where_the_provider_has_a_way() {
    let idp = Idp::new().brings(|_| vec![]).at(
        "/device",
        vec![json(&j!({ "device_code": "d-1", "user_code": "BCDF-GHJK", "verification_uri": "https://id.test/activate", "expires_in": 600 }))],
    );
    let stage = idp.stage().answers(vec![Answer::Other(Other::AnotherDevice)]);
    let session = bare(idp.login_on(&stage, &[], &mut Kept::default(), Wish::default()).await).unwrap();
    assert_eq!(session.who, "ada@acme.test");
    assert_eq!(paths(&stage), [DISCOVERY, "/device", "/token", "/keys"]);
    assert_eq!(stage.questions()[0].others, [Other::AnotherDevice]);
    // Where it has none, nothing is offered.
    let idp = Idp::new().says(j!({ "device_authorization_endpoint": null }));
    let (session, stage) = idp.login(&[]).await;
    session.unwrap();
    assert!(stage.questions()[0].others.is_empty());
}

// F280
#[tokio::test]
async fn a_way_that_the_provider_does_not_have_is_refused_in_words() {
    let without = |key: &str| Idp::new().says(j!({ key: null }));
    for (idp, flow) in
        [(without("device_authorization_endpoint"), Flow::Code), (without("authorization_endpoint"), Flow::Browser)]
    {
        let wish = Wish { flow: Some(flow), ..Wish::default() };
        let refused = bare(idp.login_on(&idp.stage(), &[], &mut Kept::default(), wish).await);
        assert!(matches!(refused, Err(ProviderError::Unsupported { .. })), "{refused:?}");
    }
}

#[tokio::test]
async fn trouble_on_the_way_keeps_and_loses_nothing() {
    // F02 to F08, F13, F14, F32
    for place in ["discovery", "token", "keys"] {
        for (name, reply) in crate::support::passing_troubles() {
            let idp = match place {
                "discovery" => Idp::new().at(DISCOVERY, vec![reply]),
                "token" => Idp::new().first(vec![reply]),
                _ => Idp::new().at("/keys", vec![reply]),
            };
            let mut kept = Kept::default();
            let error = idp.login_on(&idp.stage(), &[], &mut kept, Wish::default()).await.unwrap_err();
            assert!(error.is_passing(), "{place} {name}: {error:?}");
            assert!(!format!("{error:?} {error}").contains("s3cr"), "{place} {name}");
            assert_eq!(kept, Kept::default(), "{place} {name}");
        }
    }
}

// F277
#[tokio::test]
async fn answers_that_providers_give_in_forms_of_their_own_are_understood() {
    let forms = [
        j!({ "expires_in": "7200", "id_token": null }),
        j!({ "expires_in": 7200.0, "token_type": null, "scope": ["email"], "id_token": null }),
        j!({ "expires_in": 7200, "token_type": "BEARER", "scope": "email", "not_before_policy": 0, "id_token": null }),
    ];
    for change in forms {
        let said = change.to_string();
        let idp = Idp::new().grants(change).says(j!({ "scopes_supported": [] })).brings(|page: &Page| {
            match page.get("scope").as_str() {
                "" => vec![("code", "c".into())],
                _ => vec![("error", "invalid_scope".into())],
            }
        });
        let session = idp.login(&[]).await.0.unwrap();
        assert_eq!(session.expires.duration_since(session.issued).as_secs(), 7200, "{said}");
    }
    // GitHub and its like refuse with status 200.
    let refused = Idp::new().first(vec![json(&j!({ "error": "bad_verification_code" }))]).login(&[]).await.0;
    assert!(matches!(refused, Err(ProviderError::Refused { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_client_that_the_provider_does_not_take_is_named_with_its_line() {
    for code in ["invalid_client", "unauthorized_client"] {
        let idp =
            Idp::new().first(vec![status(401, &j!({ "error": code, "error_description": "Invalid client secret" }))]);
        let refused = idp.login_on(&idp.stage(), &[], &mut Kept::default(), Wish::default()).await.unwrap_err();
        let told = problem::of_provider(&refused, "acme");
        assert_eq!(told.code, "CLIENT-UNKNOWN");
        assert!(told.detail.contains("client-id keyfob") && told.hint.contains("client-secret-stdin"), "{told:?}");
    }
}

#[tokio::test]
async fn the_managed_login_of_a_user_pool_is_found_under_either_of_its_names() {
    let (old, new) = (
        "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
        "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
    );
    let path = "/eu-west-1_AbCdEfGhI/.well-known/openid-configuration";
    for (set, named, authorization) in [
        (old, old, Some("https://acme.auth.eu-west-1.amazoncognito.com/oauth2/authorize")),
        (old, new, None),
        (new, old, None),
    ] {
        // What its document leaves out stands under the domain of its pages.
        let document =
            j!({ "issuer": named, "jwks_uri": "https://id.test/keys", "authorization_endpoint": authorization });
        let granted = Idp::new().claims(j!({ "iss": named }));
        let token = granted.token(0.0);
        let idp = Idp::new().at(path, vec![json(&document)]);
        let reply = json(&j!({ "access_token": "a", "refresh_token": "r", "expires_in": 3600, "id_token": token }));
        let idp = idp.at("/oauth2/token", vec![reply]);
        let settings = [("issuer", set), ("logout-url", "https://acme.auth.eu-west-1.amazoncognito.com/logout")];
        let (outcome, stage) = idp.login(&settings).await;
        assert!(idp.page().0.as_str().starts_with("https://acme.auth.eu-west-1.amazoncognito.com/oauth2/authorize?"));
        assert_eq!(stage.sent()[1].host, "acme.auth.eu-west-1.amazoncognito.com");
        // The token of this script is of another provider's key.
        assert!(matches!(outcome, Err(ProviderError::Unproven { .. })), "{outcome:?}");
    }
}
