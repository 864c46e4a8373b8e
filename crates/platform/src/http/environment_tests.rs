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
use crate::environment::{AwsConfigFile, SystemEnvironment, from_home};

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
    let environment = Arc::new(SystemEnvironment::new(AwsConfigFile {
        find: |env| {
            let home = env("HOME");
            match env("AWS_CONFIG_FILE") {
                Some(path) => Some(from_home(&path, home.as_deref())),
                None => Some(Path::new(&home?).join(".aws/config")),
            }
        },
        setting: |file, profile, key| {
            let text = String::from_utf8_lossy(file);
            let section = text.split('[').find_map(|section| section.strip_prefix(profile))?;
            section.lines().find_map(|line| Some(line.strip_prefix(key)?.strip_prefix(" = ")?.to_owned()))
        },
    }));
    let answer = Internet::new(environment).send(Request::get(url).body(Bytes::new()).unwrap()).await;
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
    let trusted = format!("; only the certificates in {trust} (SSL_CERT_FILE) are trusted");
    let refused = |why: &str| format!("the secure connection to localhost failed: {why}{trusted}");

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
    let said = ask(tls_server(&ours, "localhost", self_signed));
    assert!(said.starts_with("the secure connection to localhost failed: "), "an authority is no server");
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
    assert_eq!(said, "SSL_CERT_FILE cannot be used: /nowhere: No such file or directory (os error 2)");
    let said = asked("https://x.example/", &nothing[1..]);
    assert_eq!(said, "SSL_CERT_DIR cannot be used: /nowhere: No such file or directory (os error 2)");
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
    let place = proxy.strip_prefix("http://").unwrap();
    let no_way = format!("there was no way through the proxy: HTTPS_PROXY names {place}, and it");
    assert_eq!(said, format!("{no_way} wants a user name and password (407)"));
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
    for scheme in ["http", "https", "socks5", "socks5h", "socks4a"] {
        // What SOCKS leaves to us cannot be looked up before the proxy is asked.
        let host = if scheme == "socks5" { "192.0.2.1" } else { "x.example" };
        let proxy = format!("{scheme}://127.0.0.1:{port}/");
        assert_eq!(
            asked(&format!("https://{host}/"), &[("HTTPS_PROXY", &proxy), ("SSL_CERT_FILE", &trust)]),
            format!("there was no way through the proxy: HTTPS_PROXY names 127.0.0.1:{port}, and it cannot be reached")
        );
    }
    assert_eq!(
        with("http://no-such-proxy.invalid:3128"),
        "there was no way through the proxy: HTTPS_PROXY names no-such-proxy.invalid:3128, and its name could not be \
         looked up"
    );
    assert_eq!(with("http://"), "HTTPS_PROXY cannot be used: it is not an address");
}

