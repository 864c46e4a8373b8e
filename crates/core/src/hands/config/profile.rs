//! One profile as the config file has it: its target, its source, and the roles that are assumed on top.

use std::collections::BTreeMap;

use toml_edit::{Item, TableLike, Value};

use super::{Reader, ids};
use crate::words::about::BadSetting;
use crate::words::id::Id;
use crate::words::mistake::Malformed;
use crate::words::name::check_profile_name;
use crate::words::profile::{AssumedRole, Profile, Source};
use crate::words::settings::Settings;

/// Keys of a profile that are no field of its target.
pub(super) const OWN_KEYS: [&str; 6] = ["id", "region", "source-profile", "source-team", "assume", "from"];
/// A role's tags, which are a table of their own.
pub(super) const TAGS: &str = "tags";

impl Reader<'_> {
    pub(super) fn profile(&mut self, name: &str, item: &Item, provider: &str, team: &Id) -> Result<Profile, Malformed> {
        let table = item.as_table_like().ok_or_else(|| self.wrong(item, format!("profile {name} must be a table")))?;
        check_profile_name(name).map_err(|why| self.wrong(item, why.to_string()))?;
        let id = self.id(table, item, name, |taken| ids::of_profile(team, name, taken))?;
        let text = |key: &str| table.get(key).map(|item| self.text_of(item, key)).transpose();
        let (region, came_from) = (text("region")?, text("from")?);
        let (of, from) = (text("source-team")?, text("source-profile")?);
        let source = (of.is_some() || from.is_some()).then_some(Source { team: of, profile: from });
        let chain = table.get("assume").map(|item| self.chain(item)).transpose()?.unwrap_or_default();
        let mut target = Settings::new();
        for (key, value) in table.iter().filter(|(key, _)| !OWN_KEYS.contains(key)) {
            target.insert(key.to_owned(), self.text_of(value, key)?);
        }
        let place = || table.get("source-profile").or_else(|| table.get("source-team")).unwrap_or(item);
        match &source {
            None => self.target(name, table, item, provider, &target)?,
            Some(_) if !target.is_empty() => {
                let (key, value) = table.iter().find(|(key, _)| !OWN_KEYS.contains(key)).unwrap_or(("", item));
                let why = format!("profile {name} has a source already, and cannot have “{key}” of its own beside it");
                return Err(self.wrong(value, why));
            }
            Some(_) if chain.is_empty() => {
                let why =
                    format!("profile {name} has a source but no role to assume: add assume = [{{ role-arn = \"…\" }}]");
                return Err(self.wrong(place(), why));
            }
            Some(_) => {
                self.places.extend(place().span().or(item.span()).map(|span| (id.clone(), span)));
            }
        }
        Ok(Profile { id, name: name.to_owned(), region, target, source, chain, from: came_from })
    }

    /// Lets the provider look at the fields, and says where the one is that it does not take.
    fn target(
        &self,
        name: &str,
        table: &dyn TableLike,
        item: &Item,
        provider: &str,
        target: &Settings,
    ) -> Result<(), Malformed> {
        let place = |key: &str| table.get(key).unwrap_or(item);
        (self.check)(provider, target).map_err(|bad| match bad {
            BadSetting::Missing { key, .. } | BadSetting::MissingSecret { key } => {
                self.wrong(item, format!("profile {name} has no {key}"))
            }
            BadSetting::Malformed { key, why, .. } => self.wrong(place(&key), format!("{key} {why}")),
            BadSetting::Unknown { key, .. } => self.wrong(place(&key), format!("“{key}” is not known in a profile")),
            BadSetting::NoProfiles => {
                self.wrong(item, format!("profile {name} stands for nothing: {provider} sessions give no credentials"))
            }
        })
    }

    /// One role, or several, in any spelling that TOML has for tables.
    fn chain(&self, item: &Item) -> Result<Vec<AssumedRole>, Malformed> {
        let roles: Vec<(&dyn TableLike, Item)> = if let Some(tables) = item.as_array_of_tables() {
            tables.iter().map(|table| (table as &dyn TableLike, Item::Table(table.clone()))).collect()
        } else if let Some(values) = item.as_array() {
            let table = |value: &Value| value.as_inline_table().is_some();
            if let Some(other) = values.iter().find(|value| !table(value)) {
                return Err(
                    self.wrong(&Item::Value(other.clone()), "a role to assume is a table such as { role-arn = \"…\" }")
                );
            }
            let tables = values.iter().filter_map(|value| Some((value.as_inline_table()?, value)));
            tables.map(|(table, value)| (table as &dyn TableLike, Item::Value(value.clone()))).collect()
        } else if let Some(table) = item.as_table_like() {
            vec![(table, item.clone())]
        } else {
            return Err(self.wrong(item, "assume is a list of roles such as [{ role-arn = \"…\" }]"));
        };
        roles.into_iter().map(|(table, place)| self.role(table, &place)).collect()
    }

    fn role(&self, table: &dyn TableLike, place: &Item) -> Result<AssumedRole, Malformed> {
        let mut role = AssumedRole::default();
        for (key, item) in table.iter() {
            match key {
                TAGS => role.tags = self.tags(item)?,
                "duration" if item.is_integer() => {
                    let seconds = item.as_integer().and_then(|seconds| u32::try_from(seconds).ok());
                    role.duration = Some(seconds.unwrap_or(u32::MAX));
                }
                _ if AssumedRole::KEYS.contains(&key) => {
                    let text = self.text_of(item, key)?;
                    role.set(key, &text).map_err(|(key, why)| self.wrong(item, format!("{key} {why}")))?;
                }
                _ => return Err(self.wrong(item, format!("“{key}” is not known in a role to assume"))),
            }
        }
        if role.role_arn.is_empty() {
            return Err(self.wrong(place, "a role to assume has no role-arn"));
        }
        role.check().map_err(|(key, why)| self.wrong(table.get(key).unwrap_or(place), format!("{key} {why}")))?;
        Ok(role)
    }

    fn tags(&self, item: &Item) -> Result<BTreeMap<String, String>, Malformed> {
        let table =
            item.as_table_like().ok_or_else(|| self.wrong(item, "tags are a table such as { team = \"web\" }"))?;
        table.iter().map(|(key, item)| Ok((key.to_owned(), self.text_of(item, key)?))).collect()
    }
}
