//! `keyfob profile`: the accounts and roles that a team's session can be traded for.

use keyfob_core::face::{problem, talk};
use keyfob_core::words::name::check_name;
use keyfob_core::words::problem::{Problem, clean};
use keyfob_core::words::profile::{Profile, check_account, check_role};
use keyfob_core::words::team::Team;
use serde_json::{Value, json};

use crate::args::ProfileCommand;
use crate::table::Columns;
use crate::world::World;

pub async fn run(world: &World, command: ProfileCommand) -> Result<(), Problem> {
    match command {
        ProfileCommand::Add { team, name, account, role, region } => {
            add(world, &team, Wanted { name, account, role, region }).await
        }
        ProfileCommand::Remove { team, name } => remove(world, &team, &name).await,
        ProfileCommand::List { team, json } => list(world, team.as_deref(), json).await,
        ProfileCommand::Discover { team, json, add } => discover(world, &team, json, add).await,
    }
}

struct Wanted {
    name: String,
    account: String,
    role: String,
    region: Option<String>,
}

async fn add(world: &World, team: &str, wanted: Wanted) -> Result<(), Problem> {
    let usage = |why: String| problem::malformed_profile(&why);
    check_account(&wanted.account).map_err(usage)?;
    check_role(&wanted.role).map_err(usage)?;
    if let Some(region) = &wanted.region {
        keyfob_core::face::export::Variable::AwsRegion.check(region).map_err(|e| usage(e.to_string()))?;
    }
    let file = world.config_file();
    let owner = world.team(team).await?;
    let about = keyfob_providers::find(&owner.provider).map(|p| p.about());
    if about.is_some_and(|a| !a.profiles) {
        let what = "Having profiles".to_owned();
        return Err(problem::of_provider(&keyfob_core::doors::provider::ProviderError::Unsupported { what }, team));
    }
    let Wanted { name, account, role, region } = wanted;
    let profile = Profile { id: file.new_id(), name, account, role, region };
    file.edit(|edit| edit.add_profile(team, &profile)).await?;
    world.console.talk(&talk::added_profile(&owner, &profile));
    Ok(())
}

async fn remove(world: &World, team: &str, name: &str) -> Result<(), Problem> {
    let file = world.config_file();
    let owner = world.team(team).await?;
    let profile = owner.profile(name).ok_or_else(|| problem::unknown_profile(team, name, &owner.profiles))?;
    world.sessions().forget_credential(&owner, profile).await?;
    file.edit(|edit| edit.remove_profile(team, name)).await?;
    world.console.talk(&talk::removed_profile(name, team));
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
        return world.result(&format!("{:#}\n", json!({"version": 1, "profiles": profiles})));
    }
    if teams.iter().all(|t| t.profiles.is_empty()) {
        world.console.talk(talk::NO_PROFILES);
        return Ok(());
    }
    let mut table = Columns::with_heads(["TEAM", "PROFILE", "ACCOUNT", "ROLE", "REGION"]);
    for (team, p) in teams.iter().flat_map(|t| t.profiles.iter().map(move |p| (t, p))) {
        let region = p.region.as_deref().or_else(|| team.setting("region")).unwrap_or("—");
        table.row([team.name.clone(), p.name.clone(), p.account.clone(), p.role.clone(), region.into()]);
    }
    world.result(&table.to_string())
}

async fn discover(world: &World, name: &str, json: bool, add: bool) -> Result<(), Problem> {
    let file = world.config_file();
    let team = world.team(name).await?;
    let targets = world.sessions().targets(&team, &world.quiet_cx()).await?;
    let known = |account: &str, role: &str| team.profiles.iter().find(|p| p.account == account && p.role == role);
    if json {
        let found: Vec<_> = targets
            .iter()
            .map(|t| {
                json!({"account": t.account, "account_name": t.account_name, "role": t.role,
                "profile": known(&t.account, &t.role).map(|p| &p.name)})
            })
            .collect();
        world.result(&format!("{:#}\n", json!({"version": 1, "targets": found})))?;
    } else {
        let mut table = Columns::with_heads(["ACCOUNT", "NAME", "ROLE", "PROFILE"]);
        for t in &targets {
            let profile = known(&t.account, &t.role).map_or("—", |p| &p.name);
            table.row([t.account.clone(), clean(&t.account_name), t.role.clone(), profile.into()]);
        }
        world.result(&table.to_string())?;
    }
    if !add {
        return Ok(());
    }
    let mut new = Vec::new();
    for t in targets.iter().filter(|t| known(&t.account, &t.role).is_none()) {
        let base = if t.account_name.is_empty() { &t.account } else { &t.account_name };
        let mut profile_name = format!("{base}.{}", t.role);
        let taken = |n: &str| team.profile(n).is_some() || new.iter().any(|p: &Profile| p.name == n);
        if check_name(&profile_name).is_err() || taken(&profile_name) {
            profile_name = format!("{}.{}", t.account, t.role);
        }
        new.push(Profile {
            id: file.new_id(),
            name: profile_name,
            account: t.account.clone(),
            role: t.role.clone(),
            region: None,
        });
    }
    file.edit(|edit| new.iter().try_for_each(|p| edit.add_profile(name, p))).await?;
    world.console.talk(&talk::added_profiles(new.len(), name));
    Ok(())
}

pub fn as_json(profile: &Profile) -> Value {
    json!({"name": profile.name, "account": profile.account, "role": profile.role, "region": profile.region})
}
