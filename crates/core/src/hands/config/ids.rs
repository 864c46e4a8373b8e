//! Ids for what was written by hand without one: found from its name, so that they are the same at every reading, also
//! of a file that nobody can write them into.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::words::id::Id;

/// A team goes by its provider and its name: another provider's session would be of no use to it.
pub(super) fn of_team(provider: &str, name: &str, taken: &BTreeSet<String>) -> Id {
    free(&["team", provider, name], taken)
}

/// A profile goes by its team's id, which stays when the team is renamed, and its own exact name.
pub(super) fn of_profile(team: &Id, name: &str, taken: &BTreeSet<String>) -> Id {
    free(&["profile", team.as_str(), name], taken)
}

/// A step on the way of profiles that none of them is called after: it goes by the team that the way begins with, and
/// by all that was done up to there.
pub(in crate::hands) fn of_step(team: &Id, done: &str) -> Id {
    derive(&["step", team.as_str(), done], 0)
}

/// The first of its row that stands nowhere in the file: somebody may have given a copy of the team another name, and
/// kept the id.
fn free(identity: &[&str], taken: &BTreeSet<String>) -> Id {
    let mut id = derive(identity, 0);
    let mut turn = 0_u32;
    while taken.contains(id.as_str()) {
        turn += 1;
        id = derive(identity, turn);
    }
    id
}

/// These bytes name keychain entries for good: what goes into them never changes.
fn derive(identity: &[&str], turn: u32) -> Id {
    let mut hash = Sha256::new();
    hash.update(b"keyfob id 1");
    for part in identity {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.update(turn.to_be_bytes());
    let mut bytes = [0; 10];
    bytes.copy_from_slice(&hash.finalize()[..10]);
    Id::from_random(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    // F113
    #[test]
    fn the_same_name_has_the_same_id_for_ever_and_every_other_name_another() {
        let none = BTreeSet::new();
        let acme = of_team("aws-sso", "acme", &none);
        assert_eq!(acme.as_str(), "sotkstqkhb7fx3qx");
        assert_eq!(of_profile(&acme, "admin", &none).as_str(), "szn64rdbt7eec63v");
        let others =
            [of_team("aws-ssoa", "cme", &none), of_team("cognito", "acme", &none), of_profile(&acme, "acme", &none)];
        assert!(!others.contains(&acme));
    }

    // F113
    #[test]
    fn an_id_that_somebody_has_already_is_not_given_again() {
        let taken = BTreeSet::from([of_team("aws-sso", "acme", &BTreeSet::new()).to_string()]);
        let second = of_team("aws-sso", "acme", &taken);
        assert!(!taken.contains(second.as_str()));
        assert_eq!(of_team("aws-sso", "acme", &taken), second);
    }
}
