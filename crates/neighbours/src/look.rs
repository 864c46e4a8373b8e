//! Where other programs keep their files, and whose a file is that a person names.

use std::path::{Path, PathBuf};

use keyfob_core::doors::ports::FileError;
use keyfob_core::face::problem;
use keyfob_core::face::talk::import as talk;
use keyfob_core::words::problem::Problem;

use crate::aws_config::{self, AwsFile, File, Files, console};
use crate::places::{self, Variable};
use crate::simpleiot::{self, TeamFile};
use crate::strangers::recognise;
use crate::text::decode;
use crate::{Found, Source};

/// Reads a whole file; `None` where there is none.
pub type Read<'a> = &'a dyn Fn(&Path) -> Result<Option<Vec<u8>>, FileError>;

/// What is lent to the looking.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    pub env: Variable<'a>,
    pub read: Read<'a>,
    /// What is in a folder, sorted; `None` where there is none.
    pub entries: &'a dyn Fn(&Path) -> Option<Vec<PathBuf>>,
}

/// What was found, and what could not be looked into: each source by itself.
#[derive(Debug, Default)]
pub struct Looked {
    pub found: Vec<Found>,
    pub problems: Vec<Problem>,
}

impl Looked {
    /// All that was left out or read differently than it is written, in words.
    pub fn told(&self, ground: Ground) -> Vec<String> {
        let mut told = Vec::new();
        for found in &self.found {
            told.extend(
                found
                    .warnings
                    .iter()
                    .map(|w| talk::warning(&ground.shown(&w.path), w.line, w.field.as_deref(), &w.why, &w.next)),
            );
            told.extend(found.left_out.iter().map(|one| {
                let names: Vec<_> = one.names.iter().map(|named| (named.name.as_str(), named.line)).collect();
                talk::left_out(&ground.shown(&one.path), &names, &one.reason.why, &one.reason.next)
            }));
        }
        told
    }
}

