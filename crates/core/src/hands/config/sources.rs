//! What profiles name as their sources, in the text of the config file: it follows the names that change.

use toml_edit::{Item, TableLike, Value};

use crate::words::name::is_same;

/// Profiles that have their source in a team go on having it there under its new name.
pub(super) fn follow_team(teams: &mut dyn TableLike, from: &str, to: &str) {
    each(teams, |_, profile| change(profile, "source-team", from, to));
}

/// Profiles that begin with another one go on beginning with it under its new name.
pub(super) fn follow_profile(teams: &mut dyn TableLike, team: &str, from: &str, to: &str) {
    each(teams, |own, profile| {
        let source = profile.get("source-team").and_then(Item::as_str).unwrap_or(own).to_owned();
        if is_same(&source, team) {
            change(profile, "source-profile", from, to);
        }
    });
}

fn each(teams: &mut dyn TableLike, mut what: impl FnMut(&str, &mut dyn TableLike)) {
    for (name, team) in teams.iter_mut() {
        let profiles = team.as_table_like_mut().and_then(|team| team.get_mut("profile"));
        let Some(profiles) = profiles.and_then(Item::as_table_like_mut) else { continue };
        for (_, profile) in profiles.iter_mut() {
            if let Some(profile) = profile.as_table_like_mut() {
                what(name.get(), profile);
            }
        }
    }
}

/// A value that is there keeps the comment behind it.
fn change(profile: &mut dyn TableLike, key: &str, from: &str, to: &str) {
    let Some(Item::Value(there)) = profile.get_mut(key) else { return };
    if there.as_str().is_some_and(|name| is_same(name, from)) {
        let decor = there.decor().clone();
        *there = Value::from(to);
        *there.decor_mut() = decor;
    }
}
