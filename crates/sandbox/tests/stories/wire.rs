//! What is on the wire, whole and broken.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use keyfob_sandbox::{Clock, Fault, Operation, Sandbox, Setup, What};
use serde_json::json;

use crate::client::{Device, accounts, demo, exchange, post, request, send, with};

#[tokio::test]
async fn an_answer_can_be_reset_after_any_number_of_bytes() {
    let (cloud, _) = demo().await;
    let tokens = Device::register(&cloud).log_in();
    let whole = accounts(&cloud, &tokens);
    let length = whole.head.len() + whole.body.len();
    for bytes in [0, 1, 17, whole.head.len(), whole.head.len() + 1, length - 1] {
        cloud.faults().add(Fault::on(Operation::ListAccounts, What::ResetAfter { bytes }));
        let got = accounts(&cloud, &tokens);
        assert!(got.reset, "after {bytes} bytes");
        assert_eq!(got.head.len() + got.body.len(), bytes);
    }
}

#[tokio::test]
async fn a_body_can_be_shorter_and_longer_than_announced() {
    let (cloud, _) = demo().await;
    let tokens = Device::register(&cloud).log_in();
    let announced = |got: &crate::client::Got| got.header("content-length").unwrap().parse::<usize>().unwrap();
    cloud.faults().add(Fault::on(Operation::ListAccounts, What::CutBody));
    let cut = accounts(&cloud, &tokens);
    assert!(cut.body.len() < announced(&cut) && !cut.body.is_empty());
    cloud.faults().add(Fault::on(Operation::ListAccounts, What::WrongLength));
    let long = accounts(&cloud, &tokens);
    assert!(long.body.len() > announced(&long));
}

#[tokio::test]
async fn a_huge_body_is_made_while_it_is_sent() {
    let (cloud, _) = demo().await;
    let bytes = 64 << 20;
    cloud.faults().add(Fault::anywhere(What::HugeBody { bytes }));
    let got = post(&cloud, "/client/register", &json!({}));
    assert_eq!(got.body.len() as u64, bytes);
    assert!(got.body.starts_with(b"{\"accessToken\":\"xx") && got.body.ends_with(b"x\"}"));
}

#[tokio::test]
async fn a_header_can_go_on_until_the_client_hangs_up() {
    let (cloud, _) = demo().await;
    cloud.faults().add(Fault::anywhere(What::EndlessHeader));
    let asked = request(&cloud, "POST", "/client/register", &[], "{}");
    let got = exchange(cloud.addr(), asked.as_bytes(), 1 << 20);
    assert!(got.head.len() >= 1 << 20, "it ended after {}", got.head.len());
}

#[tokio::test]
async fn a_slow_answer_comes_byte_by_byte_and_holds_nobody_else_up() {
    let (cloud, _) = demo().await;
    cloud.faults().add(Fault::on(Operation::RegisterClient, What::Drip { millis: 3_600_000 }));
    let mut slow = TcpStream::connect(cloud.addr()).unwrap();
    slow.write_all(request(&cloud, "POST", "/client/register", &[], "{}").as_bytes()).unwrap();
    let mut first = [0; 1];
    slow.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"H");
    cloud.faults().add(Fault::on(Operation::StartDeviceAuthorization, What::Delay { millis: 3_600_000 }));
    let mut stuck = TcpStream::connect(cloud.addr()).unwrap();
    stuck.write_all(request(&cloud, "POST", "/device_authorization", &[], "{}").as_bytes()).unwrap();
    // The others would take an hour.
    let body = json!({ "clientName": "quick", "clientType": "public" });
    assert_eq!(post(&cloud, "/client/register", &body).status, 200);
}

