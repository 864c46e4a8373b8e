//! The tray on Linux: a StatusNotifierItem over D-Bus, without any toolkit.

use std::future::Future;
use std::time::Duration;

use keyfob_core::doors::ports::Clock as _;
use keyfob_core::face::phrase::Icon;
use keyfob_core::face::tray::{Face, Row, Status};
use keyfob_core::hands::engine::Door;
use keyfob_core::words::action::{Action, Page};
use keyfob_core::words::problem::Problem;
use keyfob_platform::clock::SystemClock;
use ksni::menu::{MenuItem, StandardItem, SubMenu};
use ksni::{Handle, ToolTip, TrayMethods};
use tokio::sync::{oneshot, watch};

use super::pictures;

/// How long to wait before the session bus is tried again.
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
pub fn run<F: Future<Output = ()>>(program: impl FnOnce(Tray) -> F) -> Result<(), Problem> {
    let blank = Face { icon: Icon::Hollow, status: Status::Active, tooltip: String::new(), menu: Vec::new() };
    super::block_on(async { program(Tray { faces: watch::Sender::new(blank) }).await })
}

impl Tray {
    /// Where the faces go that are to be shown; the last one counts.
    pub fn faces(&self) -> watch::Sender<Face> {
        self.faces.clone()
    }

    /// Shows it as soon as there is a place to show it in; clicks go to the door.
    pub fn show(&self, door: Door) -> Shown {
        let (end, ending) = oneshot::channel();
        tokio::spawn(show(self.faces.subscribe(), door, ending));
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

async fn show(mut faces: watch::Receiver<Face>, door: Door, mut ending: oneshot::Receiver<oneshot::Sender<()>>) {
    let handle = loop {
        let item = Item { face: faces.borrow_and_update().clone(), door: door.clone() };
        // A tray host that is not there yet, or goes and comes back, is waited for on the bus (fault F89).
        match item.assume_sni_available(true).spawn().await {
            Ok(handle) => break handle,
            Err(_) => tokio::select! {
                () = SystemClock.sleep(AGAIN) => {}
                done = &mut ending => return over(done),
            },
        }
    };
    loop {
        tokio::select! {
            changed = faces.changed() => {
                if changed.is_err() {
                    return;
                }
                let face = faces.borrow_and_update().clone();
                handle.update(|item: &mut Item| item.face = face).await;
            }
            done = &mut ending => {
                end(&handle).await;
                return over(done);
            }
        }
    }
}

async fn end(handle: &Handle<Item>) {
    handle.shutdown().await;
}

fn over(done: Result<oneshot::Sender<()>, oneshot::error::RecvError>) {
    if let Ok(done) = done {
        let _ = done.send(());
    }
}

/// The face as ksni asks for it.
struct Item {
    face: Face,
    door: Door,
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
        rows(&self.face.menu)
    }

    fn activate(&mut self, _: i32, _: i32) {
        self.door.click(Action::Open { page: Page::Home });
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
                    activate: Box::new(move |item: &mut Item| item.door.click(action.clone())),
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
