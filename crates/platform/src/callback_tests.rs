//! One request is the right one; a thousand others change nothing.
#![allow(clippy::unwrap_used)]

use super::*;

fn expected(port: Option<u16>) -> Expected {
    Expected {
        port,
        path: "/oauth/callback".into(),
        state: Secret::new("the-state"),
        done: "<p>done</p>".into(),
        refused: "<p>refused</p>".into(),
    }
}

async fn ask(port: u16, request: String) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

fn get(target: &str, host: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n")
}

#[tokio::test]
async fn the_right_request_is_taken_among_many_that_are_not() {
    let mut door = Loopback.open(expected(None)).await.unwrap();
    let port = door.port();
    let host = format!("127.0.0.1:{port}");
    let right = "/oauth/callback?state=the-state&code=the-code";
    let strangers = tokio::spawn({
        let host = host.clone();
        async move {
            let wrong = [
                get("/", &host),
                get("/favicon.ico", &host),
                get("/oauth/callback", &host),
                get("/oauth/callback?state=other&code=forged", &host),
                get("/oauth/callback?state=the-stat&code=forged", &host),
                get("/oauth/callback?code=forged", &host),
                get("/oauth/callback?state=the-state&state=the-state&code=x", &host),
                get("/other?state=the-state&code=forged", &host),
                get(right, "evil.example"),
                get(right, &format!("evil.example:{port}")),
                format!("POST {right} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
                "nonsense\r\n\r\n".into(),
            ];
            for number in 0..1000 {
                assert_eq!(ask(port, wrong[number % wrong.len()].clone()).await, NOTHING);
            }
            ask(port, get(right, &host)).await
        }
    });
    let answer = door.answer().await;
    assert_eq!(answer.keys().collect::<Vec<_>>(), ["code"]);
    assert_eq!(answer["code"].expose(), "the-code");
    let page = strangers.await.unwrap();
    assert!(page.ends_with("<p>done</p>") && page.contains("default-src 'none'"), "{page}");
    drop(door);
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err(), "it is closed at once");
}

#[tokio::test]
async fn a_refusal_of_the_provider_is_an_answer_too() {
    let mut door = Loopback.open(expected(None)).await.unwrap();
    let port = door.port();
    let asked = tokio::spawn(async move {
        ask(port, get("/oauth/callback?error=access_denied&state=the-state", &format!("localhost:{port}"))).await
    });
    assert_eq!(door.answer().await["error"].expose(), "access_denied");
    assert!(asked.await.unwrap().ends_with("<p>refused</p>"));
}

#[tokio::test]
async fn both_loopbacks_hear_and_a_port_that_is_taken_is_told_at_once() {
    let mut door = Loopback.open(expected(None)).await.unwrap();
    let port = door.port();
    // F293: nobody of ours answers there until it is waited for, which a login does as soon as it listens.
    let waits = tokio::spawn(async move { (door.answer().await, door) });
    let second = Loopback.open(expected(Some(port))).await;
    assert_eq!(second.unwrap_err(), CallbackError::Busy { port });
    if let Ok(mut six) = TcpStream::connect((Ipv6Addr::LOCALHOST, port)).await {
        let asked = tokio::spawn(async move {
            let request = get("/oauth/callback?state=the-state&code=six", &format!("[::1]:{port}"));
            six.write_all(request.as_bytes()).await.unwrap();
            let mut page = String::new();
            let _ = six.read_to_string(&mut page).await;
            page
        });
        assert_eq!(waits.await.unwrap().0["code"].expose(), "six");
        asked.await.unwrap();
    }
}

// F293
#[tokio::test]
async fn a_port_of_another_program_is_not_taken_for_one_of_ours() {
    for says in ["", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", NOTHING.trim_end()] {
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = other.local_addr().unwrap().port();
        let speaks = tokio::spawn(async move {
            let (mut stream, _) = other.accept().await.unwrap();
            stream.write_all(says.as_bytes()).await.unwrap();
            (other, stream)
        });
        assert_eq!(Loopback.open(expected(Some(port))).await.unwrap_err(), CallbackError::Taken { port }, "{says}");
        speaks.await.unwrap();
    }
}

// F292
#[tokio::test]
async fn after_a_login_that_was_cancelled_nobody_listens_and_the_next_one_begins_at_once() {
    let mut door = Loopback.open(expected(None)).await.unwrap();
    let port = door.port();
    let waits = tokio::spawn(async move { door.answer().await });
    let late = ask(port, get("/", &format!("127.0.0.1:{port}"))).await;
    assert_eq!(late, NOTHING);
    waits.abort();
    assert!(waits.await.unwrap_err().is_cancelled());
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err(), "a callback after it reaches nobody");
    assert_eq!(Loopback.open(expected(Some(port))).await.unwrap().port(), port);
}

#[tokio::test]
async fn connections_that_say_nothing_keep_nobody_from_answering() {
    let mut door = Loopback.open(expected(None)).await.unwrap();
    let port = door.port();
    let mut silent = Vec::new();
    for _ in 0..MOST / 2 {
        silent.push(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap());
    }
    let asked = tokio::spawn(async move {
        ask(port, get("/oauth/callback?state=the-state&code=c", &format!("127.0.0.1:{port}"))).await
    });
    assert_eq!(door.answer().await["code"].expose(), "c");
    asked.await.unwrap();
}

#[test]
fn what_is_expected_shows_nothing_of_its_state() {
    assert!(!format!("{:?}", expected(None)).contains("the-state"));
}

// F281
#[tokio::test]
async fn a_second_login_on_a_fixed_port_is_told_of_the_first_and_of_nobody_else() {
    let mut first = Loopback.open(expected(None)).await.unwrap();
    let port = first.port();
    let waiting = tokio::spawn(async move { first.answer().await });
    assert_eq!(Loopback.open(expected(Some(port))).await.unwrap_err(), CallbackError::Busy { port });
    waiting.abort();
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = other.local_addr().unwrap().port();
    let talks = tokio::spawn(async move {
        let (mut stream, _) = other.accept().await.unwrap();
        stream.write_all(b"220 somebody else\r\n").await.unwrap();
    });
    assert_eq!(Loopback.open(expected(Some(port))).await.unwrap_err(), CallbackError::Taken { port });
    talks.await.unwrap();
}