#[tokio::test]
async fn scripted_answers_go_out_as_they_were_written() {
    let (cloud, _) = demo().await;
    let ask = || post(&cloud, "/client/register", &json!({ "clientName": "x", "clientType": "public" }));
    let on = |what| cloud.faults().add(Fault::on(Operation::RegisterClient, what));
    let headers = vec![("Retry-After".to_owned(), "7".to_owned()), ("X-Bad".to_owned(), "a\r\nX-Evil: b".to_owned())];
    on(What::Status { status: 503, headers, body: "later".to_owned() });
    let got = ask();
    assert_eq!((got.status, got.header("retry-after"), got.body.as_slice()), (503, Some("7"), b"later".as_slice()));
    assert_eq!(got.header("x-evil"), None);
    on(What::Redirect { status: 307, to: "http://127.0.0.1:1/".to_owned() });
    assert_eq!(ask().header("location"), Some("http://127.0.0.1:1/"));
    on(What::Html200);
    assert!(ask().header("content-type").unwrap().starts_with("text/html"));
    on(What::EmptyBody);
    assert_eq!((ask().status, cloud.faults().waiting()), (200, 0));
    for patch in [json!(null), json!(0), json!(-1), json!("3600"), json!(1e30)] {
        on(What::Answer { patch: json!({ "clientSecretExpiresAt": patch }) });
        assert_eq!(ask().json()["clientSecretExpiresAt"], patch);
    }
    assert_eq!(ask().status, 200);
}

#[tokio::test]
async fn the_date_header_follows_the_clock_and_its_shift() {
    let (cloud, _) = demo().await;
    assert_eq!(send(&cloud, "GET", "/device", &[], "").header("date"), Some("Sat, 21 Nov 2026 10:40:00 GMT"));
    cloud.shift(-600);
    assert_eq!(send(&cloud, "GET", "/device", &[], "").header("date"), Some("Sat, 21 Nov 2026 10:30:00 GMT"));
}

#[tokio::test]
async fn chunked_bodies_and_several_requests_on_one_connection_are_read() {
    let (cloud, _) = demo().await;
    let body = r#"{"clientName":"x","clientType":"public"}"#;
    let (one, two) = body.split_at(9);
    let host = cloud.addr();
    let chunked = format!(
        "POST /client/register HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n\
         {:x}\r\n{one}\r\n{:x};ext=1\r\n{two}\r\n0\r\n\r\n",
        one.len(),
        two.len()
    );
    let asked = format!("{chunked}{chunked}{}", request(&cloud, "POST", "/client/register", &[], body));
    let got = exchange(host, asked.as_bytes(), usize::MAX);
    let text = format!("{}{}", got.head, String::from_utf8_lossy(&got.body));
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 3);
    assert_eq!(cloud.log()[1].body, body);
}

#[tokio::test]
async fn nonsense_and_oversized_requests_are_refused() {
    let (cloud, _) = demo().await;
    let refused = |bytes: &[u8]| exchange(cloud.addr(), bytes, usize::MAX).status;
    assert_eq!(refused(b"\x16\x03\x01 hello\r\n\r\n"), 400);
    assert_eq!(refused(b"POST /token HTTP/1.1\r\nContent-Length: 9999999999\r\n\r\n"), 400);
    assert_eq!(refused(b"POST /token HTTP/1.1\r\nContent-Length: -1\r\n\r\n"), 400);
    assert_eq!(post(&cloud, "/token", &json!([])).error(), "InvalidRequestException");
    assert_eq!(send(&cloud, "GET", "/nowhere", &[], "").status, 404);
}

#[tokio::test]
async fn the_control_surface_is_off_unless_asked_for_and_never_open_to_web_pages() {
    let (cloud, _) = demo().await;
    assert_eq!(post(&cloud, "/_control/pending", &json!({})).status, 404);
    drop(cloud);
    let (cloud, _) = with(|setup| setup.control = true).await;
    assert_eq!(post(&cloud, "/_control/pending", &json!({})).json(), json!({ "codes": [] }));
    let foreign = send(&cloud, "POST", "/_control/pending", &[("Origin", "https://evil.example")], "{}");
    assert_eq!(foreign.status, 403);
    let mistake = json!({ "lifetimes": { "session": "long" } });
    assert_eq!(post(&cloud, "/_control/setup", &mistake).status, 400);
    let changed = post(&cloud, "/_control/setup", &json!({ "lifetimes": { "session": 60 } }));
    assert_eq!(changed.json()["lifetimes"]["session"], 60);
    assert_eq!(Device::register(&cloud).log_in()["expiresIn"], 60);
}

#[tokio::test]
async fn the_port_is_free_again_when_the_sandbox_is_dropped() {
    let first = Sandbox::start(Setup::demo()).await.unwrap();
    let address = first.addr();
    let same = || Setup { port: address.port(), clock: Clock::system(), ..Setup::demo() };
    assert!(Sandbox::start(same()).await.is_err());
    drop(first);
    assert!(TcpStream::connect(address).is_err());
    assert_eq!(Sandbox::start(same()).await.unwrap().addr(), address);
}
