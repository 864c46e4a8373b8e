//! Against servers on a bus of the test's own, one of them as particular as GNOME Shell's.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use keyfob_core::face::notice::Button;
use keyfob_core::words::action::Page;
use keyfob_core::words::notice::Kind;

use keyfob_core::face::notice::Urgency;
use keyfob_core::words::action::Action;
use tokio::sync::watch;

use super::super::Notices;
use super::*;

/// A session bus that ends with the test.
struct TestBus(Child, String);

impl TestBus {
    fn start() -> Self {
        let mut command = Command::new("dbus-daemon");
        // One that starts nobody: where a machine has a notification server, it is not to answer here.
        let config = concat!("--config-file=", env!("CARGO_MANIFEST_DIR"), "/../../scripts/bus.conf");
        command.args([config, "--nofork", "--nopidfile", "--print-address=1"]);
        let mut bus = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("dbus-daemon is missing");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        TestBus(bus, address.trim().to_owned())
    }

    async fn connect(&self) -> Connection {
        zbus::connection::Builder::address(self.1.as_str()).unwrap().build().await.unwrap()
    }
}

impl Drop for TestBus {
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
    /// Milliseconds, -1 when the server may decide and 0 for never.
    expires: i32,
}

/// A server that lets only the connection that showed a notice replace or close it.
#[derive(Clone)]
struct Shell {
    can: &'static [&'static str],
    shown: Arc<Mutex<Vec<Shown>>>,
    closed: Arc<Mutex<Vec<u32>>>,
    /// True while it hangs.
    hangs: watch::Sender<bool>,
    /// It knows nothing of what it took away, and gives what comes in its place a new number.
    forgets: bool,
}

impl Shell {
    fn new(can: &'static [&'static str]) -> Self {
        Shell { can, shown: Arc::default(), closed: Arc::default(), hangs: watch::Sender::new(false), forgets: false }
    }

    async fn start(&self, bus: &TestBus) -> Connection {
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
        let _ = self.hangs.subscribe().wait_for(|hangs| !hangs).await;
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
        expires: i32,
    ) -> zbus::fdo::Result<u32> {
        self.answer().await;
        let by = header.sender().unwrap().to_string();
        self.check(replaces, &by)?;
        let mut shown = self.shown.lock().unwrap();
        let number = if replaces == 0 || self.forgets { u32::try_from(shown.len()).unwrap() + 1 } else { replaces };
        let hints = hints.iter().map(|(name, value)| format!("{name}={}", **value)).collect();
        shown.push(Shown { number, by, title, body, actions, hints, expires });
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
}

async fn close(server: &Connection, shown: &Shown, reason: u32) {
    let to = Some(shown.by.as_str());
    server.emit_signal(to, PATH, NAME, "NotificationClosed", &(shown.number, reason)).await.unwrap();
}

/// What is heard of notices, and the way to show some.
struct Ears {
    notices: Notices,
    heard: UnboundedReceiver<Heard>,
    /// How the bus stands, for tests in which it goes.
    standing: watch::Sender<Standing>,
}

impl Ears {
    async fn on(bus: &TestBus) -> Self {
        let mut ears = Ears::without();
        ears.standing.send_replace(Standing::There(bus.connect().await));
        assert_eq!(ears.next().await, Heard::Returned);
        ears
    }

    fn without() -> Self {
        let (standing, bus) = watch::channel(Standing::Missing);
        let (say, heard) = unbounded_channel();
        let notices = Notices::start(crate::bus::Bus::of(bus), move |heard| say.send(heard).unwrap());
        Ears { notices, heard, standing }
    }

    async fn next(&mut self) -> Heard {
        tokio::time::timeout(Duration::from_secs(180), self.heard.recv()).await.unwrap().unwrap()
    }

    /// Shows a notice and waits for it.
    async fn show(&self, notice: Notice, shell: &Shell) -> Shown {
        let before = shell.shown().len();
        self.notices.show(notice);
        until(|| shell.shown().len() > before).await;
        shell.shown()[before].clone()
    }

    /// What was heard so far: a notice of its own is the last word.
    async fn all(&mut self, shell: &Shell, desktop: &Connection) -> Vec<Heard> {
        let last = Notice { id: NoticeId::Copied, click: Action::RetryNow, ..notice("last") };
        let shown = self.show(last, shell).await;
        let mut all = Vec::new();
        // A click is heard only once the answer was.
        loop {
            desktop
                .emit_signal(Some(shown.by.as_str()), PATH, NAME, "ActionInvoked", &(shown.number, "default"))
                .await
                .unwrap();
            match tokio::time::timeout(Duration::from_millis(20), self.heard.recv()).await {
                Ok(Some(Heard::Clicked(Action::RetryNow))) => return all,
                Ok(other) => all.extend(other),
                Err(_) => {}
            }
        }
    }
}

async fn until(is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(180));
        tokio::task::yield_now().await;
    }
}

