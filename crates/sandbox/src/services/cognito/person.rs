//! What a person of a pool would read: the code that was sent, and the one that the authenticator shows.

use super::codes;
use crate::{setup::Mfa, world::World};

/// The last SMS or e-mail code that was "sent" to `user`.
pub(crate) fn last_code(world: &World, user: &str) -> Option<String> {
    let mut people = world.people.iter().filter(|((_, name), _)| name == user);
    people.find_map(|(_, person)| person.last_code.clone())
}

/// The code that the authenticator app of `user` shows now.
pub(crate) fn shown_code(world: &World, user: &str) -> Option<String> {
    let user = world.setup.pools.iter().find_map(|pool| pool.user(user))?;
    user.mfa.iter().find_map(|mfa| match mfa {
        Mfa::Totp { secret } => Some(codes::totp(&codes::base32(secret), codes::step(world.seconds()))),
        Mfa::Sms | Mfa::Email => None,
    })
}
