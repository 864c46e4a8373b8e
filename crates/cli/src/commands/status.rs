//! `keyfob status`: who is logged in where, and until when. It opens no network, and the keychain only where the facts
//! say nothing.

use jiff::Timestamp;
use keyfob_core::face::phrase::Shown;
use keyfob_core::face::{phrase, problem, talk};
use keyfob_core::mind::model::{Model, TeamEntry};
use keyfob_core::words::problem::{Exit, Problem};
use serde::Serialize;
use serde_json::{Value, json};

use crate::args::StatusArgs;
use crate::paint::colour;
use crate::prompt;
use crate::table::Columns;
use crate::world::{IOT_TEAM, World, block_on};

pub fn run(world: &World, args: &StatusArgs) -> Result<(), Problem> {
    if args.prompt {
        // Reached by odd orders of words and by the demo; the usual ones take the short way in `main`.
        let team = match &args.team {
            Some(team) => Some(team.clone()),
            None => world.var(IOT_TEAM)?,
        };
        return prompt(world, team.as_deref());
    }
    let (config, facts) = block_on(world, async {
        let config = world.config().await?;
        let facts = world.sessions().relearn(&config.teams).await;
        Ok((config, facts))
    })?;
    if let Some(name) = &args.team
        && config.team(name).is_none()
    {
        return Err(problem::unknown_team(name, config.nearest(name)));
    }
    let mut teams = config.teams;
    teams.sort_by_key(|t| !t.pinned);
    let model = Model::of(teams, &facts, keyfob_providers::registry().iter().map(|p| p.about()).collect());
    let shown = model.teams.iter().filter(|e| args.team.as_ref().is_none_or(|name| e.team.name == *name));
    if args.json {
        let teams: Vec<Value> = shown.map(|e| as_json(e, &model, world.now())).collect();
        return world.json(&json!({"version": 1, "teams": teams}));
    }
    if model.teams.is_empty() {
        world.console.talk(talk::NO_TEAMS);
        return Ok(());
    }
    let tz = world.time_zone();
    let rows: Vec<Shown> = shown.map(|e| phrase::present(e, &model, world.now(), &tz)).collect();
    let mut table = Columns::new();
    let coloured = world.has_colours(world.console.shows_results());
    for Shown { cli, icon, .. } in &rows {
        let place = [cli.symbol, &cli.name, &cli.who, &cli.left, &cli.until, &cli.note];
        table.row(place.map(str::to_owned));
        if coloured {
            [0, 3].into_iter().for_each(|column| table.colour(column, colour(*icon)));
        }
    }
    world.result(&table.to_string())?;
    match (&args.team, rows.first()) {
        // For one team the exit status says how it stands.
        (Some(_), Some(one)) if one.exit != 0 => Err(problem::silent(Exit::of_status(one.exit))),
        _ => Ok(()),
    }
}

/// One team for scripts. Times are RFC 3339 in UTC.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    provider: &'a str,
    health: keyfob_core::mind::health::Health,
    who: Option<&'a str>,
    session_ends: Option<String>,
    credentials: Vec<Value>,
    renews: bool,
    problem: Option<&'a Problem>,
}

fn as_json(entry: &TeamEntry, model: &Model, now: Timestamp) -> Value {
    let session = entry.state.session.as_ref();
    let credentials = entry
        .team
        .profiles
        .iter()
        .filter_map(|p| model.keys_end(entry, p).map(|ends| json!({"profile": p.name, "ends": rfc3339(ends)})))
        .collect();
    json!(Row {
        name: &entry.team.name,
        provider: &entry.team.provider,
        health: entry.health(model, now),
        who: session.map(|s| s.who.as_str()),
        session_ends: session.map(|s| rfc3339(s.ends())),
        credentials,
        renews: session.is_some_and(|s| s.renews),
        problem: entry.state.problem.as_ref(),
    })
}

/// RFC 3339 in UTC, whole seconds.
pub fn rfc3339(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn prompt(world: &World, team: Option<&str>) -> Result<(), Problem> {
    match prompt::line(&world.sessions().facts(), team, world.now()) {
        Some(line) => world.result(&line),
        None => Err(problem::silent(Exit::NotLoggedIn)),
    }
}
