//! `keyfob profile`: the accounts and roles that a team's session can be traded for.

mod discover;
mod parts;

use keyfob_core::doors::provider::Provider;
use keyfob_core::face::export::sh_word;
use keyfob_core::face::{chain, problem, talk};
use keyfob_core::hands::sessions::Sessions;
use keyfob_core::words::problem::Problem;
use keyfob_core::words::profile::{Profile, Source};
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;
use keyfob_core::words::way::{self, Way};
use serde_json::{Value, json};

use crate::args::{ProfileCommand, ProfileParts};
use crate::asking::left;
use crate::own_path::own_path;
use crate::table::Columns;
use crate::world::World;

pub async fn run(world: &World, command: ProfileCommand) -> Result<(), Problem> {
    match command {
        ProfileCommand::Add { team, name, parts } => add(world, &world.named(team).await?, name, &parts).await,
        ProfileCommand::Edit { team, name, parts } => {
            edit(world, &world.named(team).await?, name.as_deref(), &parts).await
        }
        ProfileCommand::Rename { team, from, to } => {
            rename(world, &world.named(team).await?, from.as_deref(), to).await
        }
        ProfileCommand::Show { team, name, json } => {
            show(world, &world.named(team).await?, name.as_deref(), json).await
        }
        ProfileCommand::Remove { team, name } => remove(world, &world.named(team).await?, name.as_deref()).await,
        ProfileCommand::List { team, json } => list(world, team.as_deref(), json).await,
        ProfileCommand::Discover { team, json, add } => {
            discover::run(world, &world.named(team).await?, json, add).await
        }
    }
}

async fn add(world: &World, team: &str, name: Option<String>, parts: &ProfileParts) -> Result<(), Problem> {
    let file = world.config_file();
    let teams = file.load().await?.teams;
    let owner = world.team(team).await?;
    let provider = find(&owner)?;
    let about = provider.about();
    let fields = about.profile_fields.unwrap_or_default();
    let begins_elsewhere = parts.via.is_some();
    if !about.has_profiles() && !begins_elsewhere {
        return Err(problem::no_profiles(&owner.name, about.name));
    }
    let nobody = problem::not_given("The profile's name", &format!("keyfob profile add {} admin", sh_word(team)));
    let name = world.given_or_asked(name, talk::profile::NAME, nobody).await?;
    let new = Profile::new(file.new_id(), name, Settings::new());
    let mut profile = parts::changed(&new, parts, &owner, &teams, fields)?;
    let of_session_alone = profile.source.is_none() && profile.target.is_empty() && !profile.chain.is_empty();
    if of_session_alone {
        profile.source = Some(Source::default());
    } else if !begins_elsewhere && world.console.has_person() {
        for field in fields.iter().filter(|field| field.required) {
            if !profile.target.contains_key(field.key) {
                let typed = world.ask(talk::profile::field(field)).await.map_err(left)?;
                profile.target.insert(field.key.to_owned(), typed);
            }
        }
    }
    parts::check(world, &owner, &profile, &teams)?;
    file.edit(|edit| edit.add_profile(team, &profile)).await?;
    world.console.talk(&talk::profile::added(&owner, &profile, &own_path(world)));
    Ok(())
}

async fn edit(world: &World, team: &str, name: Option<&str>, parts: &ProfileParts) -> Result<(), Problem> {
    let file = world.config_file();
    let teams = file.load().await?.teams;
    let owner = world.team(team).await?;
    let old = world.profile_of(&owner, name).await?;
    let fields = find(&owner)?.about().profile_fields.unwrap_or_default();
    let new = parts::changed(old, parts, &owner, &teams, fields)?;
    parts::check(world, &owner, &new, &teams)?;
    file.try_out(|edit| edit.replace_profile(team, &new)).await?;
    let forget = async |sessions: &Sessions| sessions.among(&teams).forget_credential(&owner, old).await;
    world.with_sessions(forget).await?;
    file.edit(|edit| edit.replace_profile(team, &new)).await?;
    world.console.talk(&talk::profile::changed(&new.name));
    Ok(())
}

