//! `keyfob import`: finds teams in other programs' files, shows them, and follows the files once a person agreed.

pub mod taking;

use keyfob_core::face::problem;
use keyfob_core::face::talk::import::{self as words, Imported};
use keyfob_core::hands::config::Edit;
use keyfob_core::words::change::Change;
use keyfob_core::words::mistake::EditError;
use keyfob_core::words::problem::Problem;
use keyfob_core::words::team::Team;
use keyfob_neighbours::Source;
use keyfob_neighbours::look::{Ground, Looked};
use keyfob_neighbours::review::{Offer, Review, What};
use keyfob_platform::files::DiskFiles;
use serde_json::{Value, json};

use crate::args::ImportArgs;
use crate::table::Columns;
use crate::world::World;

pub async fn run(world: &World, args: ImportArgs) -> Result<(), Problem> {
    let only = match args.from.as_deref() {
        None => None,
        Some("aws") => Some(Source::Aws),
        Some("aws-credentials") => Some(Source::AwsCredentials),
        Some(_) => Some(Source::SimpleIot),
    };
    if args.take_keys && only != Some(Source::AwsCredentials) {
        return Err(problem::not_given("--from aws-credentials", "keyfob import --from aws-credentials --take-keys"));
    }
    let read = if args.path.is_some() { DiskFiles::read_named } else { DiskFiles::read_other };
    let env = |name: &str| world.raw(name);
    let ground = Ground { env: &env, read: &read, entries: &DiskFiles::entries };
    if args.undo {
        return taking::undo(world, ground).await;
    }
    let mut looked = match &args.path {
        Some(path) => ground.at(path, only)?,
        None => ground.usual(only),
    };
    let file = world.config_file();
    let teams = file.load().await?.teams;
    let told = looked.told(ground);
    let left_out = if args.json { left_out(&looked, ground) } else { Value::Null };
    let review = Review { ground, new_id: &|| file.new_id(), check: &|team| file.check_team(team) };
    let offers = review.of(std::mem::take(&mut looked.found), &teams);

    if args.json {
        let offers: Vec<Value> = offers.iter().map(|offer| as_json(offer, ground)).collect();
        world.json(&json!({"version": 1, "offers": offers, "left_out": left_out}))?;
    } else {
        looked.problems.iter().for_each(|problem| world.tell(problem));
        told.iter().for_each(|one| world.console.talk(one));
        if offers.is_empty() {
            world.console.talk(words::NOTHING_FOUND);
            return Ok(());
        }
        world.result(&table(&offers, ground))?;
    }
    let with_keys: Vec<Team> = match only {
        Some(Source::AwsCredentials) => offers.iter().filter(|offer| has_keys(offer)).map(|o| o.team.clone()).collect(),
        _ => Vec::new(),
    };
    if args.json && !args.yes {
        return Ok(());
    }
    if !args.dry_run {
        let wanted = agree(world, &args, offers).await?;
        follow(world, wanted).await?;
    }
    if with_keys.is_empty() {
        return Ok(());
    }
    if !args.take_keys {
        world.console.talk(words::NO_KEYS_YET);
        return Ok(());
    }
    // Those that are here by now, by the names and ids that they have here.
    let here = if args.dry_run { with_keys } else { here(with_keys, file.load().await?.teams) };
    taking::take_out(world, ground, &args, &here).await
}

fn has_keys(offer: &Offer) -> bool {
    matches!(offer.what, What::New | What::There | What::Change(_))
}

/// The teams of the config that have the keys of these.
fn here(found: Vec<Team>, teams: Vec<Team>) -> Vec<Team> {
    let key = |team: &Team| (team.provider.clone(), team.setting("access-key-id").map(str::to_owned));
    let found: Vec<_> = found.iter().map(key).collect();
    teams.into_iter().filter(|team| found.contains(&key(team))).collect()
}

/// What a person agreed to, kind by kind: what is new, what changed, and what is gone.
async fn agree(world: &World, args: &ImportArgs, offers: Vec<Offer>) -> Result<Vec<Offer>, Problem> {
    let (mut new, mut changed, mut gone) = (Vec::new(), Vec::new(), Vec::new());
    for offer in offers {
        match &offer.what {
            What::New | What::Change(Change::Add(_)) => new.push(offer),
            What::Change(Change::Remove(_)) => gone.push(offer),
            What::Change(_) => changed.push(offer),
            What::There | What::Gone | What::Clash(_) | What::Refused(_) => {}
        }
    }
    if new.is_empty() && changed.is_empty() && gone.is_empty() {
        world.console.talk(words::NOTHING_NEW);
        return Ok(Vec::new());
    }
    if args.yes {
        match (gone.is_empty(), args.prune) {
            (false, true) => changed.append(&mut gone),
            (false, false) => world.console.talk(words::PRUNE),
            (true, _) => {}
        }
        new.append(&mut changed);
        return Ok(new);
    }
    if !world.console.has_person() {
        return Err(problem::review_needed());
    }
    let (take_over, remove_gone) = (words::take_over(changed.len()), words::remove_gone(gone.len()));
    let mut wanted = Vec::new();
    for (mut offers, question) in [(new, words::IMPORT_ALL), (changed, &take_over), (gone, &remove_gone)] {
        if !offers.is_empty() && world.ask_yes(question).await {
            wanted.append(&mut offers);
        }
    }
    if wanted.is_empty() {
        world.console.talk(words::NOTHING_IMPORTED);
    }
    Ok(wanted)
}

