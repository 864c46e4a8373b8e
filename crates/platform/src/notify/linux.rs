//! Notices by the Desktop Notifications Specification 1.3: composed with `notify-rust`, sent and heard on one
//! connection that stays open.
//!
//! One for all: GNOME Shell lets only the connection that showed a notice replace and close it, tells only that one of
//! its clicks, and takes every notice of a program away when the first of its connections goes
//! (gnome-shell `js/dbusServices/notifications/notificationDaemon.js` and `js/ui/notificationDaemon.js`). The
//! library's own sending opens a connection for each notice, and its own waiting misses a click that comes right
//! behind another signal, as GNOME Shell's do.

mod composed;
mod server;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use keyfob_core::face::notice::Notice;
use keyfob_core::words::notice::NoticeId;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;
use zbus::{Connection, MatchRule, Message, MessageStream};

use super::{Heard, Wish};
use crate::bus::{Bus, Standing};
use server::{Server, Shown};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
const BUS: &str = "org.freedesktop.DBus";
/// How long a server may take to answer before the notice is told in another way.
const PATIENCE: Duration = Duration::from_secs(5);

/// Shows notices for as long as somebody wishes for some, on one bus after the other.
pub(super) async fn run(
    mut bus: Bus,
    mut wishes: UnboundedReceiver<Wish>,
    hear: impl Fn(Heard) + Send + Sync + 'static,
) {
    while let Some(connection) = bus_for(&mut bus, &mut wishes, &hear).await {
        let Ok(signals) = signals(&connection).await else {
            bus.changed().await;
            continue;
        };
        hear(Heard::Returned);
        if !Talk::new(connection, &hear).run(signals, &mut wishes).await {
            return;
        }
    }
}

/// Waits for the bus. Meanwhile nobody shows anything.
async fn bus_for(bus: &mut Bus, wishes: &mut UnboundedReceiver<Wish>, hear: impl Fn(Heard)) -> Option<Connection> {
    loop {
        match bus.standing() {
            Standing::There(connection) => return Some(connection),
            Standing::Unknown => bus.changed().await,
            Standing::Missing => tokio::select! {
                () = bus.changed() => {}
                wish = wishes.recv() => match wish? {
                    Wish::Show(notice) => hear(Heard::Undelivered(notice)),
                    Wish::Close(_) => {}
                    Wish::End(done) => drop(done.send(())),
                },
            },
        }
    }
}

type Signals = stream::BoxStream<'static, zbus::Result<Message>>;

async fn signals(bus: &Connection) -> zbus::Result<Signals> {
    let clicks = MatchRule::builder().msg_type(zbus::message::Type::Signal).interface(NAME)?.path(PATH)?.build();
    let owner = MatchRule::builder()
        .msg_type(zbus::message::Type::Signal)
        .sender(BUS)?
        .member("NameOwnerChanged")?
        .arg(0, NAME)?
        .build();
    let clicks = MessageStream::for_match_rule(clicks, bus, None).await?;
    let owner = MessageStream::for_match_rule(owner, bus, None).await?;
    Ok(stream::select(clicks, owner).boxed())
}

/// A talk with the servers on one bus: one question at a time, so that what follows can build on the answer. A server
/// that hangs keeps nobody from hearing clicks and the end.
struct Talk<'a, H> {
    server: Server,
    hear: &'a H,
    queue: VecDeque<Wish>,
    /// What is being shown, and until when that is waited for.
    turn: Option<(u64, Notice, Instant)>,
    /// The latest wish for each notice. An answer that comes late may be of one that nobody wants any more.
    wanted: BTreeMap<NoticeId, u64>,
    number: u64,
    answers: (UnboundedSender<Answer>, UnboundedReceiver<Answer>),
}

type Answer = (u64, NoticeId, zbus::Result<Shown>);

impl<'a, H: Fn(Heard)> Talk<'a, H> {
    fn new(bus: Connection, hear: &'a H) -> Self {
        Talk {
            server: Server::new(bus),
            hear,
            queue: VecDeque::new(),
            turn: None,
            wanted: BTreeMap::new(),
            number: 0,
            answers: unbounded_channel(),
        }
    }

    /// Goes on until the bus is gone; false when nobody wishes for anything any more.
    async fn run(mut self, mut signals: Signals, wishes: &mut UnboundedReceiver<Wish>) -> bool {
        loop {
            self.begin();
            tokio::select! {
                wish = wishes.recv() => match wish {
                    None => return false,
                    Some(Wish::End(done)) => {
                        self.server.close_all().await;
                        let _ = done.send(());
                    }
                    Some(wish) => self.queue.push_back(wish),
                },
                Some(answer) = self.answers.1.recv() => self.answered(answer),
                () = given_up(self.turn.as_ref().map(|(_, _, until)| *until)) => {
                    if let Some((_, notice, _)) = self.turn.take() {
                        (self.hear)(Heard::Undelivered(notice));
                    }
                }
                signal = signals.next() => match signal {
                    Some(Ok(message)) => self.server.take_in(&message).into_iter().for_each(self.hear),
                    Some(Err(_)) => {}
                    None => {
                        self.lose();
                        return true;
                    }
                },
            }
        }
    }

    /// Begins with what is wished for next, unless something is being shown.
    fn begin(&mut self) {
        while self.turn.is_none() {
            match self.queue.pop_front() {
                Some(Wish::Show(notice)) => {
                    self.number += 1;
                    self.wanted.insert(notice.id.clone(), self.number);
                    let (answers, number, id) = (self.answers.0.clone(), self.number, notice.id.clone());
                    let showing = self.server.show(notice.clone());
                    tokio::spawn(async move {
                        let _ = answers.send((number, id, showing.await));
                    });
                    self.turn = Some((number, notice, Instant::now() + PATIENCE));
                }
                Some(Wish::Close(id)) => {
                    self.wanted.remove(&id);
                    self.server.close(&id);
                }
                Some(Wish::End(_)) | None => return,
            }
        }
    }

    fn answered(&mut self, (number, id, shown): Answer) {
        let notice = self.turn.take_if(|(turn, ..)| *turn == number).map(|(_, notice, _)| notice);
        match (shown, notice) {
            (Ok(shown), _) if self.wanted.get(&id) == Some(&number) => self.server.is_shown(id, shown),
            (Ok(shown), _) => self.server.withdraw(shown.number),
            (Err(_), Some(notice)) => (self.hear)(Heard::Undelivered(notice)),
            // It was given up already.
            (Err(_), None) => {}
        }
    }

    /// The bus is gone with all that was on display.
    fn lose(self) {
        let queued = self.queue.into_iter().filter_map(|wish| match wish {
            Wish::Show(notice) => Some(notice),
            Wish::Close(_) | Wish::End(_) => None,
        });
        self.turn.map(|(_, notice, _)| notice).into_iter().chain(queued).map(Heard::Undelivered).for_each(self.hear);
        self.server.lose().into_iter().for_each(self.hear);
    }
}

async fn given_up(until: Option<Instant>) {
    match until {
        Some(until) => drop(tokio::time::timeout_at(until, std::future::pending::<()>()).await),
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
