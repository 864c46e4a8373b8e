//! `~/.simpleiot/*/config.json`: the teams that the `iot` CLI of SimpleIOT knows on this computer.
//!
//! Rules: simpleiot-cli 1.0.180, `simpleiot/common/config.py`. A team *is* its folder: `IOT_TEAM` names
//! the folder, and every character but `A–Z a–z 0–9 _ -` is dropped from it before it is looked up.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use keyfob_core::words::name::check_name;
use keyfob_core::words::settings::Settings;
use serde_json::{Map, Value};

use crate::naming::{clean, is_region, is_safe_address};
use crate::{Found, ProfileDraft, Source, TeamDraft, Warning, check_account, check_role};

/// The `config.json` of one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamFile {
    /// The name of the folder in `~/.simpleiot`.
    pub folder: String,
    pub bytes: Vec<u8>,
}

/// What the folders under `root` hold for us. Folders whose names begin with `_` are none of teams.
pub fn found(root: &Path, files: &[TeamFile]) -> Found {
    let mut accounts: BTreeMap<String, String> = BTreeMap::new();
    let (mut teams, mut warnings) = (Vec::new(), Vec::new());
    for file in files.iter().filter(|f| !f.folder.starts_with('_')) {
        let mut row = Row { path: root.join(&file.folder).join("config.json"), warnings: &mut warnings };
        let Some(fields) = row.fields(&file.bytes) else { continue };
        if !row.reachable(&file.folder, files) {
            continue;
        }
        row.keychain_name(&file.folder, &fields, &mut accounts);
        teams.extend(row.team(&file.folder, &fields));
    }
    let unsure = files.iter().map(|file| file.folder.clone()).collect();
    Found {
        source: Source::SimpleIot,
        path: root.to_owned(),
        teams,
        warnings,
        left_out: Vec::new(),
        unsure,
        whole: true,
    }
}

/// Reading one file, and what there is to say about it.
struct Row<'a> {
    path: PathBuf,
    warnings: &'a mut Vec<Warning>,
}

type Fields = Map<String, Value>;

