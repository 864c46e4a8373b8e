//! What an ID token has to prove, and that none which does not is taken.

use bytes::Bytes;
use http::Response;
use jiff::SignedDuration;
use jiff::fmt::rfc2822;
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::face::problem;
use keyfob_core::words::login::Wish;
use keyfob_core::words::session::Kept;
use serde_json::{Value, json as j};

use crate::support::idp::Idp;
use crate::support::{Reply, bare, json, start};

/// The sentence with which a token was refused.
async fn refused(idp: Idp) -> String {
    let (outcome, stage) = idp.login(&[]).await;
    match outcome {
        Err(ProviderError::Unproven { what, .. }) => what,
        other => panic!("{other:?} after {:?}", stage.sent()),
    }
}

// F268
#[tokio::test]
async fn a_token_without_a_signature_or_with_a_shared_secret_proves_nothing() {
    for (header, words) in [
        (j!({ "alg": "none" }), "is not signed"),
        (j!({ "alg": "NONE" }), "is not signed"),
        (j!({ "alg": "" }), "is not signed"),
        (j!({ "alg": null }), "is not signed"),
        (j!({ "alg": "HS256" }), "a secret that others share"),
        (j!({ "alg": "HS512" }), "a secret that others share"),
        (j!({ "alg": "ES512" }), "does not check"),
        (j!({ "alg": "RS256" }), "of none of its keys"),
        (j!({ "alg": "ES384" }), "of none of its keys"),
        (j!({ "crit": ["exp"] }), "asks for more"),
    ] {
        let said = header.to_string();
        let what = refused(Idp::new().header(header)).await;
        assert!(what.contains(words), "{said}: {what}");
    }
}

// F268
#[tokio::test]
async fn a_client_with_a_secret_takes_no_token_that_is_signed_with_it() {
    let idp = Idp::new().header(j!({ "alg": "HS256", "kid": null }));
    let mut kept =
        Kept { secrets: [("client-secret".to_owned(), crate::support::secret("shared"))].into(), ..Kept::default() };
    let outcome = bare(idp.login_on(&idp.stage(), &[], &mut kept, Wish::default()).await);
    assert!(matches!(outcome, Err(ProviderError::Unproven { .. })), "{outcome:?}");
}

// F268
#[tokio::test]
async fn a_token_that_somebody_else_signed_or_changed_is_none() {
    let foreign = Idp::new().token(0.0);
    let idp = || Idp::new();
    let own = idp().token(0.0);
    let (head, tail) = own.rsplit_once('.').unwrap();
    for odd in [
        foreign,
        format!("{head}.{}", &tail[1..]),
        format!("{head}."),
        head.to_owned(),
        "a.b.c".into(),
        String::from("not a token"),
        format!("{own}.{own}"),
    ] {
        let outcome = idp().grants(j!({ "id_token": odd })).login(&[]).await.0;
        assert!(matches!(outcome, Err(ProviderError::Unproven { .. })), "{odd}: {outcome:?}");
    }
}

// F267
#[tokio::test]
async fn a_token_of_another_login_issuer_or_client_is_refused() {
    for (claims, words) in [
        (j!({ "nonce": "other" }), "of another login"),
        (j!({ "nonce": null }), "of another login"),
        (j!({ "nonce": 7 }), "of another login"),
        (j!({ "iss": "https://id.test/realms/acme/" }), "another issuer"),
        (j!({ "iss": "id.test/realms/acme" }), "another issuer"),
        (j!({ "iss": null }), "another issuer"),
        (j!({ "aud": "other" }), "another client"),
        (j!({ "aud": ["other"] }), "another client"),
        (j!({ "aud": [] }), "another client"),
        (j!({ "aud": null }), "another client"),
        (j!({ "aud": ["keyfob", "other"] }), "another client"),
        (j!({ "aud": ["keyfob", "other"], "azp": "other" }), "another client"),
        (j!({ "azp": "other" }), "another client"),
        (j!({ "azp": 7 }), "another client"),
        (j!({ "sub": null }), "names nobody"),
        (j!({ "sub": "" }), "names nobody"),
        (j!({ "exp": null }), "from when to when"),
        (j!({ "iat": "now" }), "from when to when"),
    ] {
        let said = claims.to_string();
        let what = refused(Idp::new().claims(claims)).await;
        assert!(what.contains(words), "{said}: {what}");
    }
    for claims in
        [j!({ "aud": ["keyfob"] }), j!({ "aud": ["keyfob", "api"], "azp": "keyfob" }), j!({ "azp": "keyfob" })]
    {
        Idp::new().claims(claims).login(&[]).await.0.unwrap();
    }
}

// F267
#[tokio::test]
async fn words_of_a_token_reach_nobody_unclean() {
    let what = refused(Idp::new().claims(j!({ "iss": "https://evil.test/\u{202e}\u{1b}[31m" }))).await;
    assert!(what.contains("https://evil.test/[31m") && !what.contains('\u{202e}'), "{what}");
}

