//! What a person of a pool would read: the code that was sent, and the one that the authenticator shows.

use super::codes;
use crate::{
    setup::Mfa,
    world::{Stage, World},
};

/// The last SMS or e-mail code that was "sent" to `user`.
pub(crate) fn last_code(world: &World, user: &str) -> Option<String> {
    let mut people = world.people.iter().filter(|((_, name), _)| name == user);
    people.find_map(|(_, person)| person.last_code.clone())
}

/// The code that the authenticator app of `user` shows now: also that of one that is just being set up.
pub(crate) fn shown_code(world: &World, user: &str) -> Option<String> {
    let new = world.challenges.iter().rev().find_map(|(_, challenge)| match &challenge.stage {
        Stage::Setup { seed: Some(seed), .. } if challenge.user == user => Some(seed),
        _ => None,
    });
    if let Some(seed) = new {
        return Some(codes::totp(seed, codes::step(world.seconds())));
    }
    let user = world.setup.pools.iter().find_map(|pool| pool.user(user))?;
    user.mfa.iter().find_map(|mfa| match mfa {
        Mfa::Totp { secret } => Some(codes::totp(&codes::base32(secret), codes::step(world.seconds()))),
        Mfa::Sms | Mfa::Email => None,
    })
}
