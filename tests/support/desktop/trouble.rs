//! What befalls a desktop: its bus goes and another one comes, a display is added or hangs, a server is stopped.

use std::process::Child;

use rustix::process::{Pid, Signal, kill_process};

use super::{Desktop, hands, x_server};

impl Desktop {
    /// Ends the session bus and all that lives by it.
    pub fn lose_bus(&mut self) {
        self.keyring.kill_bus();
        if let Some(mut panel) = self.panel.take() {
            let _ = panel.kill();
            panel.wait().unwrap();
        }
    }

    /// Another bus at the same address, with a tray host and a notification server.
    pub fn find_bus_again(&mut self) {
        self.keyring.start_another_bus();
        let (hands, pipes) = hands(&self.keyring, &self.display);
        self.children.push(hands);
        *self.hands.lock().unwrap() = pipes;
        self.start_panel();
        self.start_notices("actions body persistence");
    }

    /// A second display, such as one of another seat, until it is dropped.
    pub fn another_display(&self) -> Display {
        let (server, name) = x_server(&self.keyring);
        Display { server, name }
    }

    /// Sends the display server a signal, such as the one that stops it where it is.
    pub fn signal_display(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.screen.try_into().unwrap()).unwrap(), signal).unwrap();
    }

    /// The same for the notification server.
    pub fn signal_notices(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.notices.unwrap().try_into().unwrap()).unwrap(), signal).unwrap();
    }
}

/// A display beside the first one.
pub struct Display {
    server: Child,
    pub name: String,
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