// F205
#[test]
fn however_a_proxy_is_written_nothing_goes_past_it() {
    let (dir, ours) = (tempfile::tempdir().unwrap(), authority("ours"));
    let trust = written(dir.path(), &ours.1);
    let (port, heard) = listener(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
    // "ann:p@ ss" in base64, and "ann:gr\xfcn" for who wrote a byte.
    let (ann, latin) = ("proxy-authorization: Basic YW5uOnBAIHNz", "proxy-authorization: Basic YW5uOmdy/G4=");
    for (proxy, login) in [
        (format!("http://127.0.0.1:{port}/"), ""),
        (format!(" http://127.0.0.1:{port}"), ""),
        (format!("127.0.0.1:{port}/"), ""),
        (format!("HTTP://localhost:{port}"), ""),
        (format!("http://ann:p@ ss@127.0.0.1:{port}/"), ann),
        (format!("http://ann:p%40%20ss@127.0.0.1:{port}"), ann),
        (format!("http://ann:gr%FCn@127.0.0.1:{port}"), latin),
    ] {
        let said = asked("https://x.example/", &[("HTTPS_PROXY", &proxy), ("SSL_CERT_FILE", &trust)]);
        let request = heard.recv_timeout(Duration::from_secs(60)).expect(&said);
        assert!(request.starts_with("CONNECT x.example:443 HTTP/1.1\r\n"), "{proxy:?}: {request}");
        assert!(request.to_lowercase().contains(&login.to_lowercase()), "{proxy:?}: {request}");
        let refused = if login.is_empty() { "it wants a" } else { "it does not take the" };
        assert!(said.contains(refused) && said.ends_with("(407)") && !said.contains("p@"), "{said}");
    }
    // The first words of SOCKS 5, with a login (RFC 1928, section 3).
    let proxy = format!("socks5h://ann:p@127.0.0.1:{port}");
    asked("https://x.example/", &[("ALL_PROXY", &proxy), ("SSL_CERT_FILE", &trust)]);
    assert!(heard.recv_timeout(Duration::from_secs(60)).unwrap().starts_with('\u{5}'));
}

// F206
#[test]
fn a_host_that_no_proxy_names_is_asked_directly() {
    let (dir, ours) = (tempfile::tempdir().unwrap(), authority("ours"));
    let trust = written(dir.path(), &ours.1);
    let (proxy, heard) = listener(ANSWER);
    let proxy = format!("http://127.0.0.1:{proxy}");
    let env = [("HTTPS_PROXY", proxy.as_str()), ("NO_PROXY", "other.test, *.invalid"), ("SSL_CERT_FILE", &trust)];
    assert_eq!(asked("https://x.invalid/", &env), "the name x.invalid could not be looked up");
    assert!(heard.try_recv().is_err(), "the proxy was asked");
}

// F207
#[test]
fn certificates_come_from_the_bundle_that_the_aws_tools_would_take() {
    let (dir, ours, other) = (tempfile::tempdir().unwrap(), authority("ours"), authority("other"));
    let (good, bad) = (written(dir.path(), &ours.1), dir.path().join("other.pem").display().to_string());
    std::fs::write(&bad, &other.1).unwrap();
    let url = format!("https://localhost:{}/", tls_server(&ours, "localhost", |_| {}));
    std::fs::create_dir(dir.path().join(".aws")).unwrap();
    let config = |text: &str| std::fs::write(dir.path().join(".aws/config"), text).unwrap();
    let home = ("HOME", dir.path().to_str().unwrap());

    config("[default]\nregion = eu-west-1\n[profile corp]\n");
    let order = ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"];
    for (at, first) in order.into_iter().enumerate() {
        let later = order[at + 1..].iter().map(|name| (*name, bad.as_str()));
        let env: Vec<_> = [home, (first, good.as_str())].into_iter().chain(later).collect();
        assert_eq!(asked(&url, &env), "200 OK", "{first}");
        let said = asked(&url, &[home, (first, &bad)]);
        let trusted = format!("only the certificates in {bad} ({first}) are trusted");
        assert!(said.ends_with(&trusted), "{said}");
    }

    config(&format!("[default]\nca_bundle = {good}\n[profile corp]\nca_bundle = {bad}\n"));
    assert_eq!(asked(&url, &[home, ("REQUESTS_CA_BUNDLE", &bad)]), "200 OK");
    assert!(asked(&url, &[home, ("AWS_CA_BUNDLE", &bad)]).ends_with("(AWS_CA_BUNDLE) are trusted"));
    let said = asked(&url, &[home, ("AWS_PROFILE", "profile corp")]);
    let place = dir.path().join(".aws/config").display().to_string();
    assert!(said.ends_with(&format!("only the certificates in {bad} (ca_bundle in {place}) are trusted")), "{said}");
    let moved = dir.path().join("moved").display().to_string();
    std::fs::rename(dir.path().join(".aws/config"), &moved).unwrap();
    assert_eq!(asked(&url, &[home, ("AWS_CONFIG_FILE", "~/moved")]), "200 OK");
}

// F207
#[test]
fn a_bundle_may_look_as_bundles_do_and_one_bad_certificate_costs_no_other() {
    let (dir, ours, other) = (tempfile::tempdir().unwrap(), authority("ours"), authority("other"));
    let url = format!("https://localhost:{}/", tls_server(&ours, "localhost", |_| {}));
    let ask = |name: &str, text: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        asked(&url, &[("AWS_CA_BUNDLE", path.to_str().unwrap())])
    };
    let begin = "-----BEGIN CERTIFICATE-----";
    let bad = format!("{begin}\nAAAA\n-----END CERTIFICATE-----\n");
    let broken = format!("{begin}\n§§§§\n-----END CERTIFICATE-----\n");
    for (name, text) in [
        ("several", format!("{}{}", other.1, ours.1)),
        ("comments", format!("# Corp\n=====\nsubject=CN=ours\n{}\n# end", ours.1)),
        ("crlf", format!("{}{}", other.1, ours.1).replace('\n', "\r\n")),
        ("mark", format!("\u{feff}{}", ours.1)),
        ("bad ones", format!("{bad}{broken}{}{bad}", ours.1)),
        ("no end of line", ours.1.trim_end().to_owned()),
        ("größe.pem", ours.1.clone()),
    ] {
        assert_eq!(ask(name, text.as_bytes()), "200 OK", "{name}");
    }
    let place = |name: &str| dir.path().join(name).display().to_string();
    let none = "it has no certificate in it (PEM)";
    for (name, text, why) in [
        ("empty", String::new(), none),
        ("prose", "the certificate is on the intranet".into(), none),
        ("bad only", bad, "it has no certificate that can be read"),
    ] {
        assert_eq!(ask(name, text.as_bytes()), format!("AWS_CA_BUNDLE cannot be used: {}: {why}", place(name)));
    }
    let folder = place("folder");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(format!("{folder}/a.pem"), &other.1).unwrap();
    std::fs::write(format!("{folder}/5ed36f99.0"), &ours.1).unwrap();
    assert_eq!(asked(&url, &[("REQUESTS_CA_BUNDLE", &folder)]), "200 OK");
    assert_eq!(asked(&url, &[("SSL_CERT_DIR", &format!("/nowhere:{folder}"))]), "200 OK");
    let said = asked(&url, &[("AWS_CA_BUNDLE", "/nowhere/corp.pem"), ("SSL_CERT_DIR", &folder)]);
    assert_eq!(said, "AWS_CA_BUNDLE cannot be used: /nowhere/corp.pem: No such file or directory (os error 2)");
    let said = asked(&url, &[("AWS_CA_BUNDLE", "/dev/zero")]);
    assert_eq!(said, "AWS_CA_BUNDLE cannot be used: /dev/zero: it is no file");
}
