//! Notices by the Desktop Notifications Specification 1.3: composed with `notify-rust`, sent and heard on one
//! connection that stays open.
//!
//! One for all: GNOME Shell lets only the connection that showed a notice replace and close it, tells only that one of
//! its clicks, and takes every notice of a program away when the first of its connections goes
//! (gnome-shell `js/dbusServices/notifications/notificationDaemon.js` and `js/ui/notificationDaemon.js`). The
//! library's own sending opens a connection for each notice, and its own waiting misses a click that comes right
//! behind another signal, as GNOME Shell's do.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{StreamExt, future, stream};
use keyfob_core::face::notice::{Notice, OPEN, Urgency, without_buttons};
use keyfob_core::words::action::Action;
use keyfob_core::words::notice::NoticeId;
use notify_rust::{Hint, Notification};
use tokio::sync::mpsc::UnboundedReceiver;
use zbus::names::{OwnedUniqueName, UniqueName};
use zbus::zvariant::Value;
use zbus::{Connection, MatchRule, Message, MessageStream};

use super::{Heard, Wish};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
const BUS: &str = "org.freedesktop.DBus";
/// The name of our desktop entry, by which servers find icon and settings.
const DESKTOP_ENTRY: &str = "keyfob-desktop";
/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The key of a click on the body.
const BODY: &str = "default";

pub(super) async fn run(wishes: UnboundedReceiver<Wish>, hear: impl Fn(Heard) + Send + Sync + 'static) {
    let server = match Connection::session().await {
        Ok(bus) => Server::on(bus).await.ok(),
        Err(_) => None,
    };
    serve(server, wishes, hear).await;
}

async fn serve(
    server: Option<(Server, Signals)>,
    mut wishes: UnboundedReceiver<Wish>,
    hear: impl Fn(Heard) + Send + Sync + 'static,
) {
    let (mut server, mut signals) = match server {
        Some((server, signals)) => (Some(server), signals),
        None => (None, stream::pending().boxed()),
    };
    loop {
        tokio::select! {
            wish = wishes.recv() => match (wish, &mut server) {
                (None, _) => return,
                (Some(Wish::Show(notice)), Some(server)) => {
                    if server.show(&notice).await.is_err() {
                        hear(Heard::Undelivered(notice));
                    }
                }
                (Some(Wish::Show(notice)), None) => hear(Heard::Undelivered(notice)),
                (Some(Wish::Close(id)), Some(server)) => server.close(&id).await,
                (Some(Wish::Close(_)), None) => {}
                (Some(Wish::End(done)), server) => {
                    if let Some(server) = server {
                        server.close_all().await;
                    }
                    let _ = done.send(());
                }
            },
            signal = signals.next() => match (signal, &mut server) {
                (Some(Ok(message)), Some(server)) => {
                    for heard in server.take_in(&message) {
                        hear(heard);
                    }
                }
                (Some(_), _) => {}
                (None, _) => {
                    (server, signals) = (None, stream::pending().boxed());
                    hear(Heard::SessionEnded);
                }
            },
        }
    }
}

type Signals = stream::BoxStream<'static, zbus::Result<Message>>;

/// The notification server, as it is known so far.
struct Server {
    bus: Connection,
    /// Asked once for each server that comes: asking starts one where none runs.
    can: Option<Can>,
    /// What is on display, by the server's numbers.
    live: BTreeMap<u32, Live>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Can {
    buttons: bool,
    body: bool,
    markup: bool,
}

struct Live {
    id: NoticeId,
    /// Who shows it. GNOME Shell has versions that say all twice: the shell to everybody, and its server to us.
    server: Option<OwnedUniqueName>,
    click: Action,
    buttons: Vec<Action>,
}

impl Server {
    async fn on(bus: Connection) -> zbus::Result<(Server, Signals)> {
        let clicks = MatchRule::builder().msg_type(zbus::message::Type::Signal).interface(NAME)?.path(PATH)?.build();
        let owner = MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .sender(BUS)?
            .member("NameOwnerChanged")?
            .arg(0, NAME)?
            .build();
        let clicks = MessageStream::for_match_rule(clicks, &bus, None).await?;
        let owner = MessageStream::for_match_rule(owner, &bus, None).await?;
        let server = Server { bus, can: None, live: BTreeMap::new() };
        Ok((server, stream::select(clicks, owner).boxed()))
    }

    async fn show(&mut self, notice: &Notice) -> zbus::Result<()> {
        let can = self.can().await?;
        let shown = if can.buttons { notice.clone() } else { without_buttons(notice.clone()) };
        let replaces = self.number(&notice.id).unwrap_or(0);
        let Notification { appname, icon, summary, body, actions, hints, timeout, .. } = &composed(&shown, can);
        let hints: BTreeMap<&str, Value<'_>> = hints.iter().filter_map(on_the_wire).collect();
        let body = (appname, replaces, icon, summary, body, actions, hints, i32::from(*timeout));
        let answer = call(&self.bus, "Notify", &body).await?;
        let number: u32 = answer.body().deserialize()?;
        let server = answer.header().sender().map(|name| name.to_owned().into());
        self.live.remove(&replaces);
        let buttons = shown.buttons.into_iter().map(|button| button.action).collect();
        self.live.insert(number, Live { id: notice.id.clone(), server, click: notice.click.clone(), buttons });
        Ok(())
    }

