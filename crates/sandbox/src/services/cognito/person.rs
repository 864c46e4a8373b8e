//! What a person would read: the code that was sent, and the one that the authenticator shows.

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
    let factors = world.setup.pools.iter().find_map(|pool| pool.user(user)).map(|user| user.mfa.as_slice());
    let of_pool = factors.unwrap_or_default().iter().find_map(|mfa| match mfa {
        Mfa::Totp { secret } => Some(secret),
        Mfa::Sms | Mfa::Email => None,
    });
    let of_device = world.setup.users.iter().find(|one| one.name == user).map(|user| &user.mfa_seed);
    let seed = of_pool.or(of_device).filter(|seed| !seed.is_empty())?;
    Some(codes::totp(&codes::base32(seed), codes::step(world.seconds())))
}
