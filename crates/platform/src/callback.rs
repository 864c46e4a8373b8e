//! The door for the one answer that a browser brings back: two loopback sockets, and nothing that outlives them.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use keyfob_core::doors::callback::{Callback, CallbackError, Expected, Listening};
use keyfob_core::words::secret::Secret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::form_urlencoded;

/// The longest request that is read, in bytes: a code and a state fit many times.
const LONGEST: usize = 16 * 1024;
/// How long one request may take to come and its answer to go.
const SLOWEST: Duration = Duration::from_secs(5);
/// How long another program has to say who it is.
const SOON: Duration = Duration::from_secs(1);
/// Connections at the same time; whoever opens more waits.
const MOST: usize = 64;
/// How often a free port is tried that both loopbacks have.
const TRIES: u32 = 16;

/// Says nothing of what is here, whatever was asked.
const NOTHING: &str = "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 17\r\n\
                       Cache-Control: no-store\r\nConnection: close\r\n\r\nNothing is here.\n";

/// This computer's own loopback.
#[derive(Debug, Clone, Copy)]
pub struct Loopback;

#[async_trait]
impl Callback for Loopback {
    async fn open(&self, expected: Expected) -> Result<Box<dyn Listening>, CallbackError> {
        let sockets = bind(expected.port).await?;
        let port = sockets.first().and_then(|socket| socket.local_addr().ok()).map_or(0, |address| address.port());
        Ok(Box::new(Door { sockets, port, expected: Arc::new(expected) }))
    }
}

async fn bind(port: Option<u16>) -> Result<Vec<TcpListener>, CallbackError> {
    let failed = |error: io::Error| CallbackError::Failed { why: error.to_string() };
    for _ in 0..TRIES {
        let wanted = port.unwrap_or(0);
        let four = match TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, wanted))).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                return Err(who_has(wanted).await);
            }
            other => other.map_err(failed)?,
        };
        let chosen = four.local_addr().map_err(failed)?.port();
        match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, chosen))).await {
            Ok(six) => return Ok(vec![four, six]),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && port.is_some() => {
                return Err(who_has(chosen).await);
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            // A computer without IPv6 is listened on by IPv4 alone.
            Err(_) => return Ok(vec![four]),
        }
    }
    Err(CallbackError::Failed { why: "no port is free on both loopbacks".into() })
}

/// Who has a port: another login of ours is known by what it says to strangers.
async fn who_has(port: u16) -> CallbackError {
    let asked = async {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok()?;
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.ok()?;
        let mut answer = String::new();
        stream.take(LONGEST as u64).read_to_string(&mut answer).await.ok()?;
        Some(answer)
    };
    match tokio::time::timeout(SOON, asked).await {
        Ok(Some(answer)) if answer == NOTHING => CallbackError::Busy { port },
        _ => CallbackError::Taken { port },
    }
}

#[derive(Debug)]
struct Door {
    sockets: Vec<TcpListener>,
    port: u16,
    expected: Arc<Expected>,
}

#[async_trait]
impl Listening for Door {
    fn port(&self) -> u16 {
        self.port
    }

    async fn answer(&mut self) -> BTreeMap<String, Secret> {
        // Dropped with this future, and every connection with it.
        let mut talks: JoinSet<Option<BTreeMap<String, Secret>>> = JoinSet::new();
        loop {
            tokio::select! {
                Some(done) = talks.join_next(), if !talks.is_empty() => {
                    if let Ok(Some(answer)) = done {
                        return answer;
                    }
                }
                stream = accept(&self.sockets), if talks.len() < MOST => {
                    let (expected, port) = (self.expected.clone(), self.port);
                    talks.spawn(async move {
                        tokio::time::timeout(SLOWEST, talk(stream, &expected, port)).await.ok().flatten()
                    });
                }
            }
        }
    }
}

/// The next connection on either loopback.
async fn accept(sockets: &[TcpListener]) -> TcpStream {
    loop {
        let accepted = match sockets {
            [four, six] => tokio::select! { one = four.accept() => one, one = six.accept() => one },
            [four, ..] => four.accept().await,
            [] => std::future::pending().await,
        };
        match accepted {
            Ok((stream, _)) => return stream,
            // Out of files, or the other side is gone already: the next one may do.
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

/// Hears one request. Only the right one has parameters that are given back.
async fn talk(mut stream: TcpStream, expected: &Expected, port: u16) -> Option<BTreeMap<String, Secret>> {
    let mut head = Vec::with_capacity(1024);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut piece = [0; 1024];
        match stream.read(&mut piece).await {
            Ok(read) if read > 0 && head.len() + read <= LONGEST => head.extend_from_slice(piece.get(..read)?),
            _ => return None,
        }
    }
    let answer = parameters(&head, expected, port);
    let page = match &answer {
        Some(answer) if answer.contains_key("error") => with_page(&expected.refused),
        Some(_) => with_page(&expected.done),
        None => NOTHING.to_owned(),
    };
    let _ = stream.write_all(page.as_bytes()).await;
    let _ = stream.shutdown().await;
    answer
}

/// The parameters of a request that is the one: `GET` of the path, for this very door, with the state.
fn parameters(head: &[u8], expected: &Expected, port: u16) -> Option<BTreeMap<String, Secret>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    request.parse(head).ok()?;
    let (path, query) = request.path?.split_once('?')?;
    if request.method != Some("GET") || path != expected.path {
        return None;
    }
    // A page of a stranger can have its own name lead to this computer (DNS rebinding): the name is looked at.
    let host = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case("host"))?.value;
    let ours = ["127.0.0.1", "[::1]", "localhost"].map(|name| format!("{name}:{port}"));
    if !ours.iter().any(|name| name.as_bytes().eq_ignore_ascii_case(host)) {
        return None;
    }
    let mut answer = BTreeMap::new();
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        // A parameter that comes twice is no answer of a provider (RFC 6749 §3.1).
        if answer.insert(key.into_owned(), Secret::new(value)).is_some() {
            return None;
        }
    }
    let state = answer.remove("state")?;
    same(state.expose().as_bytes(), expected.state.expose().as_bytes()).then_some(answer)
}

/// Takes as long for every wrong text of the same length.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

fn with_page(page: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n\
         Referrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n{page}",
        page.len()
    )
}

#[cfg(test)]
#[path = "callback_tests.rs"]
mod tests;
