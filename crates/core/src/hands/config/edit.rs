//! Edits of the config file's text that keep what they do not touch, comments and order included.

use crate::words::change::Change;
use crate::words::mistake::{EditError, Malformed};
use crate::words::name::as_iot_folder;
use crate::words::profile::AssumedRole;
use toml_edit::{DocumentMut, Item, Table, TableLike, value};

use super::profile::TAGS;
use super::{Config, OWN_KEYS, at, sources};
use crate::words::name::{check_name, check_profile_name, composed, is_same};
use crate::words::profile::Profile;
use crate::words::team::Team;

/// What a new file begins with.
const HEAD: &str = "# Keyfob's teams. Edit it by hand if you like: comments and order are kept.\nversion = 1\n";

/// A change of the file's text. Everything it does not touch stays as it is, comments included.
pub struct Edit {
    document: DocumentMut,
}

impl Edit {
    /// Begins with the text of the file, or an empty one. The text must be readable.
    pub fn of(text: &str) -> Result<Self, Malformed> {
        let text = if text.trim().is_empty() { HEAD } else { text };
        let document = text.parse::<DocumentMut>().map_err(|e| at(text, e.span(), e.message()))?;
        Ok(Edit { document })
    }

    pub fn text(&self) -> String {
        self.document.to_string()
    }

    /// Adds a team at the end. Its name must be new, and stay apart from others after the iot CLI's own cleaning.
    pub fn add_team(&mut self, team: &Team) -> Result<(), EditError> {
        let name = composed(&team.name);
        self.check_free(&name, None)?;
        let mut table = Table::new();
        table.insert("id", value(team.id.as_str()));
        table.insert("provider", value(&team.provider));
        for (key, setting) in &team.settings {
            table.insert(key, value(setting));
        }
        if team.pinned {
            table.insert("pinned", value(true));
        }
        let teams = self.teams()?;
        teams.insert(&name, Item::Table(table));
        for profile in &team.profiles {
            self.add_profile(&name, profile)?;
        }
        Ok(())
    }

    pub fn remove_team(&mut self, name: &str) -> Result<(), EditError> {
        let teams = self.teams()?;
        written(teams, name)
            .and_then(|name| teams.remove(&name))
            .map(|_| ())
            .ok_or_else(|| EditError::NoTeam(name.into()))
    }

    /// Gives a team another name; its place, its comments and its id stay.
    pub fn rename_team(&mut self, from: &str, to: &str) -> Result<(), EditError> {
        let to = &*composed(to);
        let from = &*written(self.teams()?, from).ok_or_else(|| EditError::NoTeam(from.into()))?;
        self.check_free(to, Some(from))?;
        let item = self.document.entry("team");
        let renamed = match item.or_insert(Item::None) {
            Item::Table(teams) => teams.remove_entry(from).map(|(key, item)| {
                let mut renamed = toml_edit::Key::new(to);
                *renamed.leaf_decor_mut() = key.leaf_decor().clone();
                teams.insert_formatted(&renamed, item);
            }),
            other => other.as_table_like_mut().and_then(|teams| {
                let item = teams.remove(from)?;
                teams.insert(to, item);
                Some(())
            }),
        };
        renamed.ok_or_else(|| EditError::NoTeam(from.into()))?;
        sources::follow_team(self.teams()?, from, to);
        Ok(())
    }

    /// Sets a setting, or removes it when the value is empty.
    pub fn set(&mut self, team: &str, key: &str, setting: &str) -> Result<(), EditError> {
        if OWN_KEYS.contains(&key) {
            return Err(EditError::Reserved(key.into()));
        }
        let table = self.team(team)?;
        match (setting.is_empty(), table.get_mut(key)) {
            (true, _) => {
                table.remove(key);
            }
            // A value that is there keeps the comment behind it.
            (false, Some(Item::Value(old))) => {
                let decor = old.decor().clone();
                *old = setting.into();
                *old.decor_mut() = decor;
            }
            (false, _) => {
                table.insert(key, value(setting));
            }
        }
        Ok(())
    }

    pub fn pin(&mut self, team: &str, pinned: bool) -> Result<(), EditError> {
        let table = self.team(team)?;
        if pinned {
            table.insert("pinned", value(true));
        } else {
            table.remove("pinned");
        }
        Ok(())
    }

