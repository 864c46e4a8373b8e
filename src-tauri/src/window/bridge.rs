//! Between page and pipe: four commands for the page, one line of JSON for each thing that goes up or down.

use std::io::{BufRead, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use keyfob_core::doors::pipe::{Click, Reveal, Typed, Up};
use keyfob_core::face::window::{Heard, Qr};
use keyfob_core::words::login::LoginId;
use serde_json::{Value, json};
use tauri::{AppHandle, State};
use zeroize::Zeroizing;

/// Tells the page that there is another view to fetch. It carries nothing, so nothing can be injected.
pub const VIEW_CHANGED: &str = "dispatchEvent(new Event('view-changed'))";

/// What the page is shown, and the way up for what it says.
#[derive(Debug)]
pub struct Bridge {
    view: Mutex<Option<Value>>,
    /// Shown beside the question that the view asks, and forgotten with it.
    revealed: Mutex<Option<Reveal>>,
    up: Sender<Up>,
}

impl Bridge {
    /// A bridge, and the other end of its way up.
    pub fn new() -> (Self, Receiver<Up>) {
        let (up, lines) = channel();
        (Bridge { view: Mutex::new(None), revealed: Mutex::new(None), up }, lines)
    }

    pub fn reveal(&self, reveal: Reveal) {
        *self.revealed.lock().unwrap_or_else(PoisonError::into_inner) = Some(reveal);
    }

    pub fn show(&self, view: Value) {
        if view.pointer("/screen/step/reveals") != Some(&Value::Bool(true)) {
            *self.revealed.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        *self.view.lock().unwrap_or_else(PoisonError::into_inner) = Some(view);
    }

    /// Whether the view is to be dark; `None` when that is left to the desktop.
    pub fn dark(&self) -> Option<bool> {
        match self.view()?.get("theme")?.as_str()? {
            "dark" => Some(true),
            "light" => Some(false),
            _ => None,
        }
    }

    fn view(&self) -> Option<Value> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says something to the tray; when nobody listens any more, this program is about to end.
    pub fn say(&self, up: Up) {
        let _ = self.up.send(up);
    }
}

/// What is to be shown; nothing before the first view has come.
#[tauri::command]
pub fn view(app: AppHandle, bridge: State<'_, Bridge>) -> Option<Value> {
    let view = bridge.view();
    if view.is_some() {
        crate::first_look(&app);
    }
    view
}

/// A click of the view, handed back.
#[tauri::command]
pub fn act(bridge: State<'_, Bridge>, click: Click) {
    bridge.say(Up::Act { click });
}

/// The secret that is shown beside the question of this login, as text and as a picture.
#[tauri::command]
pub fn revealed(bridge: State<'_, Bridge>, login: LoginId) -> Option<Value> {
    let revealed = bridge.revealed.lock().unwrap_or_else(PoisonError::into_inner);
    let reveal = revealed.as_ref().filter(|reveal| reveal.login == login)?;
    Some(json!({ "text": reveal.text.0.expose(), "qr": Qr::of(reveal.uri.0.expose()) }))
}

/// What a person typed. It is wiped here once it is in the pipe.
#[tauri::command]
pub fn answer(bridge: State<'_, Bridge>, typed: Typed) {
    bridge.say(Up::Answer { typed });
}

/// Writes what goes up until the pipe is closed.
pub fn write(lines: &Receiver<Up>, mut pipe: impl Write) {
    for up in lines {
        if pipe.write_all(&up.line()).and_then(|()| pipe.flush()).is_err() {
            return;
        }
    }
}

/// Reads what comes down until the pipe is closed, or the tray says that this is the end. A line that cannot be
/// read is left out: the next view is whole again.
pub fn read(pipe: impl BufRead, mut heard: impl FnMut(Heard)) {
    for line in pipe.lines() {
        let Ok(line) = line.map(Zeroizing::new) else { return };
        match Heard::parse(&line) {
            Ok(Heard::Close) => return,
            Ok(other) => heard(other),
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn lines_go_up_in_the_order_they_were_said() {
        let (bridge, lines) = Bridge::new();
        for focused in [true, false, true] {
            bridge.say(Up::Focus { focused });
        }
        drop(bridge);
        let mut pipe = Vec::new();
        write(&lines, &mut pipe);
        let up = "{\"up\":\"focus\",\"focused\":";
        assert_eq!(String::from_utf8(pipe).unwrap(), format!("{up}true}}\n{up}false}}\n{up}true}}\n"));
    }

    #[test]
    fn what_the_window_is_painted_with_first_is_as_its_view_has_it() {
        let (bridge, _lines) = Bridge::new();
        assert_eq!(bridge.dark(), None);
        for (theme, dark) in [("dark", Some(true)), ("light", Some(false)), ("system", None)] {
            bridge.show(serde_json::json!({ "theme": theme }));
            assert_eq!(bridge.dark(), dark);
        }
    }

    #[test]
    fn a_revealed_secret_is_forgotten_with_its_question() {
        let (bridge, _lines) = Bridge::new();
        let reveal = || match Heard::parse(r#"{"down":"reveal","login":7,"text":"SEED","uri":"otpauth://x"}"#) {
            Ok(Heard::Reveal(reveal)) => reveal,
            other => panic!("{other:?}"),
        };
        bridge.reveal(reveal());
        bridge.show(json!({ "screen": { "step": { "step": "ask", "reveals": true } } }));
        assert!(bridge.revealed.lock().unwrap().is_some());
        bridge.show(json!({ "screen": { "step": { "step": "busy" } } }));
        assert!(bridge.revealed.lock().unwrap().is_none());
        assert!(!format!("{:?}", reveal()).contains("SEED"));
    }

    #[test]
    fn reading_goes_on_after_a_line_that_cannot_be_read_and_ends_when_told() {
        let pipe = "{\"down\":\"raise\"}\nnonsense\n{\"down\":\"view\",\"view\":7}\n{\"down\":\"close\"}\n{\"down\":\"raise\"}\n";
        let mut all = Vec::new();
        read(pipe.as_bytes(), |heard| all.push(heard));
        assert_eq!(all, [Heard::Raise { token: None }, Heard::View { view: 7.into() }]);
    }
}
