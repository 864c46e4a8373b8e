//! The limits and the refusals, against servers that misbehave on a real socket.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;

use keyfob_core::doors::environment::Variables;

use super::*;

/// A server for one connection: it reads the request's head, then does what the test says. The receiver
/// gets the head.
fn server(act: impl FnOnce(TcpStream) + Send + 'static) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (say, heard) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = say.send(head(&mut stream));
        act(stream);
    });
    (address, heard)
}

fn head(stream: &mut TcpStream) -> String {
    let (mut text, mut byte) = (Vec::new(), [0]);
    while !text.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        text.push(byte[0]);
    }
    String::from_utf8_lossy(&text).into_owned()
}

async fn get(url: &str) -> Result<Response<Bytes>, HttpError> {
    Internet::new(Arc::new(Variables::default())).send(Request::get(url).body(Bytes::new()).unwrap()).await
}

fn host() -> String {
    "127.0.0.1".into()
}

#[tokio::test]
async fn an_answer_comes_back_with_status_headers_and_body() {
    let (address, heard) = server(|mut s| {
        s.write_all(b"HTTP/1.1 418 Teapot\r\nx-a: b\r\ncontent-length: 2\r\n\r\nhi").unwrap();
    });
    let answer = get(&format!("http://{address}/p?q=1")).await.unwrap();
    assert_eq!(answer.status(), 418);
    assert_eq!(answer.headers()["x-a"], "b");
    assert_eq!(&answer.body()[..], b"hi");
    let asked = heard.recv().unwrap();
    assert!(asked.starts_with("GET /p?q=1 HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains(&format!("user-agent: {USER_AGENT}\r\n")), "{asked}");
    assert!(!asked.to_lowercase().contains("accept-encoding"), "nothing is decompressed (F07): {asked}");
}

// T09
#[tokio::test]
async fn a_redirect_is_handed_back_and_never_followed() {
    let (address, _) = server(|mut s| {
        s.write_all(b"HTTP/1.1 307 X\r\nlocation: http://127.0.0.1:1/steal\r\ncontent-length: 0\r\n\r\n").unwrap();
    });
    assert_eq!(get(&format!("http://{address}/")).await.unwrap().status(), 307);
}

// F04, F06
#[tokio::test]
async fn an_answer_that_breaks_off_is_no_answer() {
    for part in [
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ] {
        let (address, _) = server(move |mut s| s.write_all(part.as_bytes()).unwrap());
        assert_eq!(get(&format!("http://{address}/")).await.unwrap_err(), HttpError::Cut { host: host() }, "{part:?}");
    }
}

// F07
#[tokio::test]
async fn a_body_over_the_limit_is_refused_by_its_length_and_by_counting() {
    let (declared, _) = server(|mut s| {
        s.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1048577\r\n\r\n").unwrap();
        // The answer must come without any of the body.
        let _ = s.read(&mut [0]);
    });
    assert_eq!(get(&format!("http://{declared}/")).await.unwrap_err(), HttpError::TooLarge { host: host() });
    let (endless, _) = server(|mut s| {
        let _ = s.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while s.write_all(&[b'x'; 65536]).is_ok() {}
    });
    assert_eq!(get(&format!("http://{endless}/")).await.unwrap_err(), HttpError::TooLarge { host: host() });
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_taken() {
    let (address, _) = server(|mut s| {
        s.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1048576\r\n\r\n").unwrap();
        s.write_all(&vec![b'x'; MAX_BODY]).unwrap();
    });
    assert_eq!(get(&format!("http://{address}/")).await.unwrap().body().len(), MAX_BODY);
}

// F03, F07: silence, and one byte now and then
#[tokio::test(start_paused = true)]
async fn a_silent_server_is_given_up_after_twenty_seconds() {
    let (address, _) = server(|mut s| {
        let _ = s.read(&mut [0]);
    });
    let before = tokio::time::Instant::now();
    assert_eq!(get(&format!("http://{address}/")).await.unwrap_err(), HttpError::TimedOut { host: host() });
    assert!(before.elapsed() <= TOTAL + Duration::from_millis(50), "{:?}", before.elapsed());
}

#[tokio::test]
async fn a_closed_port_is_named_as_refused() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(
        get(&format!("http://127.0.0.1:{port}/")).await.unwrap_err(),
        HttpError::Connect { host: host(), why: "the connection was refused".into() }
    );
}

// F02
#[tokio::test]
async fn a_name_that_does_not_exist_is_named() {
    assert_eq!(
        get("https://no-such-name.invalid/secret?token=1").await.unwrap_err(),
        HttpError::Dns { host: "no-such-name.invalid".into() }
    );
}

#[tokio::test]
async fn nothing_is_sent_without_tls_to_another_computer() {
    for url in ["http://x.example/?t=s3cret", "http://127.0.0.1.evil.example/", "http://10.0.0.1/", "ftp://x.example/"]
    {
        let error = get(url).await.unwrap_err();
        assert!(matches!(error, HttpError::Malformed { .. }), "{url}: {error}");
        assert!(!error.to_string().contains("s3cret"));
    }
}
