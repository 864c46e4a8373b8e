//! Teams in the files of other programs: only the well-known places, which the window names.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use keyfob_core::doors::ports::Files;
use keyfob_core::face::window::Finding;
use keyfob_core::face::{problem, talk};
use keyfob_core::hands::config::file::ConfigFile;
use keyfob_core::hands::config::{Config, Edit};
use keyfob_core::words::team::Team;
use keyfob_neighbours::simpleiot::{self, TeamFile};
use keyfob_neighbours::{Found, Source, TeamDraft, aws_config};

/// Looks, and says of each team found why it cannot be imported or need not be. What cannot be read is told.
pub fn look(
    files: &dyn Files,
    env: &BTreeMap<String, OsString>,
    teams: &[Team],
    config: &ConfigFile,
) -> (Vec<Finding>, Vec<String>) {
    let home = env.get("HOME").or_else(|| env.get("USERPROFILE")).map(PathBuf::from);
    let usual = |place: &str| home.as_ref().map(|home| home.join(place));
    let mut warnings = Vec::new();
    let aws = env.get("AWS_CONFIG_FILE").map(PathBuf::from).or_else(|| usual(".aws/config"));
    let found = [
        usual(".simpleiot").and_then(|root| simpleiot(files, &root)),
        aws.and_then(|path| aws_teams(files, &path, &mut warnings)),
    ];
    let known = Config { teams: teams.to_vec() };
    let text = files.read(&config.path).ok().flatten().unwrap_or_default();
    // Added to a copy one after another, so that names that clash are told beforehand.
    let mut copy = Edit::of(&String::from_utf8_lossy(&text)).ok();
    let mut findings = Vec::new();
    for found in found.into_iter().flatten() {
        warnings.extend(found.warnings.iter().map(|warning| {
            let place = warning.path.display().to_string();
            talk::import_warning(&place, warning.line, warning.field.as_deref(), &warning.why, &warning.next)
                .trim()
                .to_owned()
        }));
        let source = name_of(found.source);
        findings.extend(found.teams.into_iter().map(|draft| finding(draft, source, &known, copy.as_mut(), config)));
    }
    (findings, warnings)
}

fn finding(
    draft: TeamDraft,
    source: &'static str,
    known: &Config,
    copy: Option<&mut Edit>,
    file: &ConfigFile,
) -> Finding {
    let same = known.teams.iter().find(|team| team.provider == draft.provider && team.settings == draft.settings);
    let path = draft.from.clone();
    let team = team(draft, file);
    let why_not = match (same, keyfob_providers::find(&team.provider)) {
        (Some(there), _) => Some(talk::already_there(&there.name)),
        (None, None) => Some(problem::unknown_provider(&team.provider, &team.name).title),
        (None, Some(provider)) => match (provider.check(&team.settings), copy) {
            (Err(error), _) => Some(problem::of_setting(&error, &team.name).title),
            // A name that is taken can be changed in the window.
            (Ok(()), Some(copy)) => {
                let _ = copy.add_team(&team);
                None
            }
            (Ok(()), None) => None,
        },
    };
    Finding { source, path, team, why_not }
}

fn name_of(source: Source) -> &'static str {
    match source {
        Source::Aws => "AWS config",
        Source::SimpleIot => "SimpleIOT",
    }
}

fn aws_teams(files: &dyn Files, path: &Path, warnings: &mut Vec<String>) -> Option<Found> {
    let place = path.display().to_string();
    let bytes = match files.read(path) {
        Ok(bytes) => bytes?,
        Err(error) => {
            warnings.push(problem::of_file(&error).detail);
            return None;
        }
    };
    aws_config::found(path, &bytes)
        .map_err(|e| warnings.push(problem::malformed_file(&place, e.line, e.column, &e.why).detail))
        .ok()
}

fn simpleiot(files: &dyn Files, root: &Path) -> Option<Found> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root).ok()?.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    let read: Vec<TeamFile> = folders
        .into_iter()
        .filter_map(|folder| {
            let name = folder.file_name()?.to_string_lossy().into_owned();
            let bytes = files.read(&folder.join("config.json")).ok()??;
            Some(TeamFile { folder: name, bytes })
        })
        .collect();
    (!read.is_empty()).then(|| simpleiot::found(root, &read))
}

fn team(draft: TeamDraft, file: &ConfigFile) -> Team {
    let profiles = draft.profiles.into_iter().map(|profile| profile.into_profile(file.new_id()));
    Team {
        id: file.new_id(),
        name: draft.name,
        provider: draft.provider.to_owned(),
        settings: draft.settings,
        pinned: false,
        profiles: profiles.collect(),
    }
}
