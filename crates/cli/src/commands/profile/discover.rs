//! `keyfob profile discover`: looks through all accounts, shows what has come however it ends, and adds it if asked.

use keyfob_core::doors::provider::discovery::{Discovery, Found};
use keyfob_core::face::left_out::{LeftOut, left_out};
use keyfob_core::face::{problem, talk};
use keyfob_core::words::about::Target;
use keyfob_core::words::problem::Problem;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::team::Team;
use serde_json::{Value, json};

use crate::table::Columns;
use crate::terminal::Spinner;
use crate::world::World;

pub async fn run(world: &World, name: &str, json: bool, add: bool) -> Result<(), Problem> {
    let team = world.team(name).await?;
    let discovery = Discovery::default();
    let stopped = look(world, &team, &discovery).await.err();
    let found = discovery.found().clone();
    let left_out = left_out(&found, stopped.as_ref(), name);
    let broken_off = world.ends.now().filter(|_| found.is_listed());
    if broken_off.is_none()
        && found.is_in_vain()
        && let Some(why) = stopped.or_else(|| left_out.first().map(|first| first.why.clone()))
    {
        return Err(why);
    }
    show(world, &team, &found, &left_out, json)?;
    // Whoever breaks it off wants nothing to change.
    if let Some(exit) = broken_off {
        world.console.talk(&talk::profile::stopped(found.done(), found.groups().len(), add));
        return Err(problem::silent(exit));
    }
    for one in &left_out {
        world.console.talk(&talk::profile::left_out(one));
    }
    if add {
        keep(world, &team, &found).await?;
    }
    // A script must not take what has come for all there is.
    left_out.first().map_or(Ok(()), |first| Err(problem::silent(first.why.exit)))
}

/// Looks until the end, until there is no going on, or until somebody has had enough.
async fn look(world: &World, team: &Team, discovery: &Discovery) -> Result<(), Problem> {
    let cx = world.quiet_cx();
    let spinner = Spinner::new(world, talk::profile::LOOKING.into());
    let mut news = discovery.watch();
    let mut looking =
        std::pin::pin!(world.with_sessions(async |sessions| sessions.targets(team, &cx, discovery).await));
    loop {
        tokio::select! {
            biased;
            ended = &mut looking => return ended,
            exit = world.ends.told() => return Err(problem::silent(exit)),
            Ok(()) = news.changed() => {
                let found = discovery.found();
                if found.is_listed() {
                    spinner.say(talk::profile::looking(found.tried(), found.groups().len()));
                }
            }
        }
    }
}

fn known<'a>(team: &'a Team, target: &Target) -> Option<&'a Profile> {
    team.profiles.iter().find(|profile| profile.target == target.fields)
}

fn show(world: &World, team: &Team, found: &Found, left_out: &[LeftOut], as_json: bool) -> Result<(), Problem> {
    let targets = found.targets().into_iter().map(|(_, target)| target);
    if as_json {
        let targets: Vec<Value> = targets
            .map(|target| {
                let mut value = json!(target.fields);
                value["account_name"] = target.group.clone().into();
                value["profile"] = known(team, target).map(|profile| profile.name.clone()).into();
                value
            })
            .collect();
        let left_out: Vec<Value> = left_out
            .iter()
            .flat_map(|one| one.groups.iter().map(move |group| (&one.why, group)))
            .map(|(why, group)| {
                json!({"account": group.id, "account_name": group.name, "code": why.code, "why": why.one_line()})
            })
            .collect();
        return world.json(&json!({"version": 1, "targets": targets, "left_out": left_out}));
    }
    let mut table = Columns::with_heads(["ACCOUNT", "NAME", "ROLE", "PROFILE"]);
    for target in targets {
        let profile = known(team, target).map_or("—", |profile| profile.name.as_str());
        table.row([target.group_detail.clone(), target.group.clone(), target.label.clone(), profile.into()]);
    }
    world.result(&table.to_string())
}

/// Adds a profile for everything that has none.
async fn keep(world: &World, team: &Team, found: &Found) -> Result<(), Problem> {
    let (file, provider) = (world.config_file(), super::find(team)?);
    let mut new: Vec<Profile> = Vec::new();
    for (_, target) in found.targets().into_iter().filter(|(_, target)| known(team, target).is_none()) {
        // One that could not be used costs itself and not the others.
        if let Err(bad) = provider.check_profile(&target.fields) {
            world.console.talk(&talk::problem(&problem::of_profile_field(&bad, &team.name)));
            continue;
        }
        let taken = |name: &str| team.profile(name).is_some() || new.iter().any(|profile| profile.name == name);
        new.push(Profile::new(file.new_id(), target.profile_name(taken), target.fields.clone()));
    }
    file.edit(|edit| new.iter().try_for_each(|profile| edit.add_profile(&team.name, profile))).await?;
    world.console.talk(&talk::added_profiles(new.len(), &team.name));
    Ok(())
}
