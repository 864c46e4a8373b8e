//! `keyfob import`: finds teams in other programs' files, shows them, and adds them once a person agreed.

use std::path::{Path, PathBuf};

use keyfob_core::face::{problem, talk};
use keyfob_core::hands::config::file::ConfigFile;
use keyfob_core::hands::config::{Config, Edit};
use keyfob_core::words::problem::Problem;
use keyfob_core::words::team::Team;
use keyfob_neighbours::simpleiot::{self, TeamFile};
use keyfob_neighbours::{Found, TeamDraft, aws_config};

use crate::args::ImportArgs;
use crate::table::Columns;
use crate::world::World;

pub async fn run(world: &World, args: ImportArgs) -> Result<(), Problem> {
    let found = find(world, &args)?;
    let file = world.config_file();
    let config = file.load().await?;
    let text = world.files.read(&file.path)?.unwrap_or_default();
    // Added to a copy one after another, so that what two programs call by one name is told beforehand.
    let mut copy = Edit::of(&String::from_utf8_lossy(&text)).map_err(|e| problem::of_edit(&e.into()))?;
    let drafts = found.iter().flat_map(|f| f.teams.iter());
    let rows: Vec<Row> = drafts.map(|draft| Row::of(draft, &config, &mut copy, &file)).collect();

    for warning in found.iter().flat_map(|f| &f.warnings) {
        world.console.talk(&talk::import_warning(
            &warning.path.display().to_string(),
            warning.line,
            warning.field.as_deref(),
            &warning.why,
            &warning.next,
        ));
    }
    if rows.is_empty() {
        world.console.talk(talk::NOTHING_FOUND);
        return Ok(());
    }
    let mut table = Columns::with_heads(["", "TEAM", "PROVIDER", "REGION", "PROFILES", "FROM", ""]);
    for row in &rows {
        let (mark, why) = row.verdict.shown();
        let region = row.draft.settings.get("region").map_or("—", String::as_str);
        table.row([
            mark.into(),
            row.draft.name.clone(),
            row.draft.provider.into(),
            region.into(),
            row.draft.profiles.len().to_string(),
            row.draft.from.display().to_string(),
            why,
        ]);
    }
    world.result(&table.to_string())?;

    let new: Vec<&TeamDraft> = rows.iter().filter(|r| matches!(r.verdict, Verdict::New)).map(|r| r.draft).collect();
    if new.is_empty() {
        world.console.talk(talk::NOTHING_NEW);
        return Ok(());
    }
    if args.dry_run {
        return Ok(());
    }
    if !args.yes {
        if !world.console.has_person() {
            return Err(problem::review_needed());
        }
        if !world.ask_yes(talk::IMPORT_ALL).await {
            world.console.talk(talk::NOTHING_IMPORTED);
            return Ok(());
        }
    }
    let teams: Vec<Team> = new.iter().map(|draft| team(draft, &file)).collect();
    file.edit(|edit| teams.iter().try_for_each(|team| edit.add_team(team))).await?;
    world.console.talk(&talk::imported(teams.len()));
    Ok(())
}

struct Row<'a> {
    draft: &'a TeamDraft,
    verdict: Verdict,
}

enum Verdict {
    New,
    /// The same settings are there already, under this name.
    There(String),
    Problem(Problem),
}

impl Verdict {
    fn shown(&self) -> (&'static str, String) {
        match self {
            Verdict::New => ("+", String::new()),
            Verdict::There(name) => ("=", talk::already_there(name)),
            Verdict::Problem(problem) => ("!", problem.title.clone()),
        }
    }
}

impl<'a> Row<'a> {
    fn of(draft: &'a TeamDraft, config: &Config, copy: &mut Edit, file: &ConfigFile) -> Self {
        let same = config.teams.iter().find(|t| t.provider == draft.provider && t.settings == draft.settings);
        let verdict = match (same, keyfob_providers::find(draft.provider)) {
            (Some(team), _) => Verdict::There(team.name.clone()),
            (None, None) => Verdict::Problem(problem::unknown_provider(draft.provider, &draft.name)),
            (None, Some(provider)) => match provider.check(&draft.settings) {
                Err(error) => Verdict::Problem(problem::of_setting(&error, &draft.name)),
                Ok(()) => match copy.add_team(&team(draft, file)) {
                    Ok(()) => Verdict::New,
                    Err(error) => Verdict::Problem(problem::of_edit(&error)),
                },
            },
        };
        Row { draft, verdict }
    }
}

fn team(draft: &TeamDraft, file: &ConfigFile) -> Team {
    let profile = |p: &keyfob_neighbours::ProfileDraft| p.clone().into_profile(file.new_id());
    Team {
        id: file.new_id(),
        name: draft.name.clone(),
        provider: draft.provider.to_owned(),
        settings: draft.settings.clone(),
        pinned: false,
        profiles: draft.profiles.iter().map(profile).collect(),
    }
}

/// Reads the files of the programs asked for. Nothing is looked at outside their well-known places.
fn find(world: &World, args: &ImportArgs) -> Result<Vec<Found>, Problem> {
    let home = world.var("HOME").or_else(|| world.var("USERPROFILE")).map(PathBuf::from);
    let usual = |place: &str| home.as_ref().map(|home| home.join(place));
    let mut found = Vec::new();
    if let Some(path) = &args.path {
        if !path.exists() {
            return Err(problem::no_such_file(&path.display().to_string()));
        }
        let of_iot = match args.from.as_deref() {
            Some(from) => from == "simpleiot",
            None => path.is_dir() || path.extension().is_some_and(|e| e == "json"),
        };
        found.extend(if of_iot { simpleiot(world, path)? } else { aws(world, path)? });
        return Ok(found);
    }
    let wanted = |program: &str| args.from.as_deref().is_none_or(|from| from == program);
    if wanted("aws")
        && let Some(path) = world.var("AWS_CONFIG_FILE").map(PathBuf::from).or_else(|| usual(".aws/config"))
    {
        found.extend(aws(world, &path)?);
    }
    if wanted("simpleiot")
        && let Some(root) = usual(".simpleiot")
    {
        found.extend(simpleiot(world, &root)?);
    }
    Ok(found)
}

fn aws(world: &World, path: &Path) -> Result<Option<Found>, Problem> {
    let Some(bytes) = world.files.read(path)? else { return Ok(None) };
    let place = path.display().to_string();
    aws_config::found(path, &bytes).map(Some).map_err(|e| problem::malformed_file(&place, e.line, e.column, &e.why))
}

/// Reads one `config.json`, the folder of one team, or the folder of all of them.
fn simpleiot(world: &World, path: &Path) -> Result<Option<Found>, Problem> {
    let folder_of = |file: &Path| file.parent().map(Path::to_path_buf).unwrap_or_default();
    let (root, folders) = if path.is_file() {
        (folder_of(&folder_of(path)), vec![folder_of(path)])
    } else if path.join("config.json").is_file() {
        (folder_of(path), vec![path.to_path_buf()])
    } else {
        let Ok(entries) = std::fs::read_dir(path) else { return Ok(None) };
        let mut folders: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
        folders.sort();
        (path.to_path_buf(), folders)
    };
    let mut files = Vec::new();
    for folder in folders {
        let Some(name) = folder.file_name().map(|n| n.to_string_lossy().into_owned()) else { continue };
        let file = folder.join("config.json");
        if !name.starts_with('_')
            && file.exists()
            && let Some(bytes) = world.files.read(&file)?
        {
            files.push(TeamFile { folder: name, bytes });
        }
    }
    Ok((!files.is_empty()).then(|| simpleiot::found(&root, &files)))
}