    async fn close(&mut self, id: &NoticeId) {
        if let Some(number) = self.number(id) {
            self.live.remove(&number);
            // One that has gone by itself meanwhile is as closed as it can be.
            let _ = call(&self.bus, "CloseNotification", &number).await;
        }
    }

    /// At once: a server that hangs is waited for only once.
    async fn close_all(&mut self) {
        let live = std::mem::take(&mut self.live);
        let bus = &self.bus;
        future::join_all(live.keys().map(|number| call(bus, "CloseNotification", number))).await;
    }

    /// What a signal means. Those of other programs' notices mean nothing.
    fn take_in(&mut self, message: &Message) -> Vec<Heard> {
        let header = message.header();
        let body = message.body();
        let sender = header.sender().map(UniqueName::as_str);
        match header.member().map(|member| member.as_str()) {
            Some("ActionInvoked") => {
                let Ok((number, key)) = body.deserialize::<(u32, String)>() else { return Vec::new() };
                // It closes by itself, or is replaced by what the click leads to.
                let Some(live) = self.live.get(&number).filter(|live| live.is_of(sender)) else { return Vec::new() };
                let action = match key.as_str() {
                    BODY => Some(&live.click),
                    key => key.parse::<usize>().ok().and_then(|number| live.buttons.get(number)),
                };
                action.cloned().map(Heard::Clicked).into_iter().collect()
            }
            Some("NotificationClosed") => {
                let Ok((number, _reason)) = body.deserialize::<(u32, u32)>() else { return Vec::new() };
                if !self.live.get(&number).is_some_and(|live| live.is_of(sender)) {
                    return Vec::new();
                }
                self.live.remove(&number).map(|live| Heard::Closed(live.id)).into_iter().collect()
            }
            Some("NameOwnerChanged") if sender == Some(BUS) => {
                let Ok((_, old, _new)) = body.deserialize::<(&str, &str, &str)>() else { return Vec::new() };
                // The next server may draw other things.
                self.can = None;
                // Of a server that our call started, this may be read after what it already shows.
                let gone: Vec<u32> = self.live.iter().filter(|(_, l)| l.is_of(Some(old))).map(|(n, _)| *n).collect();
                gone.iter().filter_map(|n| self.live.remove(n)).map(|live| Heard::Closed(live.id)).collect()
            }
            _ => Vec::new(),
        }
    }

    async fn can(&mut self) -> zbus::Result<Can> {
        if let Some(can) = self.can {
            return Ok(can);
        }
        let answer = call(&self.bus, "GetCapabilities", &()).await?;
        let names: Vec<String> = answer.body().deserialize()?;
        let has = |name: &str| names.iter().any(|found| found == name);
        let can = Can { buttons: has("actions"), body: has("body"), markup: has("body-markup") };
        self.can = Some(can);
        Ok(can)
    }

    fn number(&self, id: &NoticeId) -> Option<u32> {
        self.live.iter().find(|(_, live)| live.id == *id).map(|(number, _)| *number)
    }
}

impl Live {
    fn is_of(&self, server: Option<&str>) -> bool {
        self.server.as_ref().map(|name| name.as_str()) == server
    }
}

fn composed(shown: &Notice, can: Can) -> Notification {
    let low = shown.urgency == Urgency::Low;
    let mut notice = Notification::new();
    notice.appname("Keyfob").icon(DESKTOP_ENTRY).summary(&shown.title);
    notice.urgency(match shown.urgency {
        Urgency::Low => notify_rust::Urgency::Low,
        Urgency::Normal => notify_rust::Urgency::Normal,
        Urgency::Critical => notify_rust::Urgency::Critical,
    });
    notice.hint(Hint::Category("x-keyfob.session".into())).hint(Hint::DesktopEntry(DESKTOP_ENTRY.into()));
    notice.hint(Hint::Transient(low && !shown.stays));
    if can.body {
        notice.body(&if can.markup { escaped(&shown.body) } else { shown.body.clone() });
    }
    if can.buttons {
        notice.action(BODY, OPEN);
        for (number, button) in shown.buttons.iter().enumerate() {
            notice.action(&number.to_string(), button.label);
        }
    }
    notice
}

/// Name and value of those hints that are used here.
fn on_the_wire(hint: &Hint) -> Option<(&'static str, Value<'_>)> {
    match hint {
        Hint::Urgency(urgency) => Some(("urgency", Value::U8(*urgency as u8))),
        Hint::Category(name) => Some(("category", Value::from(name.as_str()))),
        Hint::DesktopEntry(name) => Some(("desktop-entry", Value::from(name.as_str()))),
        Hint::Transient(is) => Some(("transient", Value::Bool(*is))),
        _ => None,
    }
}

async fn call<B>(bus: &Connection, method: &str, body: &B) -> zbus::Result<Message>
where
    B: serde::Serialize + zbus::zvariant::DynamicType + Sync,
{
    let call = bus.call_method(Some(NAME), PATH, Some(NAME), method, body);
    // A server that hangs must not keep the next notice from being tried.
    match tokio::time::timeout(PATIENCE, call).await {
        Ok(answer) => answer,
        Err(_) => Err(zbus::Error::Failure("the notification server does not answer".into())),
    }
}

/// For servers that take a body for markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests;
