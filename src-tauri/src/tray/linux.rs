//! The tray on Linux: a StatusNotifierItem over D-Bus, without any toolkit.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use keyfob_core::doors::ports::Clock as _;
use keyfob_core::face::phrase::Icon;
use keyfob_core::face::tray::{Face, Row, Status};
use keyfob_core::hands::engine::Door;
use keyfob_core::words::action::{Action, Page};
use keyfob_core::words::problem::Problem;
use keyfob_platform::bus::Bus;
use keyfob_platform::clock::SystemClock;
use keyfob_platform::place::Whereabouts;
use ksni::menu::{MenuItem, StandardItem, SubMenu};
use ksni::{Handle, OfflineReason, ToolTip, TrayMethods};
use tokio::sync::{oneshot, watch};

use super::pictures;

/// The name of the tray host.
const HOST: &str = "org.kde.StatusNotifierWatcher";
/// How long to wait before a tray host that refused is asked again.
const AGAIN: Duration = Duration::from_secs(30);

/// The tray before it is shown.
#[derive(Debug)]
pub struct Tray {
    faces: watch::Sender<Face>,
}

/// The tray while it is shown.
#[derive(Debug)]
pub struct Shown(oneshot::Sender<oneshot::Sender<()>>);

/// Runs the program with a tray, all of it on this thread.
pub fn run<F: Future<Output = Result<(), Problem>>>(program: impl FnOnce(Tray) -> F) -> Result<(), Problem> {
    let blank = Face { icon: Icon::Hollow, status: Status::Active, tooltip: String::new(), menu: Vec::new() };
    super::block_on(async { program(Tray { faces: watch::Sender::new(blank) }).await })?
}

impl Tray {
    /// Where the faces go that are to be shown; the last one counts.
    pub fn faces(&self) -> watch::Sender<Face> {
        self.faces.clone()
    }

    /// Shows it whenever there is a place to show it in; clicks go to the door.
    pub fn show(&self, door: Door, bus: Bus, place: Whereabouts) -> Shown {
        let (end, ending) = oneshot::channel();
        tokio::spawn(show(self.faces.subscribe(), Clicks { door, place }, bus, ending));
        Shown(end)
    }
}

impl Shown {
    /// Takes the icon away.
    pub async fn end(self) {
        let (done, ended) = oneshot::channel();
        if self.0.send(done).is_ok() {
            let _ = ended.await;
        }
    }
}

async fn show(
    faces: watch::Receiver<Face>,
    clicks: Clicks,
    bus: Bus,
    mut ending: oneshot::Receiver<oneshot::Sender<()>>,
) {
    let mut handle = None;
    tokio::select! {
        () = keep(faces, clicks, bus, &mut handle) => {}
        done = &mut ending => {
            if let Some(handle) = handle {
                handle.shutdown().await;
            }
            if let Ok(done) = done {
                let _ = done.send(());
            }
        }
    }
}

/// Shows the icon on one bus after the other, until nobody draws it any more.
async fn keep(mut faces: watch::Receiver<Face>, clicks: Clicks, mut bus: Bus, shown: &mut Option<Handle<Item>>) {
    loop {
        let there = bus.come().await;
        let item = Item::of(faces.borrow_and_update().clone(), clicks.clone());
        // A tray host that is not there yet, or goes and comes back, is waited for on the bus (fault F89).
        let Ok(handle) = item.assume_sni_available(true).spawn().await else {
            tokio::select! {
                () = SystemClock.sleep(AGAIN) => {}
                () = there.closed() => {}
            }
            continue;
        };
        // It asked the host first and listens for its coming only since: one that came in between is not heard of.
        if handle.update(|item: &mut Item| *item.hostless.get_mut()).await == Some(true) && bus.has(HOST).await {
            handle.shutdown().await;
            continue;
        }
        let handle = shown.insert(handle);
        loop {
            tokio::select! {
                changed = faces.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let face = faces.borrow_and_update().clone();
                    tokio::select! {
                        _ = handle.update(|item: &mut Item| item.draw(face)) => {}
                        () = there.closed() => break,
                    }
                }
                () = there.closed() => break,
            }
        }
        // Lets go of what is left of the connection; nobody is there who could see it.
        drop(handle.shutdown());
    }
}

