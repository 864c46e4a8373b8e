//! Our OpenID provider against the managed login of a Cognito that nobody here wrote.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, Uri};
use keyfob_core::doors::ports::{Browser, BrowserError, Http, HttpError};
use keyfob_core::doors::provider::{Cx, Provider, ProviderError};
use keyfob_core::words::id::Id;
use keyfob_core::words::login::Wish;
use keyfob_core::words::session::Kept;
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;
use keyfob_providers::Oidc;
use keyfob_tests::support::peers::{Peer, python, stdout_of};
use keyfob_tests::support::person::{Scripted, real_world};
use serde_json::Value;
use url::form_urlencoded;

use crate::oidc::Waits;

/// The domain that the pool's pages would have at AWS.
const DOMAIN: &str = "https://acme.auth.eu-west-1.amazoncognito.com";

/// The network, in which the hosts of AWS are the peer. It says its own address where AWS says the domain.
#[derive(Debug)]
struct Diverted {
    inner: Arc<dyn Http>,
    peer: String,
}

#[async_trait]
impl Http for Diverted {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (mut parts, body) = request.into_parts();
        if parts.uri.scheme_str() == Some("https") {
            let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
            parts.uri = format!("{}{path}", self.peer).parse::<Uri>().unwrap();
        }
        let answer = self.inner.send(Request::from_parts(parts, body)).await?;
        let (parts, body) = answer.into_parts();
        let text = String::from_utf8_lossy(&body).replace(&self.peer, DOMAIN);
        Ok(Response::from_parts(parts, Bytes::from(text)))
    }
}

/// A person who fills in the pool's page.
#[derive(Debug)]
struct FillsIn {
    http: Arc<dyn Http>,
    peer: String,
    password: String,
}

#[async_trait]
impl Browser for FillsIn {
    async fn open(&self, url: &url::Url) -> Result<(), BrowserError> {
        assert!(url.as_str().starts_with(&format!("{DOMAIN}/oauth2/authorize?")), "{url}");
        let (http, peer, password, page) = (self.http.clone(), self.peer.clone(), self.password.clone(), url.clone());
        tokio::spawn(async move {
            let get = |url: String| Request::get(url).body(Bytes::new()).unwrap();
            let shown = http.send(get(format!("{peer}/oauth2/authorize?{}", page.query().unwrap()))).await.unwrap();
            assert!(String::from_utf8_lossy(shown.body()).contains("action=\"/login\""), "{shown:?}");
            let form = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(page.query_pairs())
                .append_pair("username", "ada")
                .append_pair("password", &password)
                .finish();
            let post = Request::post(format!("{peer}/login"))
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Bytes::from(form))
                .unwrap();
            let back = http.send(post).await.unwrap();
            let back = back.headers()["location"].to_str().unwrap().to_owned();
            http.send(get(back)).await.unwrap();
        });
        Ok(())
    }
}

#[tokio::test]
async fn the_managed_login_of_a_user_pool_logs_in_and_renews_under_either_of_its_names() {
    let cognito = Peer::ministack();
    let facts: Value = serde_json::from_str(&stdout_of(&python("cognito_pool.py", &[&cognito.url]))).unwrap();
    let text = |key: &str| facts[key].as_str().unwrap().to_owned();
    for host in ["cognito-idp", "issuer-cognito-idp"] {
        let settings: Settings = [
            ("issuer", format!("https://{host}.eu-west-1.amazonaws.com/{}", text("pool"))),
            ("client-id", text("managed_client")),
            ("scopes", "email".into()),
            ("redirect-uri", text("redirect_uri")),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into();
        let id = Id::from_random([7; 10]);
        let team = Team { id, name: "acme".into(), provider: "oidc".into(), settings, pinned: false, profiles: vec![] };
        let quiet = real_world(Scripted::new(vec![]));
        let (inner, peer) = (quiet.http.clone(), cognito.url.clone());
        let browser = Arc::new(FillsIn { http: inner.clone(), peer: peer.clone(), password: text("password") });
        let cx = Cx { http: Arc::new(Diverted { inner, peer }), browser, person: Arc::new(Waits), ..quiet };
        let kept = &mut Kept::default();
        let session = Oidc.login(&team, kept, &Wish::default(), &cx).await.unwrap();
        assert!(session.id_token.is_some() && !session.who.is_empty());
        let renewed = Oidc.refresh(&team, &session, kept, &cx).await.unwrap();
        assert_ne!(renewed.access, session.access, "renewing brought no new token");
        assert_eq!(renewed.who, session.who);
        // Its document names no place for revocation; a pool has one under its domain, and so does this one, or not.
        let revoked = Oidc.revoke(&team, &renewed, kept, &cx).await;
        assert!(!matches!(revoked, Err(ProviderError::Unexpected { .. })), "{revoked:?}");
    }
}
