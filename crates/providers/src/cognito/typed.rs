//! What one try to log in to a pool begins with, and how far it has come.

use keyfob_core::words::question::Place;
use keyfob_core::words::secret::Secret;

/// User name and password of one try.
pub(super) struct Typed {
    pub username: String,
    pub password: Secret,
    pub remember: bool,
    pub from_keychain: bool,
    /// How many things the person was asked for, the password included.
    steps: u32,
}

impl Typed {
    pub fn new(username: String, password: Secret, remember: bool) -> Self {
        Typed { username, password, remember, from_keychain: false, steps: 1 }
    }

    pub fn from_keychain(username: String, password: Secret) -> Self {
        Typed { from_keychain: true, ..Typed::new(username, password, true) }
    }

    /// The next thing the person is asked for, with so many known to come behind it.
    pub fn next(&mut self, behind: u32) -> Place {
        self.steps += 1;
        Place { step: self.steps, of: self.steps + behind, who: self.username.clone() }
    }
}