    pub fn add_profile(&mut self, team: &str, profile: &Profile) -> Result<(), EditError> {
        check_profile_name(&profile.name)?;
        let table = self.team(team)?;
        let profiles = table.entry("profile").or_insert_with(|| {
            let mut all = Table::new();
            all.set_implicit(true);
            Item::Table(all)
        });
        let Some(profiles) = profiles.as_table_like_mut() else { return Err(EditError::Reserved("profile".into())) };
        if written(profiles, &profile.name).is_some() {
            return Err(EditError::ProfileTaken { team: team.into(), profile: profile.name.clone() });
        }
        profiles.insert(&profile.name, Item::Table(table_of(profile)));
        Ok(())
    }

    /// Gives a profile that is there another target, source or chain. Its id, its place and its comments stay.
    pub fn replace_profile(&mut self, team: &str, profile: &Profile) -> Result<(), EditError> {
        let no = || EditError::NoProfile { team: team.into(), profile: profile.name.clone() };
        let all = self.team(team)?.get_mut("profile").and_then(Item::as_table_like_mut).ok_or_else(no)?;
        let old = all.get_mut(&profile.name).and_then(Item::as_table_like_mut).ok_or_else(no)?;
        let mut new = table_of(profile);
        if let Some(id) = old.get("id") {
            new.insert("id", id.clone());
        }
        let gone: Vec<String> =
            old.iter().map(|(key, _)| key.to_owned()).filter(|key| !new.contains_key(key)).collect();
        gone.iter().for_each(|key| drop(old.remove(key)));
        for (key, item) in new {
            match (old.get_mut(&key), item) {
                // A value that is there keeps the comment behind it.
                (Some(Item::Value(there)), Item::Value(mut value)) => {
                    *value.decor_mut() = there.decor().clone();
                    *there = value;
                }
                (_, item) => drop(old.insert(&key, item)),
            }
        }
        Ok(())
    }

    /// Gives a profile another name. Its id, its place and its comments stay, and what begins with it goes on doing so.
    pub fn rename_profile(&mut self, team: &str, from: &str, to: &str) -> Result<(), EditError> {
        check_profile_name(to)?;
        let no = || EditError::NoProfile { team: team.into(), profile: from.into() };
        let all = self.team(team)?.get_mut("profile").and_then(Item::as_table_like_mut).ok_or_else(no)?;
        let from = &*written(all, from).ok_or_else(no)?;
        if written(all, to).is_some_and(|other| other != from) {
            return Err(EditError::ProfileTaken { team: team.into(), profile: to.into() });
        }
        if from != to {
            let (_, item) = all.get_key_value(from).ok_or_else(no)?;
            let item = item.clone();
            all.remove(from);
            all.insert(to, item);
            sources::follow_profile(self.teams()?, team, from, to);
        }
        Ok(())
    }

    /// Makes a change that an import offers.
    pub fn change(&mut self, team: &str, change: &Change) -> Result<(), EditError> {
        match change {
            Change::Set { key, new, .. } => self.set(team, key, new),
            Change::Add(profile) => self.add_profile(team, profile),
            Change::Replace { new, .. } => self.replace_profile(team, new),
            Change::Remove(profile) => self.remove_profile(team, &profile.name),
        }
    }

    pub fn remove_profile(&mut self, team: &str, profile: &str) -> Result<(), EditError> {
        let no = || EditError::NoProfile { team: team.into(), profile: profile.into() };
        let table = self.team(team)?;
        let all = table.get_mut("profile").and_then(Item::as_table_like_mut).ok_or_else(no)?;
        written(all, profile).and_then(|name| all.remove(&name)).map(|_| ()).ok_or_else(no)
    }

    fn teams(&mut self) -> Result<&mut dyn TableLike, EditError> {
        let item = self.document.entry("team").or_insert_with(|| {
            let mut all = Table::new();
            all.set_implicit(true);
            Item::Table(all)
        });
        item.as_table_like_mut().ok_or_else(|| EditError::Reserved("team".into()))
    }

