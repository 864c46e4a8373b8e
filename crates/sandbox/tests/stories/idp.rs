//! Logins at the OpenID provider: by code with PKCE, by approval elsewhere, and what it refuses.

use keyfob_sandbox::{IDP_CLIENT, Operation, Sandbox};
use serde_json::Value;

use crate::client::{Got, demo, send};

/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const BACK: &str = "http%3A%2F%2F127.0.0.1%3A9%2Fcb";

fn authorize(cloud: &Sandbox, change: &str) -> Got {
    let target = format!(
        "/idp/authorize?response_type=code&client_id={IDP_CLIENT}&redirect_uri={BACK}&state=s&nonce=n\
         &scope=openid+offline_access&code_challenge={CHALLENGE}&code_challenge_method=S256{change}"
    );
    send(cloud, "GET", &target, &[], "")
}

/// A parameter of where the browser was sent.
fn sent_back(got: &Got, name: &str) -> Option<String> {
    let query = got.header("location")?.split_once('?')?.1.to_owned();
    query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")).map(str::to_owned))
}

fn token(cloud: &Sandbox, form: &str) -> Got {
    let form = format!("client_id={IDP_CLIENT}&{form}");
    send(cloud, "POST", "/idp/token", &[("Content-Type", "application/x-www-form-urlencoded")], &form)
}

fn by_code(cloud: &Sandbox, code: &str, verifier: &str) -> Got {
    token(cloud, &format!("grant_type=authorization_code&code={code}&redirect_uri={BACK}&code_verifier={verifier}"))
}

fn error(got: &Got) -> Value {
    got.json()["error"].clone()
}

#[tokio::test]
async fn a_code_is_good_once_and_for_whoever_can_open_its_challenge() {
    let (cloud, _) = demo().await;
    let code = sent_back(&authorize(&cloud, ""), "code").unwrap();
    let granted = by_code(&cloud, &code, VERIFIER).json();
    assert_eq!(granted["id_token"].as_str().unwrap().split('.').count(), 3);
    assert!(granted["refresh_token"].is_string());
    assert_eq!(error(&by_code(&cloud, &code, VERIFIER)), "invalid_grant");
    let code = sent_back(&authorize(&cloud, ""), "code").unwrap();
    assert_eq!(error(&by_code(&cloud, &code, "wrong")), "invalid_grant");
    assert_eq!(cloud.count(Operation::IdpToken), 3);
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused_where_it_may_be_told() {
    let (cloud, _) = demo().await;
    let refused = authorize(&cloud, "&x=1").header("location").unwrap().contains("iss=");
    assert!(refused, "it names itself");
    for (target, kind) in
        [("response_type=token", "unsupported_response_type"), ("response_type=code", "invalid_request")]
    {
        let got = send(
            &cloud,
            "GET",
            &format!("/idp/authorize?{target}&client_id={IDP_CLIENT}&redirect_uri={BACK}"),
            &[],
            "",
        );
        assert_eq!(sent_back(&got, "error").as_deref(), Some(kind));
    }
    let foreign =
        format!("/idp/authorize?response_type=code&client_id={IDP_CLIENT}&redirect_uri=https%3A%2F%2Fevil.test");
    let got = send(&cloud, "GET", &foreign, &[], "");
    assert_eq!((got.status, got.header("location")), (400, None));
}

#[tokio::test]
async fn an_old_refresh_token_ends_its_family() {
    let (cloud, _) = demo().await;
    let code = sent_back(&authorize(&cloud, ""), "code").unwrap();
    let renew = |token_of: &Value| {
        token(
            &cloud,
            &format!("grant_type=refresh_token&refresh_token={}", token_of["refresh_token"].as_str().unwrap()),
        )
    };
    let first = by_code(&cloud, &code, VERIFIER).json();
    let second = renew(&first).json();
    assert_eq!(error(&renew(&first)), "invalid_grant");
    assert_eq!(error(&renew(&second)), "invalid_grant");
}

#[tokio::test]
async fn a_code_for_another_device_waits_until_its_page_is_opened() {
    let (cloud, _) = demo().await;
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let body = format!("client_id={IDP_CLIENT}&scope=openid");
    let started = send(&cloud, "POST", "/idp/device", &form, &body).json();
    let poll = || {
        let grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code";
        token(&cloud, &format!("grant_type={grant}&device_code={}", started["device_code"].as_str().unwrap()))
    };
    assert_eq!(error(&poll()), "authorization_pending");
    let code = started["user_code"].as_str().unwrap();
    assert_eq!(send(&cloud, "GET", &format!("/idp/activate?user_code={code}"), &[], "").status, 200);
    assert!(poll().json()["access_token"].is_string());
}