/// Where clicks go.
#[derive(Debug, Clone)]
struct Clicks {
    door: Door,
    place: Whereabouts,
}

impl Clicks {
    fn click(&self, action: Action) {
        if let Some(token) = ksni::current_xdg_activation_token() {
            self.place.clicked(token);
        }
        self.door.click(action);
    }
}

/// The face as ksni asks for it.
struct Item {
    face: Face,
    clicks: Clicks,
    /// A row that nobody sees is there: what comes and goes gives all rows new numbers.
    turned: bool,
    /// No tray host knows of it.
    hostless: AtomicBool,
}

impl Item {
    fn of(face: Face, clicks: Clicks) -> Self {
        Item { face, clicks, turned: false, hostless: AtomicBool::new(false) }
    }

    /// A menu that is open goes on showing the old rows for a moment. Where another action would stand in the place
    /// of one, the rows get new numbers: a click on an old one then does nothing, and never something else.
    fn draw(&mut self, face: Face) {
        self.turned ^= !same_actions(&self.face.menu, &face.menu);
        self.face = face;
    }
}

fn same_actions(old: &[Row], new: &[Row]) -> bool {
    old.iter().zip(new).all(|pair| match pair {
        (Row::Item { action: old, .. }, Row::Item { action: new, .. }) => old == new,
        (Row::Submenu { rows: old, .. }, Row::Submenu { rows: new, .. }) => same_actions(old, new),
        (Row::Separator, Row::Separator) => true,
        _ => false,
    })
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "keyfob".into()
    }

    /// What screen readers say.
    fn title(&self) -> String {
        self.face.tooltip.clone()
    }

    fn category(&self) -> ksni::Category {
        ksni::Category::ApplicationStatus
    }

    fn status(&self) -> ksni::Status {
        match self.face.status {
            Status::Active => ksni::Status::Active,
            Status::NeedsAttention => ksni::Status::NeedsAttention,
        }
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        let side = |size: u32| i32::try_from(size).unwrap_or_default();
        let pictures = pictures::of(self.face.icon).into_iter();
        pictures.map(|p| ksni::Icon { width: side(p.size), height: side(p.size), data: p.argb }).collect()
    }

    fn attention_icon_pixmap(&self) -> Vec<ksni::Icon> {
        self.icon_pixmap()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip { title: self.face.tooltip.clone(), ..ToolTip::default() }
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let mut menu = rows(&self.face.menu);
        if self.turned {
            menu.push(StandardItem { visible: false, ..StandardItem::default() }.into());
        }
        menu
    }

    fn activate(&mut self, _: i32, _: i32) {
        self.clicks.click(Action::Open { page: Page::Home });
    }

    fn watcher_online(&self) {
        self.hostless.store(false, Ordering::Relaxed);
    }

    fn watcher_offline(&self, _: OfflineReason) -> bool {
        self.hostless.store(true, Ordering::Relaxed);
        true
    }

    fn secondary_activate(&mut self, x: i32, y: i32) {
        self.activate(x, y);
    }
}

fn rows(shown: &[Row]) -> Vec<MenuItem<Item>> {
    shown
        .iter()
        .map(|row| match row {
            Row::Item { label, action } => {
                let action = action.clone();
                StandardItem {
                    label: escaped(label),
                    activate: Box::new(move |item: &mut Item| item.clicks.click(action.clone())),
                    ..StandardItem::default()
                }
                .into()
            }
            Row::Submenu { label, rows: inner } => {
                SubMenu { label: escaped(label), submenu: rows(inner), ..SubMenu::default() }.into()
            }
            Row::Separator => MenuItem::Separator,
        })
        .collect()
}

/// In a label of com.canonical.dbusmenu an underscore marks an access key, and two of them are one.
fn escaped(label: &str) -> String {
    label.replace('_', "__")
}