/// Writes all of it in one edit. What is kept for a profile that goes is forgotten first.
async fn follow(world: &World, wanted: Vec<Offer>) -> Result<(), Problem> {
    if wanted.is_empty() {
        return Ok(());
    }
    let file = world.config_file();
    let gone = wanted.iter().filter_map(|offer| match &offer.what {
        What::Change(Change::Remove(profile)) => Some((&offer.team, profile)),
        _ => None,
    });
    let gone: Vec<_> = gone.collect();
    let teams = if gone.is_empty() { Vec::new() } else { file.load().await?.teams };
    // Nothing is forgotten for an edit that cannot be made.
    if !gone.is_empty() {
        file.try_out(|edit| wanted.iter().try_for_each(|offer| write(offer, edit))).await?;
    }
    for (team, profile) in gone {
        world.with_sessions(async |sessions| sessions.among(&teams).forget_credential(team, profile).await).await?;
    }
    file.edit(|edit| wanted.iter().try_for_each(|offer| write(offer, edit))).await?;
    let teams = wanted.iter().filter(|offer| matches!(offer.what, What::New)).count();
    let changes =
        wanted.iter().filter_map(|offer| if let What::Change(change) = &offer.what { Some(change) } else { None });
    let changes: Vec<&Change> = changes.collect();
    world.console.talk(&words::imported(Imported::count(teams, &changes)));
    Ok(())
}

fn write(offer: &Offer, edit: &mut Edit) -> Result<(), EditError> {
    match &offer.what {
        What::New => edit.add_team(&offer.team),
        What::Change(change) => edit.change(&offer.team.name, change),
        What::There | What::Gone | What::Clash(_) | What::Refused(_) => Ok(()),
    }
}

fn table(offers: &[Offer], ground: Ground) -> String {
    let mut table = Columns::with_heads(["", "TEAM", "PROVIDER", "REGION", "PROFILES", "FROM", ""]);
    for offer in offers {
        let (mark, _) = kind(&offer.what);
        let from = ground.shown(&offer.from);
        let said = offer.words(&from);
        let team = &offer.team;
        let [provider, region, profiles] = match offer.what {
            // The row is about a part of the team.
            What::Change(_) => [const { String::new() }; 3],
            _ => [
                team.provider.clone(),
                team.setting("region").unwrap_or("—").to_owned(),
                team.profiles.len().to_string(),
            ],
        };
        table.row([mark.into(), team.name.clone(), provider, region, profiles, from, said]);
    }
    table.to_string()
}

/// The mark of a row, and its word for scripts.
fn kind(what: &What) -> (&'static str, &'static str) {
    match what {
        What::New => ("+", "new-team"),
        What::There => ("=", "there"),
        What::Change(Change::Add(_)) => ("+", "new-profile"),
        What::Change(Change::Set { .. }) => ("~", "changed-setting"),
        What::Change(Change::Replace { .. }) => ("~", "changed-profile"),
        What::Change(Change::Remove(_)) => ("-", "gone-profile"),
        What::Gone => ("-", "gone-team"),
        What::Clash(_) => ("!", "name-taken"),
        What::Refused(_) => ("!", "refused"),
    }
}

fn as_json(offer: &Offer, ground: Ground) -> Value {
    let from = ground.shown(&offer.from);
    let as_json = crate::commands::profile::as_json;
    let mut value = json!({
        "kind": kind(&offer.what).1,
        "team": offer.team.name,
        "provider": offer.team.provider,
        "from": from,
        "text": offer.words(&from),
    });
    match &offer.what {
        What::New => {
            value["settings"] = json!(offer.team.settings);
            value["profiles"] = offer.team.profiles.iter().map(as_json).collect();
        }
        What::Change(Change::Set { key, new, .. }) => value["settings"] = json!({ key.as_str(): new }),
        What::Change(Change::Add(profile) | Change::Replace { new: profile, .. } | Change::Remove(profile)) => {
            value["profiles"] = json!([as_json(profile)]);
        }
        _ => {}
    }
    value
}

/// All that is not offered, row by row.
fn left_out(looked: &Looked, ground: Ground) -> Value {
    let mut rows = Vec::new();
    for found in &looked.found {
        rows.extend(found.warnings.iter().map(
            |w| json!({"from": ground.shown(&w.path), "line": w.line, "name": w.field, "why": w.why, "next": w.next}),
        ));
        for one in &found.left_out {
            let from = ground.shown(&one.path);
            rows.extend(one.names.iter().map(|named| {
                json!({"from": from, "line": named.line, "name": named.name, "why": one.reason.why,
                    "next": one.reason.next})
            }));
        }
    }
    rows.extend(looked.problems.iter().map(
        |problem| json!({"from": null, "line": null, "name": problem.code, "why": problem.title, "next": problem.hint}),
    ));
    rows.into()
}
