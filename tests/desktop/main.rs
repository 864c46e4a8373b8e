//! The real tray program on a real desktop: Xvfb, a tray host, a notification server, GNOME Keyring, the embedded cloud.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod around;
mod bus;
mod clipboard;
mod demo;
mod faults;
mod hangs;
mod journeys;
mod life;
mod limits;
mod login;
mod memory;
mod notices;
mod places;
mod real_window;
mod stage;
mod stand_in;
mod waiting;
mod window;
