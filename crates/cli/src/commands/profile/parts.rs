//! From the flags of `keyfob profile` to a profile, and whether it can be one.

use keyfob_core::face::{problem, talk};
use keyfob_core::words::about::Field;
use keyfob_core::words::problem::Problem;
use keyfob_core::words::profile::{AssumedRole, Profile, Source};
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;

use crate::args::ProfileParts;
use crate::world::World;

/// The profile with what the flags say; an empty text takes a part away. `fields` are those of the team's provider, which
/// may trade its session for a role directly: then the role's parts are fields of the target.
pub fn changed(
    old: &Profile,
    parts: &ProfileParts,
    owner: &Team,
    teams: &[Team],
    fields: &[Field],
) -> Result<Profile, Problem> {
    let mut new = old.clone();
    if let Some(region) = &parts.region {
        new.region = Some(region.clone()).filter(|region| !region.is_empty());
    }
    if let Some(named) = &parts.via {
        let source = Source::read(named, owner, teams);
        new.source = Some(source.ok_or_else(|| problem::unknown_source(named, &known(owner, teams)))?);
        new.target.clear();
    }
    let mut target = pairs("--set", &parts.set)?;
    let short = [("account", &parts.account), ("role", &parts.role)];
    target.extend(short.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text.clone()?))));
    let is_field =
        |key: &str| parts.via.is_none() && old.chain.is_empty() && fields.iter().any(|field| field.key == key);
    let of_role = [&parts.role_arn, &parts.external_id, &parts.session_name, &parts.duration, &parts.mfa_serial];
    let of_role = of_role.into_iter().chain([&parts.source_identity]);
    let (mut role, mut given) = (new.chain.pop().unwrap_or_default(), None);
    for (key, text) in AssumedRole::KEYS.into_iter().zip(of_role).filter_map(|(key, text)| Some((key, text.as_ref()?)))
    {
        if is_field("role-arn") && is_field(key) {
            target.insert(key.to_owned(), text.clone());
            continue;
        }
        role.set(key, text).map_err(|bad| problem::malformed_role(&bad))?;
        given.get_or_insert(key);
    }
    for (key, value) in pairs("--tag", &parts.tags)? {
        if value.is_empty() {
            drop(role.tags.remove(&key))
        } else {
            drop(role.tags.insert(key, value))
        }
        given.get_or_insert("tag");
    }
    match (role.role_arn.is_empty(), given) {
        (false, _) => new.chain.push(role),
        (true, Some(part)) if part != "role-arn" => {
            return Err(problem::malformed_profile(&talk::profile::no_role(part)));
        }
        (true, _) => {}
    }
    for (key, value) in target {
        if value.is_empty() { drop(new.target.remove(&key)) } else { drop(new.target.insert(key, value)) }
    }
    Ok(new)
}

/// Whether it can have credentials one day, as far as anybody can tell without asking a server.
pub fn check(world: &World, owner: &Team, profile: &Profile, teams: &[Team]) -> Result<(), Problem> {
    let provider = super::find(owner)?;
    match &profile.source {
        None => provider.check_profile(&profile.target).map_err(|bad| problem::of_profile_field(&bad, &owner.name))?,
        Some(_) if !profile.target.is_empty() => {
            return Err(problem::malformed_profile(&talk::profile::both(&profile.name)));
        }
        Some(_) if profile.chain.is_empty() => {
            return Err(problem::malformed_profile(&talk::profile::no_role_on_top(&profile.name)));
        }
        Some(_) => {}
    }
    if let Some(region) = &profile.region {
        let fits = keyfob_core::face::export::Variable::AwsRegion.check(region);
        fits.map_err(|misfit| problem::malformed_profile(&misfit.to_string()))?;
    }
    profile.chain.iter().try_for_each(AssumedRole::check).map_err(|bad| problem::malformed_role(&bad))?;
    if profile.is_chained() {
        world.sessions().check_way(teams, owner, profile)?;
    }
    Ok(())
}

/// `KEY=VALUE` each.
fn pairs(flag: &str, given: &[String]) -> Result<Settings, Problem> {
    let pair = |one: &String| {
        let (key, value) =
            one.split_once('=').ok_or_else(|| problem::malformed_profile(&talk::profile::no_pair(flag, one)))?;
        Ok((key.trim().to_owned(), value.trim().to_owned()))
    };
    given.iter().map(pair).collect()
}

/// What a profile of this team can begin with.
fn known(owner: &Team, teams: &[Team]) -> Vec<String> {
    let own = owner.profiles.iter().map(|profile| profile.name.clone());
    let others = teams.iter().filter(|team| team.id != owner.id);
    let others = others.flat_map(|team| team.profiles.iter().map(|profile| format!("{}/{}", team.name, profile.name)));
    own.chain(others).take(20).collect()
}