fn token() -> Heard {
    Heard::Token("token".into())
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
    let (bus, shell) = (TestBus::start(), Shell::new(ALL));
    let desktop = shell.start(&bus).await;
    let mut ears = Ears::on(&bus).await;
    ears.show(notice("first"), &shell).await;
    ears.show(Notice { id: NoticeId::Several, ..notice("other") }, &shell).await;
    ears.show(notice("second"), &shell).await;
    let shown = shell.shown();
    assert_eq!(
        shown.iter().map(|one| (one.number, one.title.as_str())).collect::<Vec<_>>(),
        [(1, "first"), (2, "other"), (1, "second")]
    );
    assert!(shown.iter().all(|one| one.by == shown[0].by), "GNOME Shell knows a program by one connection");
    assert_eq!(ears.all(&shell, &desktop).await, []);
    click(&desktop, &shown[2], "0").await;
    close(&desktop, &shown[2], 2).await;
    let told = [ears.next().await, ears.next().await, ears.next().await];
    assert_eq!(told, [token(), Heard::Clicked(Action::Unlock), Heard::Closed(NoticeId::Keychain)]);
    ears.notices.end().await;
    assert_eq!(*shell.closed.lock().unwrap(), [2, 4]);
}

#[tokio::test]
async fn a_click_that_is_told_twice_is_one_click() {
    let (bus, shell) = (TestBus::start(), Shell::new(ALL));
    let desktop = shell.start(&bus).await;
    let mut ears = Ears::on(&bus).await;
    let shown = ears.show(notice("once"), &shell).await;
    // The shell behind its notification server, or anybody else.
    let other = bus.connect().await;
    other.emit_signal(None::<&str>, PATH, NAME, "ActionInvoked", &(1_u32, "default")).await.unwrap();
    assert_eq!(ears.all(&shell, &desktop).await, []);
    click(&desktop, &shown, "default").await;
    assert_eq!([ears.next().await, ears.next().await], [token(), Heard::Clicked(notice("").click)]);
}

// F137
#[tokio::test]
async fn a_notice_that_its_server_took_away_can_still_be_clicked_in_its_history() {
    for forgets in [false, true] {
        let (bus, shell) = (TestBus::start(), Shell { forgets, ..Shell::new(ALL) });
        let desktop = shell.start(&bus).await;
        let mut ears = Ears::on(&bus).await;
        let shown = ears.show(notice("expires"), &shell).await;
        assert_eq!(ears.all(&shell, &desktop).await, []);
        for reason in [1, 4] {
            close(&desktop, &shown, reason).await;
            assert_eq!(ears.all(&shell, &desktop).await, [], "it is not closed: it lies in the history");
            click(&desktop, &shown, "0").await;
            assert_eq!([ears.next().await, ears.next().await], [token(), Heard::Clicked(Action::Unlock)]);
        }
        // Another one in its place is not the end of the history either.
        let next = ears.show(notice("again"), &shell).await;
        assert_eq!(ears.all(&shell, &desktop).await, []);
        assert_eq!(next.number == shown.number, !forgets);
        click(&desktop, &shown, "default").await;
        assert_eq!([ears.next().await, ears.next().await], [token(), Heard::Clicked(notice("").click)]);
        // A person who dismissed it, or we who closed it, want nothing more of it.
        ears.notices.close(NoticeId::Keychain);
        assert_eq!(ears.all(&shell, &desktop).await, []);
        click(&desktop, &shown, "0").await;
        assert_eq!(ears.all(&shell, &desktop).await, []);
        let closed = shell.closed.lock().unwrap().clone();
        assert!(closed.contains(&shown.number) && closed.contains(&next.number), "{closed:?}");
    }
}

#[tokio::test]
async fn a_server_that_comes_with_the_first_notice_keeps_it_and_one_that_goes_takes_it_along() {
    let (bus, shell) = (TestBus::start(), Shell::new(ALL));
    let mut ears = Ears::on(&bus).await;
    let desktop = shell.start(&bus).await;
    assert_eq!(ears.next().await, Heard::Returned, "the news of its coming");
    let shown = ears.show(notice("kept"), &shell).await;
    assert_eq!(ears.all(&shell, &desktop).await, []);
    click(&desktop, &shown, "0").await;
    assert_eq!([ears.next().await, ears.next().await], [token(), Heard::Clicked(Action::Unlock)]);
    desktop.release_name(NAME).await.unwrap();
    let gone = [ears.next().await, ears.next().await];
    assert!(gone.contains(&Heard::Closed(NoticeId::Keychain)), "{gone:?}");
}