impl Row<'_> {
    fn warn(&mut self, field: &str, why: impl Into<String>, next: impl Into<String>) {
        self.push(None, Some(field), why.into(), next.into());
    }

    fn push(&mut self, line: Option<usize>, field: Option<&str>, why: String, next: String) {
        let (path, field) = (self.path.clone(), field.map(str::to_owned));
        self.warnings.push(Warning { path, line, field, why, next });
    }

    fn fields(&mut self, bytes: &[u8]) -> Option<Fields> {
        let again = "Restore the file, or join the team again with the `iot` CLI.";
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(fields)) => Some(fields),
            Ok(_) => {
                self.push(Some(1), None, "The file does not hold a JSON object.".into(), again.into());
                None
            }
            Err(error) => {
                let what = if error.is_eof() { "ends too early, as if written half" } else { "is not JSON" };
                let why = format!("The file {what} (column {}).", error.column());
                self.push(Some(error.line()), None, why, again.into());
                None
            }
        }
    }

    /// False when the `iot` CLI would look elsewhere for this folder, as exporting its name would then act
    /// on another team, or on the folder of all teams; and when the name is none of ours.
    fn reachable(&mut self, folder: &str, files: &[TeamFile]) -> bool {
        let looked_up: String = folder.chars().filter(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).collect();
        let fit = check_name(folder);
        if looked_up == folder && fit.is_ok() {
            return true;
        }
        let why = if let (true, Err(bad)) = (looked_up == folder, fit) {
            format!("The folder {folder:?} cannot be a team of Keyfob: {bad}.")
        } else if looked_up.is_empty() {
            format!(
                "The `iot` CLI drops every character of the folder name {folder:?} and would use the folder of all teams."
            )
        } else if files.iter().any(|f| f.folder == looked_up) {
            format!("The `iot` CLI takes the folder {folder:?} for {looked_up}, which is another team.")
        } else {
            format!("The `iot` CLI looks for the folder {folder:?} at {looked_up}.")
        };
        self.warn("team", why, "Rename the folder with letters, digits, _ and - only, then import again.");
        false
    }

    /// The CLI keeps its token under the `team` value, not under the folder's name.
    fn keychain_name(&mut self, folder: &str, fields: &Fields, accounts: &mut BTreeMap<String, String>) {
        let team = text(fields, "team").unwrap_or(folder);
        if team != folder {
            let why = format!(
                "The folder {folder} says that its team is {team}. Terminals get IOT_TEAM={folder}; the `iot` CLI keeps its token as {team}."
            );
            self.warn("team", why, "Nothing to do: this is how joining under an alias looks.");
        }
        if let Some(other) = accounts.insert(team.to_owned(), folder.to_owned()) {
            let why = format!(
                "The folders {other} and {folder} both say that their team is {team}, so the `iot` CLI mixes up their logins."
            );
            self.warn("team", why, "Keep only one of the two folders.");
        }
    }

    fn team(&mut self, folder: &str, fields: &Fields) -> Option<TeamDraft> {
        if let Some(endpoint) = text(fields, "apiEndpoint")
            && !is_safe_address(endpoint)
        {
            let why = format!(
                "The API address of {folder} is not https: the `iot` CLI would send its token for anybody to read."
            );
            self.warn("apiEndpoint", why, "Ask your administrator for the right address.");
        }
        let region = self.region(folder, fields)?;
        let mut settings = Settings::from([("iot-team".to_owned(), folder.to_owned())]);
        let mut set = |key: &str, value: &str| settings.insert(key.to_owned(), value.to_owned());
        let mut profiles = Vec::new();
        let provider = if self.uses_sso(folder, fields) {
            let start_url = self.wanted(folder, fields, "sso_url")?;
            if !is_safe_address(start_url) {
                self.warn(
                    "sso_url",
                    format!("{folder} was left out: its start URL is not a plain https address."),
                    "Ask your administrator for the right address.",
                );
                return None;
            }
            set("start-url", start_url);
            set("region", &region);
            profiles.extend(self.profile(folder, fields, &region));
            "aws-sso"
        } else {
            let (pool, client) =
                (self.wanted(folder, fields, "cognitoUserPoolId"), self.wanted(folder, fields, "cognitoClientId"));
            let (pool, client) = (pool?, client?);
            let Some(home) = region_of_pool(pool) else {
                self.warn(
                    "cognitoUserPoolId",
                    format!("{folder} was left out: its pool id cannot be one."),
                    "It looks like eu-west-1_AbCdEf123; join the team again to get the right one.",
                );
                return None;
            };
            if client.len() > 128 || !client.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+".contains(&b)) {
                self.warn(
                    "cognitoClientId",
                    format!("{folder} was left out: its client id cannot be one."),
                    "It holds up to 128 letters, digits, _ and + only; join the team again to get the right one.",
                );
                return None;
            }
            if home != region {
                self.warn(
                    "region",
                    format!("{folder} says {region}, but its user pool is in {home}; {home} is used."),
                    "Correct the region in the file if the `iot` CLI fails, too.",
                );
            }
            set("region", home);
            set("user-pool-id", pool);
            set("client-id", client);
            "cognito"
        };
        Some(TeamDraft { name: folder.to_owned(), provider, settings, profiles, from: self.path.clone() })
    }

    fn region(&mut self, folder: &str, fields: &Fields) -> Option<String> {
        let region = self.wanted(folder, fields, "region")?;
        if is_region(region) {
            return Some(region.to_owned());
        }
        self.warn(
            "region",
            format!("{folder} was left out: its region cannot be one."),
            "Write it like eu-west-1, then import again.",
        );
        None
    }

    /// A field that must be there and be a text.
    fn wanted<'f>(&mut self, folder: &str, fields: &'f Fields, key: &str) -> Option<&'f str> {
        let found = text(fields, key);
        if found.is_none() {
            let what = if fields.contains_key(key) { "is empty or no text" } else { "is missing" };
            self.warn(
                key,
                format!("{folder} was left out: {key} {what}."),
                format!("Join the team again with the `iot` CLI, or add it by hand: `keyfob team add {folder}`."),
            );
        }
        found
    }

    /// The CLI asks Python whether the value is true, for which the text "false" is true, too.
    fn uses_sso(&mut self, folder: &str, fields: &Fields) -> bool {
        let meant = match fields.get("use_sso") {
            None | Some(Value::Null) => return false,
            Some(Value::Bool(yes)) => return *yes,
            Some(Value::String(word)) => match word.to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => true,
                "false" | "no" | "0" | "" => false,
                _ => fields.contains_key("sso_url"),
            },
            Some(_) => fields.contains_key("sso_url"),
        };
        let read = if meant { "true" } else { "false" };
        self.warn(
            "use_sso",
            format!("{folder} has a use_sso that is neither true nor false; it is read as {read}."),
            format!("Write {read} without quotes: the `iot` CLI takes any text for true."),
        );
        meant
    }

    /// The role that the installer noted down; a person may have others.
    fn profile(&mut self, folder: &str, fields: &Fields, region: &str) -> Option<ProfileDraft> {
        let (account, role) = (text(fields, "account")?, text(fields, "sso_account_role")?);
        for (key, checked) in [("account", check_account(account)), ("sso_account_role", check_role(role))] {
            if let Err(why) = checked {
                self.warn(
                    key,
                    format!("{folder} has no profile: {why}."),
                    "Find your accounts and roles with `keyfob profile discover`.",
                );
                return None;
            }
        }
        let name = [format!("{folder}.{role}"), role.to_owned()].into_iter().find(|n| check_name(n).is_ok());
        let name = name.unwrap_or_else(|| clean(role, "role"));
        Some(ProfileDraft::of_role(name, account, role, Some(region.to_owned())))
    }
}

/// A text that is there and not empty.
fn text<'f>(fields: &'f Fields, key: &str) -> Option<&'f str> {
    fields.get(key).and_then(Value::as_str).filter(|t| !t.is_empty() && !t.chars().any(char::is_control))
}

/// The region of a pool id (Cognito API reference, UserPoolId: `[\w-]+_[0-9a-zA-Z]+`).
fn region_of_pool(pool: &str) -> Option<&str> {
    let (region, rest) = pool.rsplit_once('_')?;
    let fits =
        pool.len() <= 55 && !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric()) && is_region(region);
    fits.then_some(region)
}

#[cfg(test)]
mod tests;
