//! A notice as the specification has it, cut to what a server can show.

use std::collections::BTreeMap;

use keyfob_core::face::notice::{Notice, OPEN, Urgency};
use notify_rust::{Hint, Notification, Timeout};
use zbus::zvariant::Value;

/// The name of our desktop entry, by which servers find icon and settings.
const DESKTOP_ENTRY: &str = "keyfob-desktop";
/// The key of a click on the body.
pub const BODY: &str = "default";

/// What a server can do.
#[derive(Debug, Clone, Copy, Default)]
pub struct Can {
    pub buttons: bool,
    body: bool,
    markup: bool,
}

impl Can {
    /// By the names that the server gives.
    pub fn of(names: &[String]) -> Self {
        let has = |name: &str| names.iter().any(|found| found == name);
        Can { buttons: has("actions"), body: has("body"), markup: has("body-markup") }
    }
}

pub fn composed(shown: &Notice, can: Can) -> Notification {
    let low = shown.urgency == Urgency::Low;
    let mut notice = Notification::new();
    notice.appname("Keyfob").icon(DESKTOP_ENTRY).summary(&shown.title);
    notice.urgency(match shown.urgency {
        Urgency::Low => notify_rust::Urgency::Low,
        Urgency::Normal => notify_rust::Urgency::Normal,
        Urgency::Critical => notify_rust::Urgency::Critical,
    });
    if shown.stays {
        notice.timeout(Timeout::Never);
    }
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
pub fn hints(notice: &Notification) -> BTreeMap<&'static str, Value<'_>> {
    let hint = |hint| match hint {
        &Hint::Urgency(urgency) => Some(("urgency", Value::U8(urgency as u8))),
        Hint::Category(name) => Some(("category", Value::from(name.as_str()))),
        Hint::DesktopEntry(name) => Some(("desktop-entry", Value::from(name.as_str()))),
        Hint::Transient(is) => Some(("transient", Value::Bool(*is))),
        _ => None,
    };
    notice.hints.iter().filter_map(hint).collect()
}

/// For servers that take a body for markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
