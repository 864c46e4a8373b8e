//! Renewing and ending a session at an OpenID provider, without a person.

use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::session::{Kept, Session};
use serde_json::json as j;

use crate::support::idp::{Idp, acme};
use crate::support::{Reply, Stage, bare, cut, no_connection, passing_troubles, provider, secret, session, status};

async fn logged_in(idp: &Idp) -> Session {
    idp.login(&[]).await.0.unwrap()
}

async fn renew(idp: &Idp, session: &Session) -> (Result<Session, ProviderError>, Stage) {
    let stage = idp.stage();
    (bare(provider("oidc").refresh(&acme(&[]), session, &Kept::default(), &stage.cx).await), stage)
}

async fn revoke(idp: &Idp, session: &Session, kept: &Kept) -> (Result<(), ProviderError>, Stage) {
    let stage = idp.stage();
    (bare(provider("oidc").revoke(&acme(&[]), session, kept, &stage.cx).await), stage)
}

fn error(code: &str) -> Reply {
    status(400, &j!({ "error": code, "error_description": "Token is not active" }))
}

#[tokio::test]
async fn a_session_is_renewed_in_one_round_trip_and_a_rotated_token_replaces_the_old_one() {
    let idp = Idp::new();
    let before = logged_in(&idp).await;
    let idp = idp.grants(j!({ "access_token": "a-2", "refresh_token": "r-2" }));
    let (renewed, stage) = renew(&idp, &before).await;
    let renewed = renewed.unwrap();
    let sent = stage.sent();
    assert_eq!(sent.len(), 1, "nothing is looked up again: {sent:?}");
    assert_eq!((sent[0].path.as_str(), sent[0].field("grant_type").as_str()), ("/token", "refresh_token"));
    assert_eq!((sent[0].field("refresh_token").as_str(), sent[0].field("client_id").as_str()), ("r-1", "keyfob"));
    assert_eq!((renewed.access.expose(), renewed.refresh.unwrap().expose().to_owned()), ("a-2", "r-2".into()));
    assert_eq!(renewed.who, before.who);
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_or_an_id_token_keeps_the_old_ones() {
    // F21
    let idp = Idp::new();
    let before = logged_in(&idp).await;
    let idp = idp.grants(j!({ "access_token": "a-2", "refresh_token": null, "id_token": null }));
    let renewed = renew(&idp, &before).await.0.unwrap();
    assert_eq!((&renewed.refresh, &renewed.id_token), (&before.refresh, &before.id_token));
    assert_eq!(renewed.access.expose(), "a-2");
}

// F270
#[tokio::test]
async fn a_token_goes_where_it_came_from_whatever_the_provider_says_of_itself_since() {
    let idp = Idp::new();
    let before = logged_in(&idp).await;
    let idp =
        idp.says(j!({ "token_endpoint": "https://evil.test/token", "revocation_endpoint": "https://evil.test/r" }));
    let (renewed, stage) = renew(&idp, &before).await;
    let renewed = renewed.unwrap();
    let idp = idp.at("/revoke", vec![status(200, &j!({}))]);
    let (revoked, ended) = revoke(&idp, &renewed, &Kept::default()).await;
    revoked.unwrap();
    assert!(stage.sent().iter().chain(&ended.sent()).all(|sent| sent.host == "id.test"));
}

// F269
#[tokio::test]
async fn a_new_key_is_looked_up_and_remembered() {
    let idp = Idp::new();
    let before = logged_in(&idp).await;
    idp.rotates("k-2", 0);
    let (renewed, stage) = renew(&idp, &before).await;
    let renewed = renewed.unwrap();
    assert_eq!(stage.sent_to("/keys").len(), 1);
    assert_ne!(renewed.id_token, before.id_token);
    assert_eq!(renew(&idp, &renewed).await.1.sent().len(), 1);
}

// F276
#[tokio::test]
async fn tokens_that_a_provider_rotated_are_kept_when_its_keys_cannot_be_looked_up() {
    for (name, reply) in passing_troubles() {
        let idp = Idp::new();
        let before = logged_in(&idp).await;
        idp.rotates("k-2", 0);
        let idp = idp.at("/keys", vec![reply]).grants(j!({ "access_token": "a-2", "refresh_token": "r-2" }));
        let renewed = renew(&idp, &before).await.0.unwrap();
        assert_eq!(renewed.refresh.as_ref().unwrap().expose(), "r-2", "{name}");
        // What could not be proved is not used.
        assert_eq!(renewed.id_token, before.id_token, "{name}");
    }
}

// F275
#[tokio::test]
async fn a_session_never_becomes_that_of_somebody_else() {
    let idp = Idp::new();
    let before = logged_in(&idp).await;
    let idp = idp.claims(j!({ "sub": "somebody-else" }));
    assert_eq!(renew(&idp, &before).await.0, Err(ProviderError::OtherAccount));
    for (claims, header) in [
        (j!({ "sub": "7d8c", "iss": "https://evil.test" }), j!({})),
        (j!({ "sub": "7d8c", "aud": "other" }), j!({})),
        (j!({ "sub": "7d8c" }), j!({ "alg": "none" })),
        (j!({ "sub": "7d8c" }), j!({ "alg": "HS256" })),
    ] {
        let idp = Idp::new();
        let before = logged_in(&idp).await;
        let outcome = renew(&idp.claims(claims).header(header), &before).await.0;
        assert!(matches!(outcome, Err(ProviderError::Unproven { .. })), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_clock_that_was_set_wrong_since_the_login_does_not_cost_the_session() {
    // F56
    let idp = Idp::new();
    let before = logged_in(&idp).await;
    let now = crate::support::start().as_second();
    let idp = idp.claims(j!({ "iat": now, "exp": now + 3600 }));
    for off in [-7200, 7200] {
        let stage = idp.stage();
        stage.clock.advance(off);
        let renewed = provider("oidc").refresh(&acme(&[]), &before, &Kept::default(), &stage.cx).await.unwrap();
        assert_eq!(renewed.expires.duration_since(renewed.issued).as_secs(), 3600, "{off}");
    }
}

#[tokio::test]
async fn only_a_closed_list_of_answers_ends_a_session() {
    // F18
    let before = logged_in(&Idp::new()).await;
    for code in ["invalid_grant", "interaction_required", "login_required"] {
        let outcome = renew(&Idp::new().first(vec![error(code)]), &before).await.0;
        let said = "Token is not active".to_owned();
        assert_eq!(outcome, Err(ProviderError::SessionEnded { code: code.into(), said }));
    }
    for code in ["invalid_client", "unauthorized_client", "invalid_request", "unsupported_grant_type", "whatever"] {
        let outcome = renew(&Idp::new().first(vec![error(code)]), &before).await.0.unwrap_err();
        assert!(!matches!(outcome, ProviderError::SessionEnded { .. }), "{code}: {outcome:?}");
    }
}

#[tokio::test]
async fn trouble_on_the_way_never_ends_a_session() {
    // F02 to F08, F13, F14, F32
    let before = logged_in(&Idp::new()).await;
    for (name, reply) in passing_troubles() {
        let error = renew(&Idp::new().first(vec![reply]), &before).await.0.unwrap_err();
        assert!(error.is_passing(), "{name}: {error:?}");
        assert!(!format!("{error:?} {error}").contains("s3cr"), "{name}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_told_from_a_request_that_never_left() {
    // F10: what may be done at the provider is worth another try at once, which the sessions make.
    let before = logged_in(&Idp::new()).await;
    for lost in [cut(), Err(keyfob_core::doors::ports::HttpError::TimedOut { host: "h".into() })] {
        assert!(renew(&Idp::new().first(vec![lost]), &before).await.0.unwrap_err().may_be_done());
    }
    let offline = renew(&Idp::new().first(vec![no_connection()]), &before).await.0.unwrap_err();
    assert!(offline.is_offline() && !offline.may_be_done());
}

#[tokio::test]
async fn a_session_that_cannot_renew_needs_a_person_and_sends_nothing() {
    let before = logged_in(&Idp::new()).await;
    for poor in [Session { refresh: None, ..before.clone() }, session(Some("r-0"), &[])] {
        let (outcome, stage) = renew(&Idp::new(), &poor).await;
        assert_eq!(outcome, Err(ProviderError::PersonNeeded));
        assert!(stage.sent().is_empty());
    }
}

// F278
#[tokio::test]
async fn logging_out_revokes_the_token_that_all_others_come_from() {
    let before = logged_in(&Idp::new()).await;
    let idp = Idp::new().at("/revoke", vec![status(200, &j!({}))]);
    let kept = Kept { secrets: [("client-secret".to_owned(), secret("s"))].into(), ..Kept::default() };
    let (outcome, stage) = revoke(&idp, &before, &kept).await;
    outcome.unwrap();
    let sent = &stage.sent()[0];
    assert_eq!((sent.field("token"), sent.field("token_type_hint")), ("r-1".into(), "refresh_token".into()));
    assert!(sent.authorization.starts_with("Basic "));
    let alone = Session { refresh: None, ..before };
    let (outcome, stage) =
        revoke(&Idp::new().at("/revoke", vec![status(200, &j!({}))]), &alone, &Kept::default()).await;
    outcome.unwrap();
    let sent = &stage.sent()[0];
    assert_eq!((sent.field("token"), sent.field("token_type_hint")), ("a-1".into(), "access_token".into()));
    assert_eq!(sent.field("client_id"), "keyfob");
}

// F278
#[tokio::test]
async fn a_provider_that_cannot_revoke_is_no_error_and_one_that_refuses_is_told() {
    let without = logged_in(&Idp::new().says(j!({ "revocation_endpoint": null }))).await;
    let (outcome, stage) = revoke(&Idp::new(), &without, &Kept::default()).await;
    assert_eq!((outcome, stage.sent().len()), (Ok(()), 0));
    let before = logged_in(&Idp::new()).await;
    for (reply, fine) in [
        (error("unsupported_token_type"), true),
        (error("invalid_token"), true),
        (Ok(http::Response::new(bytes::Bytes::new())), true),
        (error("invalid_client"), false),
        (status(503, &j!({})), false),
        (cut(), false),
    ] {
        let outcome = revoke(&Idp::new().at("/revoke", vec![reply.clone()]), &before, &Kept::default()).await.0;
        assert_eq!(outcome.is_ok(), fine, "{reply:?}: {outcome:?}");
    }
}

// F278
#[tokio::test]
async fn the_page_that_ends_the_browsers_own_session_holds_no_token() {
    let before = logged_in(&Idp::new()).await;
    let page = |settings: &[(&str, &str)], session: &Session| {
        provider("oidc").logout_page(&acme(settings), session).map(|page| page.to_string())
    };
    assert_eq!(page(&[], &before).as_deref(), Some("https://id.test/logout?client_id=keyfob"));
    let own = [("logout-url", "https://id.test/bye?client_id=x&logout_uri=https://acme.test/")];
    assert_eq!(page(&own, &before).as_deref(), Some(own[0].1));
    let silent = logged_in(&Idp::new().says(j!({ "end_session_endpoint": null }))).await;
    assert_eq!(page(&[], &silent), None);
    // A user pool's page is an error without an address to go on to, so it opens only where one is set.
    let pool = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI";
    assert_eq!(page(&[("issuer", pool)], &before), None);
    let set = [
        ("issuer", pool),
        ("logout-url", "https://acme.auth.eu-west-1.amazoncognito.com/logout?logout_uri=https://acme.test/"),
    ];
    let expected =
        "https://acme.auth.eu-west-1.amazoncognito.com/logout?logout_uri=https://acme.test/&client_id=keyfob";
    assert_eq!(page(&set, &before).as_deref(), Some(expected));
}
