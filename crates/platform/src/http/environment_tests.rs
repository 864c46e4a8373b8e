//! Certificates and proxies come from the environment, so these tests ask in processes of their own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, mpsc};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::PrivatePkcs8KeyDer;

use super::*;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// What [`asks_and_prints`] says, asked in a process with this environment and no more.
fn asked(url: &str, env: &[(&str, &str)]) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["http::environment_tests::asks_and_prints", "--exact", "--ignored", "--nocapture"])
        .env_clear()
        .env("KEYFOB_TEST_URL", url)
        .envs(env.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.split_once("answer: ")).expect(&text).1.to_owned()
}

#[tokio::test]
#[ignore = "run by the tests below"]
async fn asks_and_prints() {
    let url = std::env::var("KEYFOB_TEST_URL").unwrap();
    let answer = Internet::new().send(Request::get(url).body(Bytes::new()).unwrap()).await;
    println!("\nanswer: {}", answer.map_or_else(|e| e.to_string(), |a| a.status().to_string()));
}

/// Accepts connections for as long as the tests run; tells the first bytes of each, then answers with these.
fn listener(answer: &'static [u8]) -> (u16, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (say, heard) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut bytes) = (stream.unwrap(), [0; 1024]);
            let count = stream.read(&mut bytes).unwrap_or(0);
            let _ = say.send(String::from_utf8_lossy(&bytes[..count]).into_owned());
            let _ = stream.write_all(answer);
        }
    });
    (port, heard)
}

struct Authority(Issuer<'static, KeyPair>, String);

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    Authority(Issuer::new(params, key), pem)
}

/// A server on loopback with a certificate by `authority` for `name`, changed by `change`.
fn tls_server(authority: &Authority, name: &str, change: impl Fn(&mut CertificateParams)) -> u16 {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &authority.0).unwrap().der().clone();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
        .unwrap();
    let (listener, config) = (TcpListener::bind("127.0.0.1:0").unwrap(), Arc::new(config));
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = answer(stream.unwrap(), config.clone());
        }
    });
    port
}

fn answer(stream: TcpStream, config: Arc<rustls::ServerConfig>) -> std::io::Result<()> {
    let connection = rustls::ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut tls = rustls::StreamOwned::new(connection, stream);
    tls.read_exact(&mut [0])?;
    tls.write_all(ANSWER)?;
    tls.conn.send_close_notify();
    tls.flush()
}

fn written(folder: &Path, pem: &str) -> String {
    let path = folder.join("authority.pem");
    std::fs::write(&path, pem).unwrap();
    path.display().to_string()
}

// F08, T38
#[test]
fn a_certificate_that_is_not_right_is_refused_with_the_reason() {
    let (dir, ours, unknown) = (tempfile::tempdir().unwrap(), authority("ours"), authority("unknown"));
    let trust = written(dir.path(), &ours.1);
    let ask = |port: u16| asked(&format!("https://localhost:{port}/"), &[("SSL_CERT_FILE", &trust)]);
    let refused = |why: &str| format!("the secure connection to localhost failed: {why}");

    assert_eq!(ask(tls_server(&ours, "localhost", |_| {})), "200 OK", "the right one is taken");
    assert_eq!(
        ask(tls_server(&unknown, "localhost", |_| {})),
        refused("its certificate was issued by somebody unknown")
    );
    assert_eq!(ask(tls_server(&ours, "other.example", |_| {})), refused("its certificate is for another name"));
    let past = |p: &mut CertificateParams| p.not_after = date_time_ymd(2020, 1, 1);
    assert_eq!(ask(tls_server(&ours, "localhost", past)), refused("its certificate has expired"));
    let future = |p: &mut CertificateParams| p.not_before = date_time_ymd(2090, 1, 1);
    assert_eq!(ask(tls_server(&ours, "localhost", future)), refused("its certificate is not valid yet"));
    let self_signed = |p: &mut CertificateParams| p.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    assert!(ask(tls_server(&ours, "localhost", self_signed)).starts_with(&refused("")), "an authority is no server");
}

// F08: a ServerHello of TLS 1.0, and something that is no TLS at all
#[test]
fn an_old_protocol_and_no_protocol_are_refused() {
    const TLS_1_0: &[u8] = &[
        22, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 47, 0, 0,
    ];
    let (dir, ours) = (tempfile::tempdir().unwrap(), authority("ours"));
    let trust = written(dir.path(), &ours.1);
    for bytes in [TLS_1_0, b"HTTP/1.1 400 Bad Request\r\n\r\n"] {
        let (port, _heard) = listener(bytes);
        let said = asked(&format!("https://localhost:{port}/"), &[("SSL_CERT_FILE", &trust)]);
        assert!(said.starts_with("the secure connection to localhost failed"), "{said}");
    }
}

#[test]
fn a_system_without_certificates_is_told_and_loopback_works_without() {
    let (port, _heard) = listener(ANSWER);
    let nothing = [("SSL_CERT_FILE", "/nowhere"), ("SSL_CERT_DIR", "/nowhere")];
    assert_eq!(asked(&format!("http://127.0.0.1:{port}/"), &nothing), "200 OK");
    let said = asked("https://x.example/", &nothing);
    assert!(said.starts_with("the secure connection to x.example failed: No CA certificates"), "{said}");
}

// F09, T39
#[test]
fn a_proxy_is_asked_for_a_tunnel_and_never_for_loopback() {
    let (dir, ours) = (tempfile::tempdir().unwrap(), authority("ours"));
    let trust = written(dir.path(), &ours.1);
    let (proxy, heard) = listener(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
    let proxy = format!("http://127.0.0.1:{proxy}");
    let env =
        [("HTTPS_PROXY", proxy.as_str()), ("HTTP_PROXY", &proxy), ("ALL_PROXY", &proxy), ("SSL_CERT_FILE", &trust)];

    let said = asked("https://x.example/path?token=1", &env);
    assert_eq!(said, "the proxy refused: it wants a user name and password (407)");
    let asked_of_proxy = heard.recv().unwrap();
    assert!(asked_of_proxy.starts_with("CONNECT x.example:443 HTTP/1.1\r\n"), "{asked_of_proxy}");
    assert!(!asked_of_proxy.contains("token"), "{asked_of_proxy}");

    let (plain, _heard) = listener(ANSWER);
    let secure = tls_server(&ours, "localhost", |_| {});
    for host in ["127.0.0.1", "localhost"] {
        assert_eq!(asked(&format!("http://{host}:{plain}/"), &env), "200 OK");
    }
    assert_eq!(asked(&format!("https://localhost:{secure}/"), &env), "200 OK");
    assert!(heard.try_recv().is_err(), "the proxy was asked for loopback");
}

// F09
#[test]
fn a_proxy_that_is_not_there_is_named_as_the_proxy() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (dir, ours) = (tempfile::tempdir().unwrap(), authority("ours"));
    let trust = written(dir.path(), &ours.1);
    let with = |proxy: &str| asked("https://x.example/", &[("HTTPS_PROXY", proxy), ("SSL_CERT_FILE", &trust)]);
    assert_eq!(with(&format!("http://127.0.0.1:{port}")), "the proxy refused: it cannot be reached");
    assert_eq!(
        with("http://no-such-proxy.invalid:3128"),
        "the proxy refused: the name no-such-proxy.invalid could not be looked up"
    );
    assert_eq!(with("http://"), "the proxy refused: HTTPS_PROXY is not an address");
}