    fn team(&mut self, name: &str) -> Result<&mut dyn TableLike, EditError> {
        let teams = self.teams()?;
        written(teams, name)
            .and_then(|name| teams.get_mut(&name))
            .and_then(Item::as_table_like_mut)
            .map(|t| t as &mut dyn TableLike)
            .ok_or_else(|| EditError::NoTeam(name.into()))
    }

    fn check_free(&mut self, name: &str, except: Option<&str>) -> Result<(), EditError> {
        check_name(name)?;
        let teams = self.teams()?;
        for (other, _) in teams.iter().filter(|(n, _)| Some(*n) != except) {
            if is_same(other, name) {
                return Err(EditError::Taken(name.into()));
            }
            if as_iot_folder(&composed(other)) == as_iot_folder(name) {
                return Err(EditError::Alike(name.into(), other.into()));
            }
        }
        Ok(())
    }
}

/// A name as the file has it: letters and their marks may stand there one by one.
fn written(table: &dyn TableLike, name: &str) -> Option<String> {
    if table.contains_key(name) {
        return Some(name.to_owned());
    }
    // Of letters without marks there is one spelling; thousands of them are looked for one after the other.
    if name.is_ascii() {
        return None;
    }
    table.iter().map(|(key, _)| key).find(|key| is_same(key, name)).map(str::to_owned)
}

/// A profile in the spelling that people would choose.
fn table_of(profile: &Profile) -> Table {
    let mut table = Table::new();
    table.insert("id", value(profile.id.as_str()));
    for (key, field) in &profile.target {
        table.insert(key, value(field));
    }
    if let Some(region) = &profile.region {
        table.insert("region", value(region));
    }
    if let Some(source) = &profile.source {
        let keys = [("source-team", &source.team), ("source-profile", &source.profile)];
        for (key, name) in keys.into_iter().filter_map(|(key, name)| Some((key, name.as_ref()?))) {
            table.insert(key, value(name));
        }
    }
    if !profile.chain.is_empty() {
        let roles: toml_edit::Array = profile.chain.iter().map(inline_of).collect();
        table.insert("assume", value(roles));
    }
    if let Some(from) = &profile.from {
        table.insert("from", value(from));
    }
    table
}

fn inline_of(role: &AssumedRole) -> toml_edit::InlineTable {
    let mut table = toml_edit::InlineTable::new();
    table.insert("role-arn", role.role_arn.as_str().into());
    for (key, text) in role.parts().filter(|(key, _)| *key != "duration") {
        table.insert(key, text.into());
    }
    if let Some(seconds) = role.duration {
        table.insert("duration", i64::from(seconds).into());
    }
    if !role.tags.is_empty() {
        let tags = role.tags.iter().map(|(key, text)| (key.as_str(), text.as_str()));
        table.insert(TAGS, tags.collect::<toml_edit::InlineTable>().into());
    }
    table
}

/// Writes the ids of `config` into the places of the text that have none.
pub fn write_ids(text: &str, config: &Config) -> Result<String, Malformed> {
    let mut edit = Edit::of(text)?;
    for team in &config.teams {
        let Some(all) = edit.teams().ok() else { continue };
        let Some(item) = written(all, &team.name).and_then(|name| all.get_mut(&name)) else { continue };
        put_id(item, team.id.as_str());
        for profile in &team.profiles {
            let all = item.get_mut("profile").and_then(Item::as_table_like_mut);
            if let Some(one) = all.and_then(|all| all.get_mut(&profile.name)) {
                put_id(one, profile.id.as_str());
            }
        }
    }
    Ok(edit.text())
}

fn put_id(item: &mut Item, id: &str) {
    let inline = item.is_inline_table();
    let Some(table) = item.as_table_like_mut().filter(|table| !table.contains_key("id")) else { return };
    let mut id = toml_edit::Value::from(id);
    // Between braces the blank before the closing one belongs to whatever is last.
    let last = table.iter_mut().last().and_then(|(_, last)| last.as_value_mut()).filter(|_| inline);
    if let Some(last) = last {
        let blank = last.decor().suffix().cloned().unwrap_or_default();
        last.decor_mut().set_suffix("");
        id.decor_mut().set_prefix(" ");
        id.decor_mut().set_suffix(blank);
    }
    table.insert("id", Item::Value(id));
}
