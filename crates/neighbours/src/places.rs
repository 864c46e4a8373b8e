//! Where other programs keep their files, as the environment says.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::aws_config::File;

/// A variable of the person's environment, as it is.
pub type Variable<'a> = &'a dyn Fn(&str) -> Option<OsString>;

pub fn home(env: Variable) -> Option<PathBuf> {
    ["HOME", "USERPROFILE"].iter().find_map(|name| env(name)).filter(|home| !home.is_empty()).map(PathBuf::from)
}

/// `~` as shells have it.
pub fn expanded(env: Variable, text: &str) -> PathBuf {
    match (text.strip_prefix('~'), home(env)) {
        (Some(""), Some(home)) => home,
        (Some(rest), Some(home)) if rest.starts_with(['/', '\\']) => home.join(&rest[1..]),
        _ => PathBuf::from(text),
    }
}

/// Where AWS tools look for one of their files, and the variable that leads there, if one does.
pub fn of_aws(env: Variable, file: File) -> Option<(PathBuf, Option<&'static str>)> {
    let (variable, usual) = match file {
        File::Config => ("AWS_CONFIG_FILE", ".aws/config"),
        File::Credentials => ("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"),
    };
    match env(variable).filter(|value| !value.is_empty()) {
        Some(value) => {
            let path = match value.to_str() {
                Some(text) => expanded(env, &with_variables(env, text)),
                None => PathBuf::from(value),
            };
            Some((path, Some(variable)))
        }
        None => Some((home(env)?.join(usual), None)),
    }
}

/// The place of the config file alone.
pub fn aws_config_file(env: Variable) -> Option<PathBuf> {
    of_aws(env, File::Config).map(|(path, _)| path)
}

/// Where `aws login` keeps its sessions.
pub fn aws_login_cache(env: Variable) -> Option<PathBuf> {
    match env("AWS_LOGIN_CACHE_DIRECTORY").filter(|value| !value.is_empty()) {
        Some(folder) => Some(PathBuf::from(folder)),
        None => Some(home(env)?.join(".aws/login/cache")),
    }
}

/// `$NAME` and `${NAME}` inside of a variable, as botocore reads them.
fn with_variables(env: Variable, text: &str) -> String {
    let mut parts = text.split('$');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = match part.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some(split) => split,
            None => part.split_at(part.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(part.len())),
        };
        match env(name).and_then(|value| value.into_string().ok()) {
            Some(value) => out.extend([&value, rest]),
            None => out.extend(["$", part]),
        }
    }
    out
}
