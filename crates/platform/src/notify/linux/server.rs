//! The notification server as it is known so far: what it can do, and what it has on display or in its history.

use std::collections::BTreeMap;

use futures_util::future;
use keyfob_core::face::notice::{Notice, without_buttons};
use keyfob_core::words::action::Action;
use keyfob_core::words::notice::NoticeId;
use zbus::names::{OwnedUniqueName, UniqueName};
use zbus::{Connection, Message};

use super::composed::{BODY, Can, composed, hints};
use super::{BUS, Heard, NAME, PATH};

/// Notices that a person may still click in a history. Older ones are forgotten.
const MOST: usize = 64;
/// Why a notice is gone, by the specification: a person dismissed it.
const DISMISSED: u32 = 2;
/// The same: a program asked for it.
const CLOSED: u32 = 3;

pub struct Server {
    bus: Connection,
    /// Asked once for each server that comes: asking starts one where none runs.
    can: Option<Can>,
    /// What a person may click, by the server's numbers; of one notice the latest comes last.
    live: BTreeMap<u32, Live>,
}

/// A notice that the server has taken.
pub struct Shown {
    pub number: u32,
    can: Can,
    live: Live,
}

struct Live {
    id: NoticeId,
    /// Who shows it. GNOME Shell has versions that say all twice: the shell to everybody, and its server to us.
    server: Option<OwnedUniqueName>,
    click: Action,
    buttons: Vec<Action>,
    stays: bool,
    /// Shown anew under another number: it lies in a history, if anywhere.
    replaced: bool,
}

impl Server {
    pub fn new(bus: Connection) -> Self {
        Server { bus, can: None, live: BTreeMap::new() }
    }

