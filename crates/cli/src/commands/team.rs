//! `keyfob team`: adding, showing and changing teams.

use std::collections::BTreeMap;

use keyfob_core::doors::provider::Provider;
use keyfob_core::face::export::sh_word;
use keyfob_core::face::{chain, problem, talk};
use keyfob_core::hands::config::Edit;
use keyfob_core::words::about::{About, BadSetting, Field};
use keyfob_core::words::name::composed;
use keyfob_core::words::plain::clean;
use keyfob_core::words::problem::Problem;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;
use keyfob_core::words::way;
use serde_json::json;

use crate::args::TeamCommand;
use crate::asking::left;
use crate::commands::import::taking::holds_the_only_keys;
use crate::table::Columns;
use crate::world::World;

pub async fn run(world: &World, command: TeamCommand) -> Result<(), Problem> {
    match command {
        TeamCommand::Add { name, provider, set, secret } => add(world, name, provider, &set, secret.key()).await,
        TeamCommand::List { json } => list(world, json).await,
        TeamCommand::Show { name, json } => show(world, &world.named(name).await?, json).await,
        TeamCommand::Edit { name, set, secret } => edit(world, &world.named(name).await?, &set, secret.key()).await,
        TeamCommand::Rename { from, to } => rename(world, &world.named(from).await?, to).await,
        TeamCommand::Remove { name, yes } => remove(world, &world.named(name).await?, yes).await,
        TeamCommand::Pin { name, off } => pin(world, &world.named(name).await?, !off).await,
    }
}

/// How a script adds a team.
const ADD: &str = "keyfob team add acme --provider aws-sso --set start-url=… --set region=…";

async fn add(
    world: &World,
    name: Option<String>,
    provider: Option<String>,
    set: &[String],
    secret: Option<&str>,
) -> Result<(), Problem> {
    let file = world.config_file();
    let name = world.given_or_asked(name, talk::team::NAME, problem::not_given("The team's name", ADD)).await?;
    let provider = &super::provider::chosen(world, provider, problem::not_given("--provider", ADD)).await?;
    let known = keyfob_providers::find(provider).ok_or_else(|| problem::unknown_provider(provider, &name))?;
    let mut changes = Changes::read(world, set, secret, &name, known.about())?;
    // Whoever is asked is not asked for nothing.
    let empty = file.new_team(name.clone(), provider, Settings::new());
    file.try_out(|edit| edit.add_team(&empty)).await?;
    changes.ask_for_missing(world, &name, known.about()).await?;
    let settings: Settings = changes.plain.iter().filter(|(_, v)| !v.is_empty()).cloned().collect();
    check(known, &settings, &name)?;
    let team = file.new_team(name, provider, settings);
    // Said before the keychain is touched.
    file.try_out(|edit| edit.add_team(&team)).await?;
    world.sessions().keep_secrets(&team, changes.secrets).await?;
    file.edit(|edit| edit.add_team(&team)).await?;
    world.console.talk(&talk::added_team(&team.name));
    Ok(())
}

async fn edit(world: &World, name: &str, set: &[String], secret: Option<&str>) -> Result<(), Problem> {
    let file = world.config_file();
    let team = world.team(name).await?;
    let provider =
        keyfob_providers::find(&team.provider).ok_or_else(|| problem::unknown_provider(&team.provider, name))?;
    let mut changes = Changes::read(world, set, secret, name, provider.about())?;
    if set.is_empty() && secret.is_none() {
        changes.ask_for_all(world, provider.about(), &team).await?;
    }
    let mut settings = team.settings.clone();
    for (key, value) in &changes.plain {
        if value.is_empty() {
            settings.remove(key);
        } else {
            settings.insert(key.clone(), value.clone());
        }
    }
    check(provider, &settings, name)?;
    let change = |edit: &mut Edit| changes.plain.iter().try_for_each(|(key, value)| edit.set(name, key, value));
    file.try_out(change).await?;
    world.sessions().keep_secrets(&team, changes.secrets).await?;
    file.edit(change).await?;
    world.console.talk(&talk::changed_team(name));
    Ok(())
}

