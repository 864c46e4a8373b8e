//! An OpenID provider by script, with keys of its own, the browser that opens its page, and what that brings back.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keyfob_core::doors::callback::{Callback, CallbackError, Expected, Listening};
use keyfob_core::doors::ports::{Browser, BrowserError, Random};
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::login::Wish;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{Kept, Session};
use keyfob_core::words::team::Team;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Map, Value, json};
use url::Url;

use super::{Reply, Sent, Stage, bare, json as answer, provider, start, team};

pub const ISSUER: &str = "https://id.test/realms/acme";
/// Where the browser comes back to, unless the team says otherwise.
pub const PORT: u16 = 47_110;

type Brings = Arc<dyn Fn(&Page) -> Vec<(&'static str, String)> + Send + Sync>;

/// The provider. A copy is the same one.
#[derive(Clone)]
pub struct Idp(Arc<Mutex<Inner>>);

struct Inner {
    keys: Vec<Key>,
    published: Vec<Vec<Value>>,
    discovery: Value,
    claims: Map<String, Value>,
    header: Map<String, Value>,
    grant: Map<String, Value>,
    tokens: VecDeque<Reply>,
    elsewhere: BTreeMap<String, VecDeque<Reply>>,
    page: Option<Page>,
    pages: Vec<Page>,
    brings: Option<Brings>,
    expected: Option<Expected>,
    port: Option<CallbackError>,
}

/// A page that was opened, as its parameters.
#[derive(Debug, Clone)]
pub struct Page(pub Url);

impl Page {
    /// Empty when there is none.
    pub fn get(&self, name: &str) -> String {
        self.0.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    }
}

struct Key {
    id: String,
    pair: EcdsaKeyPair,
}

impl Key {
    fn new(id: &str) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        Key { id: id.into(), pair }
    }

    fn public(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id,
                "x": part(&point[1..33]), "y": part(&point[33..65]) })
    }

    fn sign(&self, message: &str) -> String {
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        URL_SAFE_NO_PAD.encode(signature.as_ref())
    }
}

impl Idp {
    pub fn new() -> Self {
        let key = Key::new("k-1");
        let at = |path: &str| format!("https://id.test{path}");
        let discovery = json!({
            "issuer": ISSUER,
            "authorization_endpoint": at("/authorize?tenant=7"),
            "token_endpoint": at("/token"),
            "jwks_uri": at("/keys"),
            "device_authorization_endpoint": at("/device"),
            "revocation_endpoint": at("/revoke"),
            "end_session_endpoint": at("/logout"),
            "scopes_supported": ["openid", "email"],
        });
        let published = vec![vec![key.public()]];
        Idp(Arc::new(Mutex::new(Inner {
            keys: vec![key],
            published,
            discovery,
            claims: Map::new(),
            header: Map::new(),
            grant: Map::new(),
            tokens: VecDeque::new(),
            elsewhere: BTreeMap::new(),
            page: None,
            pages: Vec::new(),
            brings: None,
            expected: None,
            port: None,
        })))
    }

    fn with<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        work(&mut self.0.lock().unwrap())
    }

    /// Changes what it says of itself; null takes away.
    pub fn says(self, change: Value) -> Self {
        self.with(|idp| merge(idp.discovery.as_object_mut().unwrap(), change));
        self
    }

    /// Changes the claims of its ID tokens.
    pub fn claims(self, change: Value) -> Self {
        self.with(|idp| merge(&mut idp.claims, change));
        self
    }

    /// Changes the header of its ID tokens.
    pub fn header(self, change: Value) -> Self {
        self.with(|idp| merge(&mut idp.header, change));
        self
    }

    /// Changes the answers with tokens.
    pub fn grants(self, change: Value) -> Self {
        self.with(|idp| merge(&mut idp.grant, change));
        self
    }

    /// What the token endpoint answers first, before it grants.
    pub fn first(self, replies: Vec<Reply>) -> Self {
        self.with(|idp| idp.tokens.extend(replies));
        self
    }

    /// What another path answers, in order.
    pub fn at(self, path: &str, replies: Vec<Reply>) -> Self {
        self.with(|idp| idp.elsewhere.entry(path.into()).or_default().extend(replies));
        self
    }

    /// It signs with a new key from now on. `seen_after` lookups still show the old ones alone.
    pub fn rotates(&self, id: &str, seen_after: usize) {
        self.with(|idp| {
            let key = Key::new(id);
            let old = idp.published.pop().unwrap();
            let mut new = old.clone();
            new.push(key.public());
            idp.published = vec![old; seen_after];
            idp.published.push(new);
            idp.keys.push(key);
        });
    }

    /// It publishes these beside its own.
    pub fn publishes(self, keys: Vec<Value>) -> Self {
        self.with(|idp| drop(idp.published.last_mut().unwrap().splice(0..0, keys)));
        self
    }

    /// What the browser brings back beside the state.
    pub fn brings(self, brings: impl Fn(&Page) -> Vec<(&'static str, String)> + Send + Sync + 'static) -> Self {
        self.with(|idp| idp.brings = Some(Arc::new(brings)));
        self
    }

    /// The port is in use.
    pub fn port_is_taken(self, port: u16) -> Self {
        self.with(|idp| idp.port = Some(CallbackError::Taken { port }));
        self
    }

    /// The pages that were opened.
    pub fn pages(&self) -> Vec<Page> {
        self.with(|idp| idp.pages.clone())
    }

    pub fn page(&self) -> Page {
        self.pages().pop().unwrap()
    }

    pub fn stage(&self) -> Stage {
        let idp = self.clone();
        let mut stage = Stage::new(move |sent| idp.with(|idp| idp.answer(sent)));
        stage.cx.callback = Arc::new(Twin(self.clone()));
        stage.cx.browser = Arc::new(Twin(self.clone()));
        stage.cx.random = Arc::new(Twin(self.clone()));
        stage
    }

    /// A login of a team with these settings beside the usual ones.
    pub async fn login(&self, settings: &[(&str, &str)]) -> (Result<Session, ProviderError>, Stage) {
        let stage = self.stage();
        (bare(self.login_on(&stage, settings, &mut Kept::default(), Wish::default()).await), stage)
    }

    pub async fn login_on(
        &self,
        stage: &Stage,
        settings: &[(&str, &str)],
        kept: &mut Kept,
        wish: Wish,
    ) -> Result<Session, ProviderError> {
        provider("oidc").login(&acme(settings), kept, &wish, &stage.cx).await
    }

    /// What the token endpoint answers next.
    pub fn queue(&self, reply: Reply) {
        self.0.lock().unwrap().tokens.push_back(reply);
    }

    /// A token of its own for a person, as it is now.
    pub fn token(&self, seconds: f64) -> String {
        self.with(|idp| idp.id_token(seconds))
    }
}

