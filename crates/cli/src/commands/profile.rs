//! `keyfob profile`: the accounts and roles that a team's session can be traded for.

mod discover;

use keyfob_core::doors::provider::Provider;
use keyfob_core::face::export::sh_word;
use keyfob_core::face::{chain, problem, talk};
use keyfob_core::words::problem::Problem;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;
use serde_json::{Value, json};

use crate::args::ProfileCommand;
use crate::asking::left;
use crate::own_path::own_path;
use crate::table::Columns;
use crate::world::World;

pub async fn run(world: &World, command: ProfileCommand) -> Result<(), Problem> {
    match command {
        ProfileCommand::Add { team, name, account, role, region, set } => {
            let mut target = pairs(&set)?;
            target.extend(account.map(|account| ("account".to_owned(), account)));
            target.extend(role.map(|role| ("role".to_owned(), role)));
            let team = world.named(team).await?;
            add(world, &team, name, target, region).await
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

async fn add(
    world: &World,
    team: &str,
    name: Option<String>,
    mut target: Settings,
    region: Option<String>,
) -> Result<(), Problem> {
    let file = world.config_file();
    let owner = world.team(team).await?;
    let provider = find(&owner)?;
    let about = provider.about();
    let Some(fields) = about.profile_fields else { return Err(problem::no_profiles(&owner.name, about.name)) };
    let nobody = problem::not_given("The profile's name", &format!("keyfob profile add {} admin", sh_word(team)));
    let name = world.given_or_asked(name, talk::profile::NAME, nobody).await?;
    if world.console.has_person() {
        for field in fields.iter().filter(|field| field.required) {
            if !target.contains_key(field.key) {
                let typed = world.ask(talk::profile::field(field)).await.map_err(left)?;
                target.insert(field.key.to_owned(), typed);
            }
        }
    }
    provider.check_profile(&target).map_err(|bad| problem::of_profile_field(&bad, team))?;
    if let Some(region) = &region {
        let fits = keyfob_core::face::export::Variable::AwsRegion.check(region);
        fits.map_err(|misfit| problem::malformed_profile(&misfit.to_string()))?;
    }
    let profile = Profile { region, ..Profile::new(file.new_id(), name, target) };
    file.edit(|edit| edit.add_profile(team, &profile)).await?;
    world.console.talk(&talk::profile::added(&owner, &profile, &own_path(world)));
    Ok(())
}

async fn show(world: &World, team: &str, name: Option<&str>, json: bool) -> Result<(), Problem> {
    let owner = world.team(team).await?;
    let profile = world.profile_of(&owner, name).await?;
    if json {
        let mut value = as_json(profile);
        value["version"] = 1.into();
        value["team"] = owner.name.clone().into();
        return world.json(&value);
    }
    world.show(&talk::profile::show(&owner, profile))
}

/// `KEY=VALUE` each.
fn pairs(set: &[String]) -> Result<Settings, Problem> {
    let pair = |one: &String| {
        let (key, value) =
            one.split_once('=').ok_or_else(|| problem::malformed_profile(&talk::profile::no_pair(one)))?;
        Ok((key.trim().to_owned(), value.trim().to_owned()))
    };
    set.iter().map(pair).collect()
}

fn find(team: &Team) -> Result<&'static dyn Provider, Problem> {
    keyfob_providers::find(&team.provider).ok_or_else(|| problem::unknown_provider(&team.provider, &team.name))
}

async fn remove(world: &World, team: &str, name: Option<&str>) -> Result<(), Problem> {
    let file = world.config_file();
    let owner = world.team(team).await?;
    let profile = world.profile_of(&owner, name).await?;
    file.try_out(|edit| edit.remove_profile(team, &profile.name)).await?;
    world.with_sessions(async |sessions| sessions.forget_credential(&owner, profile).await).await?;
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