async fn rename(world: &World, from: &str, to: Option<String>) -> Result<(), Problem> {
    let file = world.config_file();
    let mut team = world.team(from).await?;
    let nobody = problem::not_given("The new name", &format!("keyfob team rename {} acme-prod", sh_word(from)));
    let to = &world.given_or_asked(to, talk::team::NEW_NAME, nobody).await?;
    file.edit(|edit| edit.rename_team(from, to)).await?;
    team.name = composed(to).into_owned();
    let sessions = world.sessions();
    if sessions.facts().teams.contains_key(&team.id) {
        sessions.note_name(&team).await?;
    }
    world.console.talk(&talk::renamed(from, to));
    Ok(())
}

async fn remove(world: &World, name: &str, yes: bool) -> Result<(), Problem> {
    let file = world.config_file();
    let teams = file.load().await?.teams;
    let team = world.team(name).await?;
    let users = way::users(&teams, &team, None);
    if !users.is_empty() {
        return Err(problem::in_use(&team.name, &users));
    }
    file.try_out(|edit| edit.remove_team(name)).await?;
    if holds_the_only_keys(world, &team).await {
        world.console.talk(talk::team::KEYS_GO);
    }
    if !yes {
        if !world.console.has_person() {
            return Err(problem::removal_unasked(&team.name));
        }
        world.console.talk(&talk::team::to_remove(&team));
        if !world.ask_yes(talk::team::REMOVE).await {
            world.console.talk(talk::team::NOT_REMOVED);
            return Ok(());
        }
    }
    let cx = world.quiet_cx();
    let report = world.with_sessions(async |sessions| sessions.among(&teams).remove(&team, &cx).await).await?;
    if let Some((item, problem)) = report.left.into_iter().next() {
        world.console.talk(&talk::team_stays(name, &item));
        return Err(problem);
    }
    file.edit(|edit| edit.remove_team(name)).await?;
    if let Some(problem) = &report.not_revoked {
        world.console.talk(talk::NOT_REVOKED);
        world.tell(problem);
    }
    let path = file.path.display().to_string();
    world.console.talk(&talk::team::removed(&team, &lines_of(&team), &path));
    Ok(())
}

/// A team as the config file has it.
fn lines_of(team: &Team) -> String {
    let Ok(mut edit) = Edit::of("") else { return String::new() };
    // Into an empty file any team fits that was in one.
    let _ = edit.add_team(team);
    let text = edit.text();
    text.find('[').map(|at| text[at..].to_owned()).unwrap_or_default()
}

async fn pin(world: &World, name: &str, pinned: bool) -> Result<(), Problem> {
    let file = world.config_file();
    world.team(name).await?;
    file.edit(|edit| edit.pin(name, pinned)).await?;
    world.console.talk(&talk::pinned(name, pinned));
    Ok(())
}

async fn list(world: &World, json: bool) -> Result<(), Problem> {
    let config = world.config().await?;
    if json {
        let teams: Vec<_> = config
            .teams
            .iter()
            .map(|t| {
                json!({"name": t.name, "provider": t.provider, "settings": t.settings, "pinned": t.pinned,
                "profiles": t.profiles.iter().map(crate::commands::profile::as_json).collect::<Vec<_>>()})
            })
            .collect();
        return world.json(&json!({"version": 1, "teams": teams}));
    }
    if config.teams.is_empty() {
        world.console.talk(talk::NO_TEAMS);
        return Ok(());
    }
    let mut table = Columns::with_heads(["TEAM", "PROVIDER", "REGION", "PROFILES"]);
    let (first, rest): (Vec<_>, Vec<_>) = config.teams.iter().partition(|t| t.pinned);
    for team in first.into_iter().chain(rest) {
        let region = team.setting("region").unwrap_or("—");
        table.row([team.name.clone(), team.provider.clone(), region.into(), team.profiles.len().to_string()]);
    }
    world.result(&table.to_string())
}

async fn show(world: &World, name: &str, json: bool) -> Result<(), Problem> {
    let config = world.config().await?;
    let team = config.team(name).ok_or_else(|| problem::unknown_team(name, config.nearest(name)))?;
    if json {
        let profiles: Vec<_> = team.profiles.iter().map(crate::commands::profile::as_json).collect();
        return world
            .json(&json!({"version": 1, "name": team.name, "provider": team.provider, "settings": team.settings,
                "pinned": team.pinned, "profiles": profiles}));
    }
    let mut text = format!("{}\n  provider  {}\n", team.name, team.provider);
    for (key, value) in &team.settings {
        text.push_str(&format!("  {}  {}\n", clean(key), clean(value)));
    }
    for profile in &team.profiles {
        let region = profile.region.as_deref().map_or(String::new(), |r| format!(" in {}", clean(r)));
        text.push_str(&format!("  profile {}  {}{region}\n", profile.name, chain::stands_for(profile)));
    }
    if let Some(provider) = keyfob_providers::find(&team.provider)
        && let Err(error) = provider.check(&team.settings)
    {
        world.show(&text)?;
        return Err(problem::of_setting(&error, name));
    }
    world.show(&text)
}