/// A team with these settings beside issuer and client.
pub fn acme(settings: &[(&str, &str)]) -> Team {
    team("oidc", &[&[("issuer", ISSUER), ("client-id", "keyfob")], settings].concat())
}

fn merge(into: &mut Map<String, Value>, change: Value) {
    let Value::Object(change) = change else { panic!("not an object") };
    for (key, value) in change {
        match value {
            Value::Null => into.insert(key, Value::Null),
            value => into.insert(key, value),
        };
    }
}

impl Inner {
    fn answer(&mut self, sent: &Sent) -> Reply {
        if let Some(reply) = self.elsewhere.get_mut(&sent.path).and_then(VecDeque::pop_front) {
            return reply;
        }
        match sent.path.as_str() {
            "/realms/acme/.well-known/openid-configuration" => answer(&self.discovery),
            "/keys" => {
                let keys = if self.published.len() > 1 { self.published.remove(0) } else { self.published[0].clone() };
                answer(&json!({ "keys": keys }))
            }
            "/token" => match self.tokens.pop_front() {
                Some(reply) => reply,
                None => {
                    let mut granted = json!({
                        "access_token": "a-1", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "r-1",
                        "id_token": self.id_token(sent.at),
                    });
                    merge(granted.as_object_mut().unwrap(), Value::Object(self.grant.clone()));
                    answer(&granted)
                }
            },
            _ => panic!("not in the script: {sent:?}"),
        }
    }

    fn id_token(&self, seconds: f64) -> String {
        let key = self.keys.last().unwrap();
        let now = start().as_second() + seconds as i64;
        let mut claims = json!({
            "iss": ISSUER, "sub": "7d8c", "aud": "keyfob", "iat": now, "exp": now + 3600, "email": "ada@acme.test",
        });
        if let Some(nonce) = self.page.as_ref().map(|page| page.get("nonce")).filter(|nonce| !nonce.is_empty()) {
            claims["nonce"] = nonce.into();
        }
        merge(claims.as_object_mut().unwrap(), Value::Object(self.claims.clone()));
        let mut header = json!({ "alg": "ES256", "kid": key.id, "typ": "JWT" });
        merge(header.as_object_mut().unwrap(), Value::Object(self.header.clone()));
        let part = |value: &mut Value| {
            value.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            URL_SAFE_NO_PAD.encode(value.to_string())
        };
        let message = format!("{}.{}", part(&mut header), part(&mut claims));
        format!("{message}.{}", key.sign(&message))
    }
}

/// What this computer lends: a browser, a door, and chance.
struct Twin(Idp);

impl std::fmt::Debug for Twin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Twin")
    }
}

#[async_trait]
impl Browser for Twin {
    async fn open(&self, url: &Url) -> Result<(), BrowserError> {
        self.0.with(|idp| {
            idp.page = Some(Page(url.clone()));
            idp.pages.push(Page(url.clone()));
        });
        Ok(())
    }

    fn is_here(&self) -> bool {
        true
    }
}

#[async_trait]
impl Callback for Twin {
    async fn open(&self, expected: Expected) -> Result<Box<dyn Listening>, CallbackError> {
        self.0.with(|idp| match idp.port.clone() {
            Some(taken) => Err(taken),
            None => {
                idp.expected = Some(expected);
                Ok(Box::new(Twin(self.0.clone())) as Box<dyn Listening>)
            }
        })
    }
}

#[async_trait]
impl Listening for Twin {
    fn port(&self) -> u16 {
        self.0.with(|idp| idp.expected.as_ref().and_then(|expected| expected.port)).unwrap_or(PORT)
    }

    async fn answer(&mut self) -> BTreeMap<String, Secret> {
        let (page, brings) = self.0.with(|idp| (idp.page.clone().unwrap(), idp.brings.clone()));
        // Outside of the lock: it may ask the provider for something.
        let brought = match brings {
            Some(brings) => brings(&page),
            None => vec![("code", "c-1".to_owned())],
        };
        if brought.is_empty() {
            std::future::pending().await
        }
        brought.into_iter().map(|(key, value)| (key.to_owned(), Secret::new(value))).collect()
    }
}

impl Random for Twin {
    fn fill(&self, buffer: &mut [u8]) {
        ring::rand::SecureRandom::fill(&SystemRandom::new(), buffer).unwrap();
    }
}
