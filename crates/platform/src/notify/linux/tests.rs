//! Against servers on a bus of the test's own, one of them as particular as GNOME Shell's.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use keyfob_core::face::notice::Button;
use keyfob_core::words::action::Page;
use keyfob_core::words::notice::Kind;

use super::*;

/// A session bus that ends with the test.
struct Bus(Child, String);

impl Bus {
    fn start() -> Self {
        let mut command = Command::new("dbus-daemon");
        // One that starts nobody: where a machine has a notification server, it is not to answer here.
        let config = concat!("--config-file=", env!("CARGO_MANIFEST_DIR"), "/../../scripts/bus.conf");
        command.args([config, "--nofork", "--nopidfile", "--print-address=1"]);
        let mut bus = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("dbus-daemon is missing");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Bus(bus, address.trim().to_owned())
    }

    async fn connect(&self) -> Connection {
        zbus::connection::Builder::address(self.1.as_str()).unwrap().build().await.unwrap()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    number: u32,
    by: String,
    title: String,
    body: String,
    actions: Vec<String>,
    hints: Vec<String>,
}

/// A server that lets only the connection that showed a notice replace or close it.
#[derive(Clone)]
struct Shell {
    can: &'static [&'static str],
    shown: Arc<Mutex<Vec<Shown>>>,
    closed: Arc<Mutex<Vec<u32>>>,
    hangs: Arc<Mutex<bool>>,
}

impl Shell {
    fn new(can: &'static [&'static str]) -> Self {
        Shell { can, shown: Arc::default(), closed: Arc::default(), hangs: Arc::default() }
    }

    async fn start(&self, bus: &Bus) -> Connection {
        let bus = bus.connect().await;
        bus.object_server().at(PATH, self.clone()).await.unwrap();
        bus.request_name(NAME).await.unwrap();
        bus
    }

    fn shown(&self) -> Vec<Shown> {
        self.shown.lock().unwrap().clone()
    }

    fn check(&self, number: u32, by: &str) -> zbus::fdo::Result<()> {
        match self.shown().iter().rfind(|one| one.number == number) {
            Some(one) if one.by != by => Err(zbus::fdo::Error::InvalidArgs("Invalid notification ID".into())),
            _ => Ok(()),
        }
    }

    async fn answer(&self) {
        if *self.hangs.lock().unwrap() {
            std::future::pending::<()>().await;
        }
    }
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Shell {
    async fn get_capabilities(&self) -> Vec<String> {
        self.answer().await;
        self.can.iter().map(|can| (*can).to_owned()).collect()
    }

    #[allow(clippy::too_many_arguments)]
    async fn notify(
        &self,
        #[zbus(header)] header: zbus::message::Header<'_>,
        _name: String,
        replaces: u32,
        _icon: String,
        title: String,
        body: String,
        actions: Vec<String>,
        hints: BTreeMap<String, zbus::zvariant::OwnedValue>,
        _expires: i32,
    ) -> zbus::fdo::Result<u32> {
        self.answer().await;
        let by = header.sender().unwrap().to_string();
        self.check(replaces, &by)?;
        let mut shown = self.shown.lock().unwrap();
        let number = if replaces == 0 { u32::try_from(shown.len()).unwrap() + 1 } else { replaces };
        let hints = hints.iter().map(|(name, value)| format!("{name}={}", **value)).collect();
        shown.push(Shown { number, by, title, body, actions, hints });
        Ok(number)
    }

    async fn close_notification(
        &self,
        #[zbus(header)] header: zbus::message::Header<'_>,
        number: u32,
    ) -> zbus::fdo::Result<()> {
        self.answer().await;
        self.check(number, header.sender().unwrap())?;
        self.closed.lock().unwrap().push(number);
        Ok(())
    }
}

/// As GNOME Shell tells of a click: to whom showed the notice, and with a token for the focus right before.
async fn click(server: &Connection, shown: &Shown, key: &str) {
    let to = Some(shown.by.as_str());
    server.emit_signal(to, PATH, NAME, "ActivationToken", &(shown.number, "token")).await.unwrap();
    server.emit_signal(to, PATH, NAME, "ActionInvoked", &(shown.number, key)).await.unwrap();
    server.emit_signal(to, PATH, NAME, "NotificationClosed", &(shown.number, 2_u32)).await.unwrap();
}

/// What so many signals mean.
async fn heard(server: &mut Server, signals: &mut Signals, count: usize) -> Vec<Heard> {
    let mut heard = Vec::new();
    for _ in 0..count {
        heard.extend(server.take_in(&signals.next().await.unwrap().unwrap()));
    }
    heard
}

fn notice(title: &str) -> Notice {
    Notice {
        id: NoticeId::Keychain,
        kind: Kind::Locked,
        title: title.to_owned(),
        body: "R&D <is> waiting.".to_owned(),
        buttons: vec![Button { label: "Unlock", action: Action::Unlock }],
        click: Action::Open { page: Page::Keychain },
        urgency: Urgency::Normal,
        stays: false,
    }
}

