//! Sends one request over the real network: TLS always (but for loopback), limits always, redirects never.

mod failure;
mod no_proxy;
mod proxy;
mod trust;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use keyfob_core::doors::environment::Environment;
use keyfob_core::doors::ports::{Http, HttpError};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls_platform_verifier::BuilderVerifierExt;
use url::Url;

use crate::{awake, loopback};
use failure::{NameNotFound, classify, tls_reason};
use no_proxy::NoProxy;
use proxy::Proxy;
use trust::Trust;

const CONNECT: Duration = Duration::from_secs(5);
const TOTAL: Duration = Duration::from_secs(20);
/// Shorter than [`CONNECT`], so that a name server that is silent is told apart from a host that is.
const LOOK_UP: Duration = Duration::from_secs(4);
/// A login asks again within seconds, a renewal only in an hour: nothing is kept open, or woken for, until then.
const KEEP_OPEN: Duration = Duration::from_secs(10);
const MAX_BODY: usize = 1024 * 1024;
const USER_AGENT: &str = concat!("keyfob/", env!("CARGO_PKG_VERSION"));

/// The network. Nothing is loaded before the first request; certificates only before the first over TLS.
#[derive(Debug)]
pub struct Internet {
    environment: Arc<dyn Environment>,
    /// http on loopback: no TLS, no proxy.
    plain: OnceLock<reqwest::Client>,
    /// https without a proxy.
    direct: OnceLock<reqwest::Client>,
    /// https through the proxy that the environment names.
    proxied: OnceLock<reqwest::Client>,
}

/// The way a request takes.
enum Way {
    Plain,
    Direct,
    Through(Proxy),
}

impl Internet {
    pub fn new(environment: Arc<dyn Environment>) -> Self {
        Internet { environment, plain: OnceLock::new(), direct: OnceLock::new(), proxied: OnceLock::new() }
    }

    fn way(&self, url: &Url) -> Result<Way, HttpError> {
        match (url.scheme(), loopback::is_loopback(url.host())) {
            ("http", true) => Ok(Way::Plain),
            ("https", true) => Ok(Way::Direct),
            ("https", false) => Ok(match proxy::find(&*self.environment)? {
                Some(proxy) if !NoProxy::find(&*self.environment)?.holds(url) => Way::Through(proxy),
                _ => Way::Direct,
            }),
            (scheme, _) => {
                let why = format!("{scheme}://{} is not https", url.host_str().unwrap_or_default());
                Err(HttpError::Malformed { why })
            }
        }
    }

    /// What cannot be built now is tried again the next time: a person may have mended it.
    fn client(&self, way: &Way, url: &Url) -> Result<reqwest::Client, HttpError> {
        let slot = match way {
            Way::Plain => &self.plain,
            Way::Direct => &self.direct,
            Way::Through(_) => &self.proxied,
        };
        match slot.get() {
            Some(client) => Ok(client.clone()),
            None => Ok(slot
                .get_or_init({
                    let client = build(&*self.environment, way, url)?;
                    || client
                })
                .clone()),
        }
    }

    /// What went wrong, with what the environment has to do with it.
    fn named(&self, way: &Way, error: HttpError) -> HttpError {
        match error {
            HttpError::Tls { host, why } => {
                let through = match way {
                    Way::Through(proxy) => format!(", through the proxy {} ({})", proxy.place(), proxy.from),
                    Way::Plain | Way::Direct => String::new(),
                };
                HttpError::Tls { host, why: format!("{why}{through}; {}", Trust::find(&*self.environment).named()) }
            }
            error => error,
        }
    }
}

#[async_trait]
impl Http for Internet {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        // The uri is not repeated in the error: a query can hold a secret.
        let url = Url::parse(&parts.uri.to_string()).map_err(|e| HttpError::Malformed { why: e.to_string() })?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let way = self.way(&url)?;
        let client = self.client(&way, &url)?;
        let classified = |error: &reqwest::Error| match &way {
            Way::Through(proxy) => failure::through(proxy, &host, error),
            Way::Plain | Way::Direct => classify(&host, error),
        };
        let asked = client.request(parts.method, url).headers(parts.headers).body(body).send();
        let exchange = async {
            let answer = asked.await.map_err(|e| self.named(&way, classified(&e)))?;
            read(&host, answer).await
        };
        awake::within(TOTAL, exchange).await.unwrap_or(Err(HttpError::TimedOut { host: host.clone() }))
    }
}

/// Reads the body as far as the limit. A body that ends before its declared length is an error of the
/// client library, never a short success (F04, F06).
async fn read(host: &str, mut answer: reqwest::Response) -> Result<Response<Bytes>, HttpError> {
    let too_large = || HttpError::TooLarge { host: host.to_owned() };
    if answer.content_length().is_some_and(|length| length > MAX_BODY as u64) {
        return Err(too_large());
    }
    let mut out = Response::new(Bytes::new());
    *out.status_mut() = answer.status();
    *out.version_mut() = answer.version();
    std::mem::swap(out.headers_mut(), answer.headers_mut());
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await.map_err(|e| classify(host, &e))? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    *out.body_mut() = body.freeze();
    Ok(out)
}

fn build(environment: &dyn Environment, way: &Way, url: &Url) -> Result<reqwest::Client, HttpError> {
    let tls =
        |why: rustls::Error| HttpError::Tls { host: url.host_str().unwrap_or_default().into(), why: tls_reason(&why) };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(tls)?;
    // Reading the system's certificates takes longer than a whole login on loopback.
    let tls = match (way, Trust::find(environment)) {
        (Way::Plain, _) => versions.with_root_certificates(rustls::RootCertStore::empty()),
        (_, Trust::Named(bundles)) => versions.with_root_certificates(Trust::roots(&bundles)?),
        (_, Trust::System) => versions.with_platform_verifier().map_err(tls)?,
    }
    .with_no_client_auth();
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .pool_idle_timeout(KEEP_OPEN)
        .dns_resolver(Arc::new(Resolver))
        // It reads no variable itself.
        .no_proxy();
    let builder = match way {
        Way::Through(proxy) => builder.proxy(proxy.handed_on()?),
        Way::Plain | Way::Direct => builder,
    };
    builder.build().map_err(|e| HttpError::Malformed { why: e.without_url().to_string() })
}

/// A variable that cannot be obeyed is no way past it.
fn unusable(what: &str, why: &str) -> HttpError {
    HttpError::Unusable { what: what.to_owned(), why: why.to_owned() }
}

/// The system's resolver, with a limit of its own.
#[derive(Debug)]
struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let looking =
                async { tokio::net::lookup_host((host.as_str(), 0)).await.map(|all| all.collect::<Vec<SocketAddr>>()) };
            match tokio::time::timeout(LOOK_UP, looking).await {
                Ok(Ok(addresses)) => Ok(Box::new(addresses.into_iter()) as Addrs),
                Ok(Err(_)) | Err(_) => Err(Box::new(NameNotFound { host }) as _),
            }
        })
    }
}

#[cfg(test)]
mod tests;

#[cfg(all(test, target_os = "linux"))]
#[path = "environment_tests.rs"]
mod environment_tests;
