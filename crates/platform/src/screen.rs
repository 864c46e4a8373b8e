//! The moment at which a person leaves the computer: the screen is locked, or it goes to sleep.

#[cfg(target_os = "linux")]
pub use linux::left;

/// Nobody tells here; it never comes back.
#[cfg(not(target_os = "linux"))]
pub async fn left() {
    std::future::pending().await
}

#[cfg(target_os = "linux")]
mod linux {
    //! The screen savers' `ActiveChanged` on the session bus; logind's `Lock` and `PrepareForSleep` on the system bus.

    use futures_util::{StreamExt, stream};
    use zbus::{Connection, MatchRule, Message, MessageStream};

    const LOGIND: &str = "org.freedesktop.login1";

    /// Returns at the next such moment, and never where nobody tells. Nothing is asked for before somebody waits.
    pub async fn left() {
        // Each by itself: a bus that hangs must not keep the other one from telling.
        let mut buses = stream::select(heard(session()), heard(system()));
        while let Some(message) = buses.next().await {
            if message.is_ok_and(|message| leaves(&message)) {
                return;
            }
        }
        std::future::pending().await
    }

    fn heard(
        bus: impl Future<Output = zbus::Result<MessageStream>> + Send + 'static,
    ) -> stream::BoxStream<'static, zbus::Result<Message>> {
        let messages = stream::once(bus).filter_map(|bus| std::future::ready(bus.ok()));
        messages.flatten().boxed()
    }

    /// Each desktop has the signal under a name of its own, such as `org.gnome.ScreenSaver`.
    async fn session() -> zbus::Result<MessageStream> {
        let bus = crate::session_bus::connect().await?;
        let rule = MatchRule::builder().msg_type(zbus::message::Type::Signal).member("ActiveChanged")?.build();
        MessageStream::for_match_rule(rule, &bus, None).await
    }

    async fn system() -> zbus::Result<MessageStream> {
        let bus = Connection::system().await?;
        let rule = MatchRule::builder().msg_type(zbus::message::Type::Signal).sender(LOGIND)?.build();
        MessageStream::for_match_rule(rule, &bus, None).await
    }

    fn leaves(message: &Message) -> bool {
        let header = message.header();
        let (interface, member) = (header.interface(), header.member());
        let (Some(interface), Some(member)) = (interface, member) else { return false };
        let begins = || message.body().deserialize::<bool>().unwrap_or(false);
        match (interface.as_str(), member.as_str()) {
            (saver, "ActiveChanged") if saver.ends_with(".ScreenSaver") => begins(),
            ("org.freedesktop.login1.Session", "Lock") => true,
            ("org.freedesktop.login1.Manager", "PrepareForSleep") => begins(),
            _ => false,
        }
    }
}