    /// Asks the server to show it, in the place of the earlier one if there is one.
    pub fn show(&self, notice: Notice) -> impl Future<Output = zbus::Result<Shown>> + Send + 'static {
        let replaces = self.number(&notice.id).unwrap_or(0);
        let (bus, can) = (self.bus.clone(), self.can);
        async move {
            let can = match can {
                Some(can) => can,
                None => Can::of(&call(&bus, "GetCapabilities", &()).await?.body().deserialize::<Vec<String>>()?),
            };
            let shown = if can.buttons { notice } else { without_buttons(notice) };
            let composed = composed(&shown, can);
            let body = (
                &composed.appname,
                replaces,
                &composed.icon,
                &composed.summary,
                &composed.body,
                &composed.actions,
                hints(&composed),
                i32::from(composed.timeout),
            );
            let answer = call(&bus, "Notify", &body).await?;
            let live = Live {
                id: shown.id,
                server: answer.header().sender().map(|name| name.to_owned().into()),
                click: shown.click,
                buttons: shown.buttons.into_iter().map(|button| button.action).collect(),
                stays: shown.stays,
                replaced: false,
            };
            Ok(Shown { number: answer.body().deserialize()?, can, live })
        }
    }

    /// It is on display now, and clicks on it are ours.
    pub fn is_shown(&mut self, id: NoticeId, shown: Shown) {
        self.can = Some(shown.can);
        // A server that had forgotten the earlier one gives a new number, and may keep both in its history.
        self.live.values_mut().filter(|live| live.id == id).for_each(|live| live.replaced = true);
        self.live.insert(shown.number, shown.live);
        let replaced = |live: &&u32| self.live.get(*live).is_some_and(|live| live.replaced);
        if self.live.len() > MOST
            && let Some(oldest) = self.live.keys().find(replaced).copied()
        {
            self.live.remove(&oldest);
        }
    }

    /// Takes one away under each of its numbers. One that has gone by itself meanwhile is as closed as it can be.
    pub fn close(&mut self, id: &NoticeId) {
        let numbers: Vec<u32> =
            self.live.iter().filter(|(_, live)| live.id == *id).map(|(number, _)| *number).collect();
        for number in numbers {
            self.live.remove(&number);
            self.withdraw(number);
        }
    }

    pub fn withdraw(&self, number: u32) {
        let bus = self.bus.clone();
        tokio::spawn(async move { call(&bus, "CloseNotification", &number).await.map(drop) });
    }

    /// Takes all away, and waits until they are.
    pub async fn close_all(&mut self) {
        let live = std::mem::take(&mut self.live);
        let bus = &self.bus;
        future::join_all(live.keys().map(|number| call(bus, "CloseNotification", number))).await;
    }

    /// All are gone with the bus.
    pub fn lose(self) -> Vec<Heard> {
        self.live.into_values().filter_map(Live::gone).collect()
    }

    /// What a signal means. Those of other programs' notices mean nothing.
    pub fn take_in(&mut self, message: &Message) -> Vec<Heard> {
        let header = message.header();
        let body = message.body();
        let sender = header.sender().map(UniqueName::as_str);
        match header.member().map(|member| member.as_str()) {
            Some("ActivationToken") => {
                let Ok((number, token)) = body.deserialize::<(u32, String)>() else { return Vec::new() };
                self.of(number, sender).map(|_| Heard::Token(token)).into_iter().collect()
            }
            Some("ActionInvoked") => {
                let Ok((number, key)) = body.deserialize::<(u32, String)>() else { return Vec::new() };
                // It closes by itself, or is replaced by what the click leads to.
                let Some(live) = self.of(number, sender) else { return Vec::new() };
                let action = match key.as_str() {
                    BODY => Some(&live.click),
                    key => key.parse::<usize>().ok().and_then(|number| live.buttons.get(number)),
                };
                action.cloned().map(Heard::Clicked).into_iter().collect()
            }
            Some("NotificationClosed") => {
                let Ok((number, reason)) = body.deserialize::<(u32, u32)>() else { return Vec::new() };
                // One that the server took away by itself may lie in its history, where it can still be clicked.
                if !matches!(reason, DISMISSED | CLOSED) || self.of(number, sender).is_none() {
                    return Vec::new();
                }
                self.live
                    .remove(&number)
                    .filter(|live| !live.replaced)
                    .map(|live| Heard::Closed(live.id))
                    .into_iter()
                    .collect()
            }
            Some("NameOwnerChanged") if sender == Some(BUS) => {
                let Ok((_, old, new)) = body.deserialize::<(&str, &str, &str)>() else { return Vec::new() };
                // The next server may draw other things.
                self.can = None;
                // Of a server that our call started, this may be read after what it already shows.
                let gone: Vec<u32> = self.live.iter().filter(|(_, l)| l.is_of(Some(old))).map(|(n, _)| *n).collect();
                let gone = gone.iter().filter_map(|number| self.live.remove(number)).filter_map(Live::gone);
                gone.chain((!new.is_empty()).then_some(Heard::Returned)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The notice of this number, if it is that server's.
    fn of(&self, number: u32, server: Option<&str>) -> Option<&Live> {
        self.live.get(&number).filter(|live| live.is_of(server))
    }

    fn number(&self, id: &NoticeId) -> Option<u32> {
        self.live.iter().find(|(_, live)| live.id == *id && !live.replaced).map(|(number, _)| *number)
    }
}

impl Live {
    fn is_of(&self, server: Option<&str>) -> bool {
        self.server.as_ref().map(|name| name.as_str()) == server
    }

    /// Who showed it is gone.
    fn gone(self) -> Option<Heard> {
        match (self.replaced, self.stays) {
            (true, _) => None,
            (false, true) => Some(Heard::Lost(self.id)),
            (false, false) => Some(Heard::Closed(self.id)),
        }
    }
}

async fn call<B>(bus: &Connection, method: &str, body: &B) -> zbus::Result<Message>
where
    B: serde::Serialize + zbus::zvariant::DynamicType + Sync,
{
    bus.call_method(Some(NAME), PATH, Some(NAME), method, body).await
}