// F269
#[tokio::test]
async fn keys_that_change_between_login_and_check_are_looked_up_once_more() {
    let idp = Idp::new();
    idp.rotates("k-2", 1);
    let (session, stage) = idp.login(&[]).await;
    session.unwrap();
    assert_eq!(stage.sent_to("/keys").len(), 2);
    // A key that never appears is asked for twice and no more.
    let idp = Idp::new();
    idp.rotates("k-2", 9);
    let (outcome, stage) = idp.login(&[]).await;
    assert!(matches!(outcome, Err(ProviderError::Unproven { .. })), "{outcome:?}");
    assert_eq!(stage.sent_to("/keys").len(), 2);
    // A key that is there and did not sign it is not asked for again.
    let (_, stage) = Idp::new().grants(j!({ "id_token": Idp::new().token(0.0) })).login(&[]).await;
    assert_eq!(stage.sent_to("/keys").len(), 1);
}

// F269
#[tokio::test]
async fn keys_of_all_kinds_may_lie_beside_the_one_that_counts() {
    let odd: Vec<Value> = vec![
        j!("no key"),
        j!({ "kty": "oct", "k": "c2VjcmV0", "kid": "k-1" }),
        j!({ "kty": "RSA", "n": "!!", "e": "AQAB", "kid": "k-1" }),
        j!({ "kty": "RSA", "use": "enc", "n": "AQAB", "e": "AQAB" }),
        j!({ "kty": "PQ", "alg": "ML-DSA-44", "pub": "x" }),
        j!({ "kty": "EC", "crv": "P-521", "x": "AQAB", "y": "AQAB" }),
    ];
    Idp::new().publishes(odd.clone()).login(&[]).await.0.unwrap();
    // Without an id every key is tried.
    Idp::new().publishes(odd).header(j!({ "kid": null })).login(&[]).await.0.unwrap();
}

/// The answer with the time at which a server of this clock gave it.
fn dated(reply: Reply, ahead: i64) -> Reply {
    let date = start() - SignedDuration::from_secs(ahead);
    let date = rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&date).unwrap();
    reply.map(|answer| {
        let (mut parts, body) = answer.into_parts();
        parts.headers.insert("date", date.parse().unwrap());
        Response::<Bytes>::from_parts(parts, body)
    })
}

/// A provider whose clock is behind ours by so many seconds, and says so, or not.
fn with_clock(ahead: i64, says: bool) -> Idp {
    let now = start().as_second() - ahead;
    let idp = Idp::new().claims(j!({ "iat": now, "exp": now + 3600, "nbf": now }));
    let idp_again = idp.clone();
    match says {
        false => idp,
        true => idp.brings(move |_| {
            // The nonce is known once the page is open.
            let reply = json(&j!({ "access_token": "a-1", "expires_in": 3600, "id_token": idp_again.token(0.0) }));
            idp_again.queue(dated(reply, ahead));
            vec![("code", "c-1".into())]
        }),
    }
}

// F274
#[tokio::test]
async fn a_clock_that_is_off_by_minutes_is_told_with_both_times_and_a_little_is_forgiven() {
    for says in [false, true] {
        for ahead in [0, 60, 295, -60, -295] {
            with_clock(ahead, says).login(&[]).await.0.unwrap();
        }
        for (ahead, title) in [
            (600, "This computer's clock is 10 minutes ahead of that of id.test"),
            (-600, "This computer's clock is 10 minutes behind that of id.test"),
            (7200, "This computer's clock is 2 hours ahead of that of id.test"),
        ] {
            let outcome = with_clock(ahead, says).login(&[]).await.0;
            let told = problem::of_provider(&outcome.unwrap_err(), "acme");
            assert_eq!((told.code.as_str(), told.title.as_str()), ("CLOCK-WRONG", title), "{says}");
            let there = start() - SignedDuration::from_secs(ahead);
            let there = there.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
            assert!(told.detail.contains("2026-11-21 10:00:00 UTC") && told.detail.contains(&there), "{told:?}");
            assert!(told.hint.contains("Set date, time and time zone"), "{told:?}");
        }
    }
}

// F274
#[tokio::test]
async fn a_token_that_begins_a_while_ago_is_good_where_the_clocks_agree() {
    // Entra's are made so.
    let now = start().as_second();
    let idp = Idp::new().claims(j!({ "iat": now - 301, "nbf": now - 301, "exp": now + 3600 }));
    let again = idp.clone();
    let idp = idp.brings(move |_| {
        let reply = json(&j!({ "access_token": "a-1", "expires_in": 3600, "id_token": again.token(0.0) }));
        again.queue(dated(reply, 0));
        vec![("code", "c-1".into())]
    });
    idp.login(&[]).await.0.unwrap();
}

// F274
#[tokio::test]
async fn a_token_that_had_ended_before_it_came_is_none() {
    let now = start().as_second();
    let over = Idp::new().claims(j!({ "iat": now - 200, "exp": now - 300 }));
    assert!(matches!(over.login(&[]).await.0, Err(ProviderError::OverAlready { .. })));
    Idp::new().claims(j!({ "iat": now - 200, "exp": now - 299 })).login(&[]).await.0.unwrap();
}
