//! Notices by the Desktop Notifications Specification 1.3, on one connection that stays open to hear clicks.
//!
//! Spoken with `zbus` directly: a library for notices on top of it opens a connection and blocks a thread for
//! each notice that waits for a click.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};
use keyfob_core::event::Action;
use keyfob_core::notice::{Notice, NoticeId, Urgency, without_buttons};
use tokio::sync::mpsc::UnboundedReceiver;
use zbus::zvariant::Value;
use zbus::{Connection, MatchRule, Message, MessageStream};

use super::{Heard, Wish};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
const BUS: &str = "org.freedesktop.DBus";
/// The name of our desktop entry, by which servers find icon and settings.
const DESKTOP_ENTRY: &str = "keyfob-desktop";
/// The key of a click on the body.
const BODY: &str = "default";

pub(super) async fn run(mut wishes: UnboundedReceiver<Wish>, hear: impl Fn(Heard) + Send + Sync + 'static) {
    let (mut server, mut signals) = match Server::connect().await {
        Ok((server, signals)) => (Some(server), signals.boxed()),
        Err(_) => (None, stream::pending().boxed()),
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
                        for id in server.live.values().map(|live| live.id.clone()).collect::<Vec<_>>() {
                            server.close(&id).await;
                        }
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
    click: Action,
    buttons: Vec<Action>,
}

impl Server {
    async fn connect() -> zbus::Result<(Server, impl StreamExt<Item = zbus::Result<Message>> + Send + Unpin)> {
        let bus = Connection::session().await?;
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
        Ok((server, stream::select(clicks, owner)))
    }

    async fn show(&mut self, notice: &Notice) -> zbus::Result<()> {
        let can = self.can().await?;
        let shown = if can.buttons { notice.clone() } else { without_buttons(notice.clone()) };
        let mut actions = Vec::new();
        if can.buttons {
            actions.extend([BODY.to_owned(), "Open".to_owned()]);
            for (number, button) in shown.buttons.iter().enumerate() {
                actions.extend([number.to_string(), button.label.to_owned()]);
            }
        }
        let body = match (can.body, can.markup) {
            (false, _) => String::new(),
            (true, false) => shown.body.clone(),
            (true, true) => escaped(&shown.body),
        };
        let low = shown.urgency == Urgency::Low;
        let hints: BTreeMap<&str, Value<'_>> = BTreeMap::from([
            ("urgency", Value::U8(if low { 0 } else { 1 })),
            ("category", Value::from("x-keyfob.session")),
            ("desktop-entry", Value::from(DESKTOP_ENTRY)),
            ("transient", Value::Bool(low && !shown.stays)),
        ]);
        let replaces = self.number(&notice.id).unwrap_or(0);
        let body = ("Keyfob", replaces, DESKTOP_ENTRY, shown.title.as_str(), body, actions, hints, -1_i32);
        let answer = self.call("Notify", &body).await?;
        let number: u32 = answer.body().deserialize()?;
        self.live.remove(&replaces);
        let buttons = shown.buttons.into_iter().map(|button| button.action).collect();
        self.live.insert(number, Live { id: notice.id.clone(), click: notice.click.clone(), buttons });
        Ok(())
    }

    async fn close(&mut self, id: &NoticeId) {
        if let Some(number) = self.number(id) {
            self.live.remove(&number);
            // One that has gone by itself meanwhile is as closed as it can be.
            let _ = self.call("CloseNotification", &number).await;
        }
    }

    /// What a signal means. Those of other programs' notices mean nothing.
    fn take_in(&mut self, message: &Message) -> Vec<Heard> {
        let header = message.header();
        let body = message.body();
        match header.member().map(|member| member.as_str()) {
            Some("ActionInvoked") => {
                let Ok((number, key)) = body.deserialize::<(u32, String)>() else { return Vec::new() };
                // It closes by itself, or is replaced by what the click leads to.
                let Some(live) = self.live.get(&number) else { return Vec::new() };
                let action = match key.as_str() {
                    BODY => Some(&live.click),
                    key => key.parse::<usize>().ok().and_then(|number| live.buttons.get(number)),
                };
                action.cloned().map(Heard::Clicked).into_iter().collect()
            }
            Some("NotificationClosed") => {
                let Ok((number, _reason)) = body.deserialize::<(u32, u32)>() else { return Vec::new() };
                self.live.remove(&number).map(|live| Heard::Closed(live.id)).into_iter().collect()
            }
            Some("NameOwnerChanged") => {
                // The numbers of one server mean nothing to the next, which may also draw other things.
                self.can = None;
                let gone = std::mem::take(&mut self.live);
                gone.into_values().map(|live| Heard::Closed(live.id)).collect()
            }
            _ => Vec::new(),
        }
    }

    async fn can(&mut self) -> zbus::Result<Can> {
        if let Some(can) = self.can {
            return Ok(can);
        }
        let answer = self.call("GetCapabilities", &()).await?;
        let names: Vec<String> = answer.body().deserialize()?;
        let has = |name: &str| names.iter().any(|found| found == name);
        let can = Can { buttons: has("actions"), body: has("body"), markup: has("body-markup") };
        self.can = Some(can);
        Ok(can)
    }

    async fn call<B>(&self, method: &str, body: &B) -> zbus::Result<Message>
    where
        B: serde::Serialize + zbus::zvariant::DynamicType + Sync,
    {
        let call = self.bus.call_method(Some(NAME), PATH, Some(NAME), method, body);
        // A server that hangs must not keep the next notice from being tried.
        match tokio::time::timeout(std::time::Duration::from_secs(5), call).await {
            Ok(answer) => answer,
            Err(_) => Err(zbus::Error::Failure("the notification server does not answer".into())),
        }
    }

    fn number(&self, id: &NoticeId) -> Option<u32> {
        self.live.iter().find(|(_, live)| live.id == *id).map(|(number, _)| *number)
    }
}

/// For servers that take a body for markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
