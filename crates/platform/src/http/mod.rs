//! Sends one request over the real network: TLS always (but for loopback), limits always, redirects never.

mod failure;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use keyfob_core::doors::ports::{Http, HttpError};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls_platform_verifier::BuilderVerifierExt;
use url::Url;

use crate::{awake, loopback};
use failure::{NameNotFound, classify, tls_reason};

const CONNECT: Duration = Duration::from_secs(5);
const TOTAL: Duration = Duration::from_secs(20);
/// Shorter than [`CONNECT`], so that a name server that is silent is told apart from a host that is.
const LOOK_UP: Duration = Duration::from_secs(4);
/// A login asks again within seconds, a renewal only in an hour: nothing is kept open, or woken for, until then.
const KEEP_OPEN: Duration = Duration::from_secs(10);
const MAX_BODY: usize = 1024 * 1024;
const USER_AGENT: &str = concat!("keyfob/", env!("CARGO_PKG_VERSION"));

/// The network. Nothing is loaded before the first request; certificates only before the first over TLS.
#[derive(Debug, Default)]
pub struct Internet {
    /// http on loopback: no TLS, no proxy.
    plain: OnceLock<Result<reqwest::Client, HttpError>>,
    /// https on loopback: no proxy.
    direct: OnceLock<Result<reqwest::Client, HttpError>>,
    /// https elsewhere, through the proxy that the environment or the system names.
    proxied: OnceLock<Result<reqwest::Client, HttpError>>,
}

impl Internet {
    pub fn new() -> Self {
        Internet::default()
    }

    fn client(&self, url: &Url) -> Result<&reqwest::Client, HttpError> {
        let (slot, kind) = match (url.scheme(), loopback::is_loopback(url.host())) {
            ("http", true) => (&self.plain, Kind::Plain),
            ("https", true) => (&self.direct, Kind::Direct),
            ("https", false) => (&self.proxied, Kind::Proxied),
            (scheme, _) => {
                return Err(HttpError::Malformed {
                    why: format!("{scheme}://{} is not https", url.host_str().unwrap_or_default()),
                });
            }
        };
        slot.get_or_init(|| build(kind, url)).as_ref().map_err(Clone::clone)
    }
}

#[async_trait]
impl Http for Internet {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        // The uri is not repeated in the error: a query can hold a secret.
        let url = Url::parse(&parts.uri.to_string()).map_err(|e| HttpError::Malformed { why: e.to_string() })?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let client = self.client(&url)?;
        let asked = client.request(parts.method, url).headers(parts.headers).body(body).send();
        let exchange = async {
            let answer = asked.await.map_err(|e| classify(&host, &e))?;
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Direct,
    Proxied,
}

fn build(kind: Kind, url: &Url) -> Result<reqwest::Client, HttpError> {
    let tls =
        |why: rustls::Error| HttpError::Tls { host: url.host_str().unwrap_or_default().into(), why: tls_reason(&why) };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(tls)?;
    // Reading the system's certificates takes longer than a whole login on loopback.
    let tls = match kind {
        Kind::Plain => versions.with_root_certificates(rustls::RootCertStore::empty()),
        Kind::Direct | Kind::Proxied => versions.with_platform_verifier().map_err(tls)?,
    }
    .with_no_client_auth();
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .pool_idle_timeout(KEEP_OPEN)
        .dns_resolver(Arc::new(Resolver));
    if kind == Kind::Proxied {
        check_proxy(|name| std::env::var(name).ok())?;
    } else {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|e| HttpError::Malformed { why: e.without_url().to_string() })
}

/// The client library takes a proxy address that it cannot read for none, and would then connect past the
/// proxy that a person chose (F09). The value is not shown: it can hold a password.
fn check_proxy(env: impl Fn(&str) -> Option<String>) -> Result<(), HttpError> {
    for names in [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]] {
        let Some((name, value)) = names.iter().find_map(|n| env(n).filter(|v| !v.is_empty()).map(|v| (n, v))) else {
            continue;
        };
        let with_scheme = if value.contains("://") { value } else { format!("http://{value}") };
        return match Url::parse(&with_scheme) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(()),
            Ok(url) if url.has_host() => Err(HttpError::Proxy {
                why: format!("{name} names a {} proxy; http and https are spoken", url.scheme()),
            }),
            _ => Err(HttpError::Proxy { why: format!("{name} is not an address") }),
        };
    }
    Ok(())
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