async fn rename(world: &World, team: &str, from: Option<&str>, to: Option<String>) -> Result<(), Problem> {
    let owner = world.team(team).await?;
    let from = world.profile_of(&owner, from).await?.name.clone();
    let how = format!("keyfob profile rename {} {} NAME", sh_word(team), sh_word(&from));
    let to = &world.given_or_asked(to, talk::team::NEW_NAME, problem::not_given("The new name", &how)).await?;
    world.config_file().edit(|edit| edit.rename_profile(team, &from, to)).await?;
    world.console.talk(&talk::renamed(&from, to));
    Ok(())
}

async fn show(world: &World, team: &str, name: Option<&str>, json: bool) -> Result<(), Problem> {
    let teams = world.config_file().load().await?.teams;
    let owner = world.team(team).await?;
    let profile = world.profile_of(&owner, name).await?;
    let way = Way::of(&teams, &owner, profile).map(|way| way.names()).unwrap_or_default();
    let allowed = world.sessions().facts().allowed(profile);
    if json {
        let mut value = as_json(profile);
        value["version"] = 1.into();
        value["team"] = owner.name.clone().into();
        value["way"] = way.into();
        value["allowed_duration"] = allowed.map(|allowed| allowed.given).into();
        return world.json(&value);
    }
    world.show(&talk::profile::show(&owner, profile, &way, allowed))
}

fn find(team: &Team) -> Result<&'static dyn Provider, Problem> {
    keyfob_providers::find(&team.provider).ok_or_else(|| problem::unknown_provider(&team.provider, &team.name))
}

async fn remove(world: &World, team: &str, name: Option<&str>) -> Result<(), Problem> {
    let file = world.config_file();
    let owner = world.team(team).await?;
    let teams = file.load().await?.teams;
    let profile = world.profile_of(&owner, name).await?;
    let users = way::users(&teams, &owner, Some(profile));
    if !users.is_empty() {
        return Err(problem::in_use(&profile.name, &users));
    }
    file.try_out(|edit| edit.remove_profile(team, &profile.name)).await?;
    world.with_sessions(async |sessions| sessions.among(&teams).forget_credential(&owner, profile).await).await?;
    file.edit(|edit| edit.remove_profile(team, &profile.name)).await?;
    world.console.talk(&talk::removed_profile(&profile.name, team));
    Ok(())
}

async fn list(world: &World, team: Option<&str>, json: bool) -> Result<(), Problem> {
    let config = world.config().await?;
    let teams: Vec<&Team> = match team {
        Some(name) => vec![config.team(name).ok_or_else(|| problem::unknown_team(name, config.nearest(name)))?],
        None => config.teams.iter().collect(),
    };
    if json {
        let profiles: Vec<Value> = teams
            .iter()
            .flat_map(|t| t.profiles.iter().map(move |p| (t, p)))
            .map(|(t, p)| {
                let mut value = as_json(p);
                value["team"] = t.name.clone().into();
                value
            })
            .collect();
        return world.json(&json!({"version": 1, "profiles": profiles}));
    }
    if let ([only], Some(about)) = (teams.as_slice(), team.and_then(|_| Some(find(teams.first()?).ok()?.about())))
        && !about.has_profiles()
        && only.profiles.is_empty()
    {
        return Err(problem::no_profiles(&only.name, about.name));
    }
    if teams.iter().all(|t| t.profiles.is_empty()) {
        world.console.talk(talk::NO_PROFILES);
        return Ok(());
    }
    let mut table = Columns::with_heads(["TEAM", "PROFILE", "ACCOUNT", "ROLE", "REGION"]);
    for (team, p) in teams.iter().flat_map(|t| t.profiles.iter().map(move |p| (t, p))) {
        let region = p.region.as_deref().or_else(|| team.setting("region")).unwrap_or("—");
        let field = |key: &str| p.field(key).unwrap_or("—").to_owned();
        let role = if p.is_chained() { chain::chain(p) } else { field("role") };
        table.row([team.name.clone(), p.name.clone(), field("account"), role, region.into()]);
    }
    world.result(&table.to_string())
}

/// A profile as scripts read it. `account` and `role` are there whether or not it has them.
pub fn as_json(profile: &Profile) -> Value {
    let source = profile.source.clone().unwrap_or_default();
    json!({
        "name": profile.name,
        "account": profile.field("account"),
        "role": profile.field("role"),
        "region": profile.region,
        "target": profile.target,
        "source_team": source.team,
        "source_profile": source.profile,
        "assume": profile.chain,
    })
}
