//! How a keychain that is closed to us is spoken of: locked as a whole, or keeping its entries back.

use crate::mind::model::Keychain;

/// The words for one way of being closed. What opens it is *Unlock…* either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    pub label: &'static str,
    /// What a person does about it, such as "Unlock it to go on".
    pub way_out: &'static str,
    pub title: &'static str,
    pub code: &'static str,
    pub notice: &'static str,
}

const LOCKED: Closed = Closed {
    label: "Keychain locked",
    way_out: "Unlock it to go on",
    title: "Your keychain is locked",
    code: "KC-LOCKED",
    notice: "Unlock your keychain",
};

const KEPT_BACK: Closed = Closed {
    label: "No access to keychain",
    way_out: "Allow it when asked",
    title: "Your keychain gives Keyfob no access",
    code: "KC-ACCESS",
    notice: "Let Keyfob into your keychain",
};

/// `None` when it is open, or there is none.
pub fn closed(keychain: &Keychain) -> Option<Closed> {
    match keychain {
        Keychain::Locked => Some(LOCKED),
        Keychain::NotGranted => Some(KEPT_BACK),
        Keychain::Works | Keychain::MemoryOnly | Keychain::Trouble(_) => None,
    }
}