// F139
#[tokio::test]
async fn a_notice_that_must_be_seen_is_lost_with_its_server_and_a_new_server_is_news() {
    let (bus, shell) = (TestBus::start(), Shell::new(ALL));
    let desktop = shell.start(&bus).await;
    let mut ears = Ears::on(&bus).await;
    ears.show(Notice { stays: true, ..notice("has ended") }, &shell).await;
    assert_eq!(ears.all(&shell, &desktop).await, []);
    desktop.release_name(NAME).await.unwrap();
    let gone = [ears.next().await, ears.next().await];
    assert!(gone.contains(&Heard::Lost(NoticeId::Keychain)), "{gone:?}");
    let _next = shell.start(&bus).await;
    assert_eq!(ears.next().await, Heard::Returned);
}

// F134, F139
#[tokio::test]
async fn without_a_bus_nothing_is_delivered_and_every_bus_that_comes_is_used() {
    let shell = Shell::new(ALL);
    let mut ears = Ears::without();
    for _ in 0..2 {
        ears.notices.show(notice("nobody"));
        assert_eq!(ears.next().await, Heard::Undelivered(notice("nobody")));
        let bus = TestBus::start();
        let desktop = shell.start(&bus).await;
        ears.standing.send_replace(Standing::There(bus.connect().await));
        assert_eq!(ears.next().await, Heard::Returned);
        ears.show(Notice { stays: true, ..notice("has ended") }, &shell).await;
        assert_eq!(ears.all(&shell, &desktop).await, []);
        drop(bus);
        let lost = [ears.next().await, ears.next().await];
        assert_eq!(lost, [Heard::Lost(NoticeId::Keychain), Heard::Closed(NoticeId::Copied)]);
        ears.standing.send_replace(Standing::Missing);
    }
}

#[tokio::test]
async fn a_notice_says_what_its_server_can_show() {
    for (can, body, actions) in [
        (ALL, "R&amp;D &lt;is&gt; waiting.", vec!["default", "Open", "0", "Unlock"]),
        (&["body"], "R&D <is> waiting. Open Keyfob to unlock it.", vec![]),
        (&["actions"], "", vec!["default", "Open", "0", "Unlock"]),
    ] {
        let (bus, shell) = (TestBus::start(), Shell::new(can));
        let _desktop = shell.start(&bus).await;
        let ears = Ears::on(&bus).await;
        let shown = ears.show(notice("Unlock your keychain"), &shell).await;
        assert_eq!((shown.body.as_str(), shown.actions), (body, actions.into_iter().map(str::to_owned).collect()));
        let hints = [
            "category=\"x-keyfob.session\"",
            "desktop-entry=\"keyfob-desktop\"",
            "transient=false",
            "urgency=byte 0x01",
        ];
        assert_eq!((shown.hints, shown.expires), (hints.map(str::to_owned).into(), -1));
        // What was copied is gone when it has been read.
        let copied = Notice { id: NoticeId::Copied, urgency: Urgency::Low, ..notice("Copied") };
        assert_eq!(ears.show(copied, &shell).await.hints[2..], ["transient=true", "urgency=byte 0x00"]);
        // F138: what must be seen stays until it is, whichever of the two a server heeds.
        let ended = Notice { urgency: Urgency::Critical, stays: true, ..notice("has ended") };
        let ended = ears.show(ended, &shell).await;
        assert_eq!((ended.hints[3].as_str(), ended.expires), ("urgency=byte 0x02", 0));
    }
}

// F131
#[tokio::test]
async fn a_server_that_hangs_is_given_up_and_what_it_takes_late_is_ours_or_taken_back() {
    let (bus, shell) = (TestBus::start(), Shell::new(ALL));
    let desktop = shell.start(&bus).await;
    let mut ears = Ears::on(&bus).await;
    shell.hangs.send_replace(true);
    let patience = async |ears: &mut Ears, title: &str| {
        tokio::time::pause();
        let begin = Instant::now();
        assert_eq!(ears.next().await, Heard::Undelivered(notice(title)));
        assert_eq!(begin.elapsed().as_secs(), 5);
        tokio::time::resume();
    };
    ears.notices.show(notice("first"));
    patience(&mut ears, "first").await;
    ears.notices.show(Notice { id: NoticeId::Several, ..notice("solved") });
    tokio::time::pause();
    assert!(matches!(ears.next().await, Heard::Undelivered(_)));
    tokio::time::resume();
    ears.notices.close(NoticeId::Several);
    ears.notices.show(notice("second"));
    patience(&mut ears, "second").await;

    shell.hangs.send_replace(false);
    until(|| shell.closed.lock().unwrap().len() == 2).await;
    let shown = shell.shown();
    let number = |title: &str| shown.iter().find(|one| one.title == title).unwrap().number;
    let mut closed = shell.closed.lock().unwrap().clone();
    closed.sort_unstable();
    let mut unwanted = [number("first"), number("solved")];
    unwanted.sort_unstable();
    assert_eq!(closed, unwanted, "of what came late one is wanted");
    assert_eq!(ears.all(&shell, &desktop).await, []);
    click(&desktop, shown.iter().find(|one| one.title == "second").unwrap(), "0").await;
    assert_eq!([ears.next().await, ears.next().await], [token(), Heard::Clicked(Action::Unlock)]);
}