impl Ground<'_> {
    /// The well-known places, of one program or of all.
    pub fn usual(self, only: Option<Source>) -> Looked {
        let mut looked = Looked::default();
        match only {
            None | Some(Source::Aws) => self.aws(&mut looked, aws_config::found),
            Some(Source::AwsCredentials) => self.aws(&mut looked, aws_config::keys::found),
            Some(Source::SimpleIot) => {}
        }
        if only.is_none_or(|only| only == Source::SimpleIot)
            && let Some(root) = places::home(self.env).map(|home| home.join(".simpleiot"))
        {
            let found = self.teams_below(&root, &mut looked.problems);
            looked.found.extend(found);
        }
        looked
    }

    /// What a person named: a file or a folder, of a program that is told by what it holds unless it is said.
    pub fn at(self, named: &Path, only: Option<Source>) -> Result<Looked, Problem> {
        let path = named.to_str().map_or_else(|| named.to_owned(), |named| places::expanded(self.env, named));
        let path = if is_passing(&path) { path } else { std::path::absolute(&path).unwrap_or(path) };
        let mut looked = Looked::default();
        if (self.entries)(&path).is_some() {
            self.folder(&path, only, &mut looked)?;
            return Ok(looked);
        }
        let bytes = (self.read)(&path)?.ok_or_else(|| problem::no_such_file(&self.shown(&path)))?;
        let of_iot = match only {
            Some(only) => only == Source::SimpleIot,
            None => is_team_file(&bytes),
        };
        if of_iot {
            let folder = folder_of(&path, &bytes);
            let root = path.parent().and_then(Path::parent).unwrap_or(Path::new(""));
            let mut found = simpleiot::found(root, &[TeamFile { folder, bytes }]);
            found.teams.iter_mut().for_each(|team| team.from.clone_from(&path));
            found.warnings.iter_mut().for_each(|warning| warning.path.clone_from(&path));
            // Others that are not in this file are not gone.
            looked.found.push(Found { path, whole: false, ..found });
            return Ok(looked);
        }
        self.no_stranger(&path, &bytes)?;
        let given = Some((path.as_path(), bytes.as_slice()));
        looked.found.push(found_of(only)(match is_credentials(&path, &bytes) {
            true => Files { credentials: given, ..Files::default() },
            false => Files { config: given, ..Files::default() },
        }));
        Ok(looked)
    }

    /// The files of the AWS tools that are there, the one that counts first first; or the one that a person named.
    pub fn aws_files(self, named: Option<&Path>) -> Result<Vec<AwsFile>, Problem> {
        if let Some(named) = named {
            let path = named.to_str().map_or_else(|| named.to_owned(), |named| places::expanded(self.env, named));
            let path = std::path::absolute(&path).unwrap_or(path);
            let bytes = (self.read)(&path)?.ok_or_else(|| problem::no_such_file(&self.shown(&path)))?;
            let file = if is_credentials(&path, &bytes) { File::Credentials } else { File::Config };
            return Ok(vec![AwsFile { file, path, bytes }]);
        }
        let mut files = Vec::new();
        for file in [File::Credentials, File::Config] {
            let Some((path, _)) = places::of_aws(self.env, file) else { continue };
            let read = (self.read)(&path)?;
            files.extend(read.map(|bytes| AwsFile { file, path, bytes }));
        }
        Ok(files)
    }

    /// A path as a person would type it.
    pub fn shown(self, path: &Path) -> String {
        match places::home(self.env).as_deref().and_then(|home| path.strip_prefix(home).ok()) {
            Some(below) => format!("~/{}", below.display()),
            None if path == Path::new("-") => "stdin".to_owned(),
            None => path.display().to_string(),
        }
    }

    /// What is kept beside a profile to know where it came from; nothing for what passes through a pipe.
    pub fn mark(self, path: &Path) -> Option<String> {
        (!is_passing(path)).then(|| self.shown(path))
    }

    fn aws(self, looked: &mut Looked, found: fn(Files) -> Found) {
        let mut read = |file: File| {
            let (path, given) = places::of_aws(self.env, file)?;
            let problem = match (self.read)(&path) {
                Ok(Some(bytes)) => match self.no_stranger(&path, &bytes) {
                    Ok(()) => return Some((path, bytes)),
                    Err(problem) => problem,
                },
                Ok(None) => problem::missing_by_variable(given?, &self.shown(&path)),
                Err(error @ FileError::NotAFile { .. }) => Problem::from(error).hint(talk::NAME_IT),
                Err(error) => Problem::from(error),
            };
            looked.problems.push(problem);
            None
        };
        let (config, credentials) = (read(File::Config), read(File::Credentials));
        if config.is_some() || credentials.is_some() {
            let config = config.as_ref().map(|(path, bytes)| (path.as_path(), bytes.as_slice()));
            let credentials = credentials.as_ref().map(|(path, bytes)| (path.as_path(), bytes.as_slice()));
            let mut found = found(Files { config, credentials });
            if found.source == Source::Aws {
                console::add_cached(&mut found, &self.login_cache());
            }
            looked.found.push(found);
        }
    }

    /// What `aws login` keeps: a file for each session.
    fn login_cache(self) -> Vec<(PathBuf, Vec<u8>)> {
        let Some(folder) = places::aws_login_cache(self.env) else { return Vec::new() };
        let files = (self.entries)(&folder).unwrap_or_default().into_iter();
        let files = files.filter(|path| path.extension().is_some_and(|end| end == "json"));
        // One that cannot be read is a session less to offer, and no trouble of anybody's.
        files.filter_map(|path| Some(((self.read)(&path).ok()??, path))).map(|(bytes, path)| (path, bytes)).collect()
    }

    /// A folder of one of the programs: `~/.aws`, that of one team, or that of all of them.
    fn folder(self, path: &Path, only: Option<Source>, looked: &mut Looked) -> Result<(), Problem> {
        if !matches!(only, Some(Source::Aws | Source::AwsCredentials)) {
            let found = match (self.read)(&path.join("config.json"))? {
                Some(bytes) => {
                    let root = path.parent().unwrap_or(path);
                    let found = simpleiot::found(root, &[TeamFile { folder: name_of(path), bytes }]);
                    Some(Found { whole: false, ..found })
                }
                None => self.teams_below(path, &mut looked.problems),
            };
            looked.found.extend(found);
        }
        if only != Some(Source::SimpleIot) {
            let (config, credentials) = (path.join("config"), path.join("credentials"));
            let (config_bytes, credentials_bytes) = ((self.read)(&config)?, (self.read)(&credentials)?);
            for (path, bytes) in [(&config, &config_bytes), (&credentials, &credentials_bytes)] {
                if let Some(bytes) = bytes {
                    self.no_stranger(path, bytes)?;
                }
            }
            let files = Files {
                config: config_bytes.as_deref().map(|bytes| (config.as_path(), bytes)),
                credentials: credentials_bytes.as_deref().map(|bytes| (credentials.as_path(), bytes)),
            };
            if files.config.is_some() || files.credentials.is_some() {
                looked.found.push(found_of(only)(files));
            }
        }
        if looked.found.is_empty() && looked.problems.is_empty() {
            return Err(problem::nothing_known_in(&self.shown(path)));
        }
        Ok(())
    }

    /// Every folder with a `config.json`. One that cannot be read costs itself.
    fn teams_below(self, root: &Path, problems: &mut Vec<Problem>) -> Option<Found> {
        let mut files = Vec::new();
        for folder in (self.entries)(root)? {
            let name = name_of(&folder);
            if name.starts_with('_') {
                continue;
            }
            match (self.read)(&folder.join("config.json")) {
                Ok(bytes) => files.extend(bytes.map(|bytes| TeamFile { folder: name, bytes })),
                // Plain files lie between the folders.
                Err(_) if (self.entries)(&folder).is_none() => {}
                Err(error) => problems.push(Problem::from(error)),
            }
        }
        (!files.is_empty()).then(|| simpleiot::found(root, &files))
    }

    fn no_stranger(self, path: &Path, bytes: &[u8]) -> Result<(), Problem> {
        match recognise(path, bytes) {
            Some(stranger) => Err(problem::strange_file(&self.shown(path), &stranger.program, &stranger.next)),
            None => Ok(()),
        }
    }
}

