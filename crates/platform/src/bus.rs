//! The session bus: tried until it is there, missed when it goes, and found again when it is back.
//!
//! One connection for all who only need one, and one place that knows how the bus stands.

use std::time::Duration;

use keyfob_core::doors::ports::Clock as _;
use tokio::sync::watch;
use zbus::Connection;

use crate::clock::SystemClock;
use crate::place::Whereabouts;
use crate::session_bus;

/// How soon the bus is tried again at first, and after a while.
const SOON: Duration = Duration::from_millis(250);
const LATER: Duration = Duration::from_secs(30);
/// How long it may take to take us in.
const PATIENCE: Duration = Duration::from_secs(5);

/// How the bus stands.
#[derive(Debug, Clone)]
pub enum Standing {
    /// It was not tried yet.
    Unknown,
    Missing,
    There(Connection),
}

/// What is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    Gone,
    Back,
    /// The display is gone as well: that was the person's session.
    SessionOver,
}

#[derive(Debug, Clone)]
pub struct Bus(watch::Receiver<Standing>);

impl Bus {
    /// Keeps a connection for as long as somebody may want one. Must be called inside a tokio runtime.
    pub fn keep(place: Whereabouts, tell: impl Fn(News) + Send + 'static) -> Self {
        let (sender, standing) = watch::channel(Standing::Unknown);
        tokio::spawn(keep(place, sender, tell));
        Bus(standing)
    }

    pub fn standing(&self) -> Standing {
        match &*self.0.borrow() {
            // It was lost a moment ago.
            Standing::There(bus) if bus.is_closed() => Standing::Missing,
            other => other.clone(),
        }
    }

    /// Returns when it may stand otherwise.
    pub async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Waits until it is there.
    pub async fn come(&mut self) -> Connection {
        loop {
            if let Standing::There(bus) = self.standing() {
                return bus;
            }
            self.changed().await;
        }
    }

    /// Whether somebody is there now by that name.
    pub async fn has(&self, name: &str) -> bool {
        let (Standing::There(bus), Ok(name)) = (self.standing(), name.try_into()) else { return false };
        let Ok(daemon) = zbus::fdo::DBusProxy::new(&bus).await else { return false };
        daemon.name_has_owner(name).await.unwrap_or_default()
    }

    #[cfg(test)]
    pub(crate) fn of(standing: watch::Receiver<Standing>) -> Self {
        Bus(standing)
    }
}

async fn keep(place: Whereabouts, standing: watch::Sender<Standing>, tell: impl Fn(News)) {
    let (mut wait, mut was_there, mut had_display) = (SOON, false, false);
    loop {
        if let Ok(Ok(bus)) = tokio::time::timeout(PATIENCE, session_bus::connect()).await {
            if was_there {
                tell(News::Back);
            }
            standing.send_replace(Standing::There(bus.clone()));
            had_display |= place.place().is_there().await;
            bus.closed().await;
            standing.send_replace(Standing::Missing);
            tell(News::Gone);
            (wait, was_there) = (SOON, true);
        } else {
            standing.send_if_modified(|standing| {
                let news = matches!(standing, Standing::Unknown);
                *standing = Standing::Missing;
                news
            });
            SystemClock.sleep(wait).await;
            wait = (wait * 2).min(LATER);
        }
        // Where the display has gone too, no other bus will come to this address that is for us.
        let has_display = place.place().is_there().await;
        if had_display && !has_display {
            return tell(News::SessionOver);
        }
        had_display |= has_display;
    }
}