const ALL: &[&str] = &["actions", "body", "body-markup"];

#[tokio::test]
async fn a_notice_is_replaced_and_clicked_where_only_its_sender_may() {
    let (bus, shell) = (Bus::start(), Shell::new(ALL));
    let desktop = shell.start(&bus).await;
    let (mut server, mut signals) = Server::on(bus.connect().await).await.unwrap();
    server.show(&notice("first")).await.unwrap();
    server.show(&Notice { id: NoticeId::Several, ..notice("other") }).await.unwrap();
    server.show(&notice("second")).await.unwrap();
    let shown = shell.shown();
    assert_eq!(
        shown.iter().map(|one| (one.number, one.title.as_str())).collect::<Vec<_>>(),
        [(1, "first"), (2, "other"), (1, "second")]
    );
    assert!(shown.iter().all(|one| one.by == shown[0].by), "GNOME Shell knows a program by one connection");
    click(&desktop, &shown[2], "0").await;
    let told = heard(&mut server, &mut signals, 3).await;
    assert_eq!(told, [Heard::Clicked(Action::Unlock), Heard::Closed(NoticeId::Keychain)]);
    server.close_all().await;
    assert_eq!(*shell.closed.lock().unwrap(), [2]);
}

#[tokio::test]
async fn a_click_that_is_told_twice_is_one_click() {
    let (bus, shell) = (Bus::start(), Shell::new(ALL));
    let desktop = shell.start(&bus).await;
    let (mut server, mut signals) = Server::on(bus.connect().await).await.unwrap();
    server.show(&notice("once")).await.unwrap();
    // The shell behind its notification server, or anybody else.
    let other = bus.connect().await;
    other.emit_signal(None::<&str>, PATH, NAME, "ActionInvoked", &(1_u32, "default")).await.unwrap();
    assert_eq!(heard(&mut server, &mut signals, 1).await, []);
    click(&desktop, &shell.shown()[0], "default").await;
    let told = heard(&mut server, &mut signals, 3).await;
    assert_eq!(told, [Heard::Clicked(notice("").click), Heard::Closed(NoticeId::Keychain)]);
}

#[tokio::test]
async fn a_server_that_comes_with_the_first_notice_keeps_it_and_one_that_goes_takes_it_along() {
    let (bus, shell) = (Bus::start(), Shell::new(ALL));
    let (mut server, mut signals) = Server::on(bus.connect().await).await.unwrap();
    let desktop = shell.start(&bus).await;
    server.show(&notice("kept")).await.unwrap();
    assert_eq!(heard(&mut server, &mut signals, 1).await, [], "the news of its coming");
    click(&desktop, &shell.shown()[0], "0").await;
    assert_eq!(heard(&mut server, &mut signals, 2).await, [Heard::Clicked(Action::Unlock)]);
    desktop.release_name(NAME).await.unwrap();
    assert_eq!(heard(&mut server, &mut signals, 2).await, [Heard::Closed(NoticeId::Keychain)]);
}

#[tokio::test]
async fn a_notice_says_what_its_server_can_show() {
    for (can, body, actions) in [
        (ALL, "R&amp;D &lt;is&gt; waiting.", vec!["default", "Open", "0", "Unlock"]),
        (&["body"], "R&D <is> waiting. Open Keyfob to unlock it.", vec![]),
        (&["actions"], "", vec!["default", "Open", "0", "Unlock"]),
    ] {
        let (bus, shell) = (Bus::start(), Shell::new(can));
        let _desktop = shell.start(&bus).await;
        let (mut server, _signals) = Server::on(bus.connect().await).await.unwrap();
        server.show(&notice("Unlock your keychain")).await.unwrap();
        let shown = shell.shown().remove(0);
        assert_eq!((shown.body.as_str(), shown.actions), (body, actions.into_iter().map(str::to_owned).collect()));
        let hints = [
            "category=\"x-keyfob.session\"",
            "desktop-entry=\"keyfob-desktop\"",
            "transient=false",
            "urgency=byte 0x01",
        ];
        assert_eq!(shown.hints, hints);
        // What was copied is gone when it has been read.
        server.show(&Notice { id: NoticeId::Copied, urgency: Urgency::Low, ..notice("Copied") }).await.unwrap();
        assert_eq!(shell.shown()[1].hints[2..], ["transient=true", "urgency=byte 0x00"]);
    }
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_and_asked_again_for_the_next_notice() {
    let (bus, shell) = (Bus::start(), Shell::new(ALL));
    let _desktop = shell.start(&bus).await;
    let (mut server, _signals) = Server::on(bus.connect().await).await.unwrap();
    *shell.hangs.lock().unwrap() = true;
    tokio::time::pause();
    let begin = tokio::time::Instant::now();
    assert!(server.show(&notice("lost")).await.is_err());
    assert_eq!(begin.elapsed().as_secs(), 5);
    tokio::time::resume();
    *shell.hangs.lock().unwrap() = false;
    server.show(&notice("shown")).await.unwrap();
    assert_eq!(shell.shown()[0].title, "shown");
}
