//! A blocking HTTP client of a few lines: what it got is exactly what was on the wire.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use keyfob_sandbox::{Clock, Hand, Sandbox, Setup};
use serde_json::{Value, json};

/// 2026-11-21T10:40:00Z
pub const NOW: u64 = 1_795_257_600;
pub const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The demo with time standing still until the hand moves it.
pub async fn demo() -> (Sandbox, Hand) {
    with(|_| ()).await
}

/// The same with changes.
pub async fn with(change: impl FnOnce(&mut Setup)) -> (Sandbox, Hand) {
    let (clock, hand) = Clock::stopped_at(NOW);
    let mut setup = Setup { clock, ..Setup::demo() };
    change(&mut setup);
    (Sandbox::start(setup).await.unwrap(), hand)
}

pub struct Got {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
    /// The connection ended by a reset, not by an orderly end.
    pub reset: bool,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let start = format!("{}:", name.to_ascii_lowercase());
        self.head
            .lines()
            .find(|line| line.to_ascii_lowercase().starts_with(&start))
            .map(|line| line[start.len()..].trim())
    }

    /// The exception's name.
    pub fn error(&self) -> String {
        self.header("x-amzn-ErrorType").unwrap_or_default().trim_end_matches(':').to_owned()
    }
}

/// Sends bytes and reads until the other side is done, or `most` bytes came.
pub fn exchange(to: SocketAddr, bytes: &[u8], most: usize) -> Got {
    let mut stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(180))).unwrap();
    stream.write_all(bytes).unwrap();
    let (mut all, mut reset) = (Vec::new(), false);
    let mut piece = [0; 16 << 10];
    while all.len() < most {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(n) => all.extend_from_slice(&piece[..n]),
            Err(why) if why.kind() == ErrorKind::ConnectionReset => {
                reset = true;
                break;
            }
            Err(why) => panic!("reading the answer: {why}"),
        }
    }
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").map_or(all.len(), |at| at + 4);
    let head = String::from_utf8_lossy(&all[..end]).into_owned();
    let status = head.get(9..12).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    Got { status, head, body: all[end..].to_vec(), reset }
}

pub fn request(cloud: &Sandbox, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut text = format!("{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", cloud.addr());
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    text
}

pub fn send(cloud: &Sandbox, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Got {
    exchange(cloud.addr(), request(cloud, method, target, headers, body).as_bytes(), usize::MAX)
}

pub fn post(cloud: &Sandbox, path: &str, body: &Value) -> Got {
    send(cloud, "POST", path, &[("Content-Type", "application/json")], &body.to_string())
}

pub fn cognito(cloud: &Sandbox, operation: &str, body: &Value) -> Got {
    let target = format!("AWSCognitoIdentityProviderService.{operation}");
    let headers = [("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Target", target.as_str())];
    send(cloud, "POST", "/", &headers, &body.to_string())
}

/// A registered OIDC client that shows codes.
pub struct Device<'c> {
    cloud: &'c Sandbox,
    id: Value,
    secret: Value,
}

impl<'c> Device<'c> {
    pub fn register(cloud: &'c Sandbox) -> Self {
        let scopes = json!(["sso:account:access"]);
        let body = json!({ "clientName": "story", "clientType": "public", "scopes": scopes });
        let made = post(cloud, "/client/register", &body).json();
        Self { cloud, id: made["clientId"].clone(), secret: made["clientSecret"].clone() }
    }

    fn ask(&self, path: &str, more: Value) -> Got {
        let mut body = json!({ "clientId": self.id, "clientSecret": self.secret });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        post(self.cloud, path, &body)
    }

    pub fn start(&self) -> Value {
        self.ask("/device_authorization", json!({ "startUrl": self.cloud.start_url() })).json()
    }

    pub fn poll(&self, started: &Value) -> Got {
        self.ask("/token", json!({ "grantType": DEVICE_GRANT, "deviceCode": started["deviceCode"] }))
    }

    pub fn renew(&self, refresh_token: &Value) -> Got {
        self.ask("/token", json!({ "grantType": "refresh_token", "refreshToken": refresh_token }))
    }

    /// The tokens of a login that `alice` approved.
    pub fn log_in(&self) -> Value {
        let started = self.start();
        self.cloud.approve(started["userCode"].as_str().unwrap()).unwrap();
        self.poll(&started).json()
    }
}

pub fn accounts(cloud: &Sandbox, tokens: &Value) -> Got {
    let bearer = tokens["accessToken"].as_str().unwrap();
    send(cloud, "GET", "/assignment/accounts", &[("x-amz-sso_bearer_token", bearer)], "")
}