fn check(provider: &dyn Provider, settings: &Settings, name: &str) -> Result<(), Problem> {
    provider.check(settings).map_err(|e| problem::of_setting(&e, name))
}

/// What is asked for: settings for the file, and secret ones for the keychain.
struct Changes {
    plain: Vec<(String, String)>,
    secrets: BTreeMap<String, Secret>,
}

impl Changes {
    /// `piped` is the secret setting that has a flag of its own; `--set KEY-stdin` is the same.
    fn read(world: &World, set: &[String], piped: Option<&str>, team: &str, about: About) -> Result<Self, Problem> {
        let mut changes = Changes { plain: Vec::new(), secrets: BTreeMap::new() };
        let secret_field = |key: &str| about.fields.iter().any(|f| f.secret && f.key == key);
        let known = || about.fields.iter().map(|field| field.key.to_owned()).collect();
        let mut piped_in = |key: &str| {
            let read = world.console.read_secret().map_err(|e| problem::stdin_unreadable(&e.to_string()))?;
            changes.secrets.insert(key.to_owned(), read);
            Ok::<_, Problem>(())
        };
        match piped {
            Some(key) if secret_field(key) => piped_in(key)?,
            Some(key) => {
                return Err(problem::of_setting(&BadSetting::Unknown { key: key.into(), known: known() }, team));
            }
            None => {}
        }
        for one in set {
            match one.split_once('=') {
                Some((key, _)) if secret_field(key) => {
                    return Err(problem::secret_in_argv(key));
                }
                Some((key, value)) => changes.plain.push((key.trim().to_owned(), value.trim().to_owned())),
                None => match one.strip_suffix("-stdin").filter(|key| secret_field(key)) {
                    Some(key) => piped_in(key)?,
                    None => {
                        let error = BadSetting::Malformed {
                            key: one.clone(),
                            why: "has no value".into(),
                            example: "region=eu-west-1".into(),
                        };
                        return Err(problem::of_setting(&error, team));
                    }
                },
            }
        }
        Ok(changes)
    }

    /// Asks a person for the settings that there must be.
    async fn ask_for_missing(&mut self, world: &World, team: &str, about: About) -> Result<(), Problem> {
        for field in about.fields.iter().filter(|field| field.required && world.console.has_person()) {
            if field.secret {
                if !self.secrets.contains_key(field.key) {
                    let typed = world.ask_secret(talk::team::setting(field, None)).await.map_err(left)?;
                    self.secrets.insert(field.key.to_owned(), typed);
                }
            } else if !self.plain.iter().any(|(key, _)| key == field.key) {
                let typed = world.ask(talk::team::setting(field, None)).await.map_err(left)?;
                self.plain.push((field.key.to_owned(), typed));
            }
        }
        let given = |field: &&Field| self.secrets.get(field.key).is_some_and(|secret| !secret.is_empty());
        match about.fields.iter().find(|field| field.required && field.secret && !given(field)) {
            Some(field) => Err(problem::of_setting(&BadSetting::MissingSecret { key: field.key.into() }, team)),
            None => Ok(()),
        }
    }

    /// Asks a person for each setting, where Enter alone keeps what is there.
    async fn ask_for_all(&mut self, world: &World, about: About, team: &Team) -> Result<(), Problem> {
        if !world.console.has_person() {
            let how = format!("keyfob team edit {} --set region=eu-west-1", sh_word(&team.name));
            return Err(problem::not_given("--set", &how));
        }
        for field in about.fields {
            if field.secret {
                let typed = world.ask_secret(talk::team::secret_as_it_is(field)).await.map_err(left)?;
                if !typed.is_empty() {
                    self.secrets.insert(field.key.to_owned(), typed);
                }
                continue;
            }
            let typed = world.ask(talk::team::setting(field, team.setting(field.key))).await.map_err(left)?;
            if !typed.is_empty() {
                self.plain.push((field.key.to_owned(), typed));
            }
        }
        Ok(())
    }
}