/// What the AWS files are looked through for.
fn found_of(only: Option<Source>) -> fn(Files) -> Found {
    if only == Some(Source::AwsCredentials) { aws_config::keys::found } else { aws_config::found }
}

/// Stdin, or what a shell makes of `<(…)`: another one the next time.
fn is_passing(path: &Path) -> bool {
    path == Path::new("-") || path.starts_with("/dev") || path.starts_with("/proc")
}

fn name_of(folder: &Path) -> String {
    folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// JSON with what the `iot` CLI writes.
fn is_team_file(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    text.starts_with(b"{")
        && ["\"cognitoUserPoolId\"", "\"sso_url\"", "\"use_sso\""].iter().any(|key| {
            let key = key.as_bytes();
            text.windows(key.len()).any(|window| window == key)
        })
}

/// The folder of a team is its name; a file elsewhere says it itself, or is called by it.
fn folder_of(path: &Path, bytes: &[u8]) -> String {
    let folder = path.parent().map(name_of).unwrap_or_default();
    if path.file_name().is_some_and(|name| name == "config.json") && !folder.is_empty() {
        return folder;
    }
    let said = serde_json::from_slice::<serde_json::Value>(bytes).ok();
    let team = said.and_then(|fields| fields.get("team")?.as_str().map(str::to_owned));
    team.unwrap_or_else(|| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default())
}

/// In a credentials file sections are called by the profile's name alone.
fn is_credentials(path: &Path, bytes: &[u8]) -> bool {
    let (text, _) = decode(bytes);
    let mut heads = text.lines().map(str::trim_start).filter(|line| line.starts_with('[')).peekable();
    let named = path.file_name().is_some_and(|name| name.to_string_lossy().contains("credentials"));
    let of_config =
        |line: &str| ["[profile", "[sso-session", "[ profile", "[default"].iter().any(|b| line.starts_with(b));
    named || (heads.peek().is_some() && !heads.any(of_config))
}

#[cfg(test)]
#[path = "look_tests.rs"]
mod tests;
