//! Notices on macOS and Windows, by `notify-rust`: without buttons, so their words say where to go instead.

use keyfob_core::face::notice::without_buttons;
use tokio::sync::mpsc::UnboundedReceiver;

use super::{Heard, Wish};

pub(super) async fn run(mut wishes: UnboundedReceiver<Wish>, hear: impl Fn(Heard) + Send + Sync + 'static) {
    while let Some(wish) = wishes.recv().await {
        match wish {
            Wish::Show(notice) => {
                let shown = without_buttons(notice.clone());
                // Both systems' calls may wait for the system.
                let told = tokio::task::spawn_blocking(move || {
                    notify_rust::Notification::new().appname("Keyfob").summary(&shown.title).body(&shown.body).show()
                });
                if !matches!(told.await, Ok(Ok(_))) {
                    hear(Heard::Undelivered(notice));
                }
            }
            // The system takes them away by itself.
            Wish::Close(_) => {}
            Wish::End(done) => {
                let _ = done.send(());
            }
        }
    }
}
