//! Turns the client library's chains of errors into the few kinds that core knows.

use std::error::Error;
use std::io;

use keyfob_core::doors::ports::HttpError;

use super::proxy::Proxy;

/// A name that could not be looked up, or not in time.
#[derive(Debug, thiserror::Error)]
#[error("the name {host} could not be looked up")]
pub(super) struct NameNotFound {
    pub host: String,
}

/// What went wrong with a request to that host. The words name no more than the host: the error's own text
/// holds the whole address.
pub(super) fn classify(host: &str, error: &reqwest::Error) -> HttpError {
    let host = host.to_owned();
    let chain = Chain(Some(error));
    if chain.find::<NameNotFound>().is_some() {
        return HttpError::Dns { host };
    }
    if let Some(tls) = chain.find::<rustls::Error>() {
        return HttpError::Tls { host, why: tls_reason(tls) };
    }
    if error.is_timeout() {
        return HttpError::TimedOut { host };
    }
    if error.is_connect() {
        let why = match chain.find::<io::Error>() {
            Some(io) => plain_words(io.kind()).map_or_else(|| io.to_string(), str::to_owned),
            None => "the connection could not be made".into(),
        };
        return HttpError::Connect { host, why };
    }
    if error.is_builder() {
        return HttpError::Malformed { why: "the request has an address or a header that cannot be sent".into() };
    }
    HttpError::Cut { host }
}

/// The same for a request by way of a proxy: until it has opened a connection, whatever fails is its doing.
pub(super) fn through(proxy: &Proxy, host: &str, error: &reqwest::Error) -> HttpError {
    let chain = Chain(Some(error));
    let reason = match (proxy_reason(proxy, error), chain.find::<NameNotFound>()) {
        // A proxy that leaves the look-up to us.
        (_, Some(found)) if found.host.eq_ignore_ascii_case(host) && !host.eq_ignore_ascii_case(&proxy.host) => None,
        (_, Some(_)) => Some("its name could not be looked up".to_owned()),
        (Some(reason), None) => match chain.find::<rustls::Error>() {
            Some(tls) => Some(format!("the secure connection to it failed: {}", tls_reason(tls))),
            None => Some(reason),
        },
        (None, None) => (error.is_connect() && error.is_timeout()).then(|| "it did not answer in time".to_owned()),
    };
    match reason {
        Some(reason) => HttpError::Proxy { why: format!("{} names {}, and {reason}", proxy.from, proxy.place()) },
        None => classify(host, error),
    }
}

/// The errors of the tunnel and of SOCKS are of private types, so their words are all there is to tell them by.
fn proxy_reason(proxy: &Proxy, error: &reqwest::Error) -> Option<String> {
    let mut link: Option<&(dyn Error + 'static)> = error.source();
    while let Some(here) = link {
        let text = here.to_string();
        if let Some(reason) = text.strip_prefix("tunnel error: ").or_else(|| text.strip_prefix("SOCKS error: ")) {
            return Some(match reason {
                "proxy authorization required" if proxy.has_login() => {
                    format!("it does not take the user name and password in {} (407)", proxy.from)
                }
                "proxy authorization required" => "it wants a user name and password (407)".into(),
                "failed to create underlying connection" => "it cannot be reached".into(),
                "unexpected end of file" => "it closed the connection".into(),
                _ => "it did not open a connection".into(),
            });
        }
        link = here.source();
    }
    None
}

pub(super) fn tls_reason(error: &rustls::Error) -> String {
    use rustls::CertificateError as C;
    match error {
        rustls::Error::InvalidCertificate(C::Expired | C::ExpiredContext { .. }) => {
            "its certificate has expired".into()
        }
        rustls::Error::InvalidCertificate(C::NotValidYet | C::NotValidYetContext { .. }) => {
            "its certificate is not valid yet".into()
        }
        rustls::Error::InvalidCertificate(C::UnknownIssuer) => "its certificate was issued by somebody unknown".into(),
        rustls::Error::InvalidCertificate(C::NotValidForName | C::NotValidForNameContext { .. }) => {
            "its certificate is for another name".into()
        }
        rustls::Error::InvalidCertificate(C::Revoked) => "its certificate was revoked".into(),
        rustls::Error::PeerIncompatible(_) => "it speaks no version of TLS that is safe".into(),
        rustls::Error::InvalidCertificate(C::BadSignature) => "its certificate was not made by whom it names".into(),
        rustls::Error::General(why) => why.clone(),
        other => other.to_string(),
    }
}

fn plain_words(kind: io::ErrorKind) -> Option<&'static str> {
    Some(match kind {
        io::ErrorKind::ConnectionRefused => "the connection was refused",
        io::ErrorKind::ConnectionReset => "the connection was reset",
        io::ErrorKind::HostUnreachable => "there is no way to that host",
        io::ErrorKind::NetworkUnreachable => "there is no network",
        _ => return None,
    })
}

/// An error and its causes. An `io::Error` hides the error it was made of from `source`, so it is opened.
#[derive(Clone, Copy)]
struct Chain<'a>(Option<&'a (dyn Error + 'static)>);

impl<'a> Chain<'a> {
    fn find<T: Error + 'static>(self) -> Option<&'a T> {
        let mut link = self.0;
        while let Some(here) = link {
            if let Some(found) = here.downcast_ref::<T>() {
                return Some(found);
            }
            let inside = here.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
            link = match inside {
                Some(inside) => Some(inside as &(dyn Error + 'static)),
                None => here.source(),
            };
        }
        None
    }
}
