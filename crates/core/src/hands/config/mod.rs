//! The config file: teams read from TOML, with the place of what is wrong.
//!
//! ```toml
//! version = 1
//!
//! [team.acme-prod]
//! id = "k3v9x2…"              # made by Keyfob; keychain entries are named by it
//! provider = "cognito"
//! region = "eu-west-1"        # everything else is a setting of the provider
//!
//! [team.acme-prod.profile.admin]
//! id = "…"
//! account = "123456789012"    # what the provider trades the session for
//! role = "AdministratorAccess"
//!
//! [team.acme-prod.profile."Prod/Deploy"]
//! source-profile = "admin"    # and `source-team`, where it is another team's
//! assume = [{ role-arn = "arn:aws:iam::210987654321:role/Deploy", duration = "1h" }]
//! ```

mod edit;
pub mod file;
pub(in crate::hands) mod ids;
mod links;
mod profile;
mod sources;

use crate::words::about::BadSetting;
use crate::words::mistake::Malformed;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml_edit::{Document, Item, TableLike};

use crate::words::id::Id;
use crate::words::name::{check_name, composed, is_same};
use crate::words::settings::Settings;
use crate::words::team::Team;

pub use edit::{Edit, write_ids};

/// The version of the file's shape.
pub const VERSION: i64 = 1;

/// Keys of a team that are not settings of its provider.
const OWN_KEYS: [&str; 4] = ["id", "provider", "pinned", "profile"];

/// What the file says, in its own order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    pub teams: Vec<Team>,
}

impl Config {
    pub fn team(&self, name: &str) -> Option<&Team> {
        let exact = self.teams.iter().find(|t| t.name == name);
        exact.or_else(|| self.teams.iter().find(|t| is_same(&t.name, name)))
    }

    /// The team whose name is closest to a mistyped one, if any is close.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        let wanted = name.to_lowercase();
        self.teams
            .iter()
            .map(|t| (distance(&t.name.to_lowercase(), &wanted), t.name.as_str()))
            .filter(|(d, n)| *d <= 1 + n.chars().count() / 4)
            .min()
            .map(|(_, n)| n)
    }
}

/// Reads the file. Teams and profiles without an id get the one that their names lead to; the flag says that some did,
/// so that the caller can write the ids down (see [`write_ids`]): then they stay when the names change.
///
/// `check` says whether a profile's fields are what the provider of that id takes.
pub fn parse(text: &str, check: CheckTarget) -> Result<(Config, bool), Malformed> {
    let document = Document::parse(text).map_err(|e| at(text, e.span(), e.message()))?;
    let root = document.as_table();
    let mut reader =
        Reader { text, check, made_ids: false, taken: ids_in(root), ids: BTreeMap::new(), places: BTreeMap::new() };
    for (key, item) in root.iter() {
        match key {
            "version" => reader.version(item)?,
            "team" => {}
            other => {
                return Err(
                    reader.wrong(item, format!("“{other}” is not known here; teams are written as [team.{other}]"))
                );
            }
        }
    }
    let mut teams = Vec::new();
    if let Some(item) = root.get("team") {
        let table =
            item.as_table_like().ok_or_else(|| reader.wrong(item, "“team” must hold tables such as [team.acme]"))?;
        for (name, item) in table.iter() {
            let team = reader.team(name, item)?;
            if teams.iter().any(|other: &Team| other.name == team.name) {
                return Err(
                    reader.wrong(item, format!("there are two teams called {}, written in two ways", team.name))
                );
            }
            teams.push(team);
        }
    }
    links::check(&teams).map_err(|broken| at(text, reader.places.get(&broken.profile).cloned(), &broken.why))?;
    Ok((Config { teams }, reader.made_ids))
}

/// Says whether the provider of that id takes these fields of a profile.
pub type CheckTarget<'a> = &'a dyn Fn(&str, &Settings) -> Result<(), BadSetting>;

struct Reader<'a> {
    text: &'a str,
    check: CheckTarget<'a>,
    made_ids: bool,
    /// Those that stand in the file, wherever, and those that were given.
    taken: BTreeSet<String>,
    ids: BTreeMap<Id, String>,
    /// Where the source of each profile stands.
    places: BTreeMap<Id, Range<usize>>,
}

impl Reader<'_> {
    fn wrong(&self, item: &Item, why: impl Into<String>) -> Malformed {
        at(self.text, item.span(), &why.into())
    }

    fn version(&self, item: &Item) -> Result<(), Malformed> {
        match item.as_integer() {
            Some(VERSION) => Ok(()),
            Some(v) if v > VERSION => {
                Err(self.wrong(item, format!("version {v} was written by a newer Keyfob; this one reads {VERSION}")))
            }
            _ => Err(self.wrong(item, format!("the version must be {VERSION}"))),
        }
    }

    fn team(&mut self, name: &str, item: &Item) -> Result<Team, Malformed> {
        let table = item
            .as_table_like()
            .ok_or_else(|| self.wrong(item, format!("“{name}” must be a table, written as [team.{name}]")))?;
        check_name(&composed(name)).map_err(|why| self.wrong(item, why.to_string()))?;
        let provider = match table.get("provider") {
            Some(p) => self.text_of(p, "provider")?,
            None => {
                return Err(self.wrong(item, format!("team {name} has no provider, such as provider = \"aws-sso\"")));
            }
        };
        let id = self.id(table, item, name, |taken| ids::of_team(&provider, name, taken))?;
        let pinned = match table.get("pinned") {
            Some(p) => p.as_bool().ok_or_else(|| self.wrong(p, "pinned must be true or false"))?,
            None => false,
        };
        let mut settings = Settings::new();
        for (key, setting) in table.iter().filter(|(k, _)| !OWN_KEYS.contains(k)) {
            settings.insert(key.to_owned(), self.text_of(setting, key)?);
        }
        let mut profiles = Vec::new();
        if let Some(item) = table.get("profile") {
            let all = item
                .as_table_like()
                .ok_or_else(|| self.wrong(item, format!("profiles are written as [team.{name}.profile.admin]")))?;
            for (profile, item) in all.iter() {
                profiles.push(self.profile(profile, item, &provider, &id)?);
            }
        }
        Ok(Team { id, name: composed(name).into_owned(), provider, settings, pinned, profiles })
    }

    fn id(
        &mut self,
        table: &dyn TableLike,
        item: &Item,
        owner: &str,
        derived: impl FnOnce(&BTreeSet<String>) -> Id,
    ) -> Result<Id, Malformed> {
        let Some(given) = table.get("id") else {
            self.made_ids = true;
            let id = derived(&self.taken);
            self.taken.insert(id.to_string());
            return Ok(id);
        };
        let id = Id::try_from(self.text_of(given, "id")?).map_err(|why| self.wrong(given, why.to_string()))?;
        match self.ids.insert(id.clone(), owner.to_owned()) {
            None => Ok(id),
            Some(first) => Err(self.wrong(
                if given.span().is_some() { given } else { item },
                format!("{owner} has the same id as {first}; delete this id line and Keyfob makes a new one"),
            )),
        }
    }

    fn text_of(&self, item: &Item, key: &str) -> Result<String, Malformed> {
        let text = item.as_str().ok_or_else(|| self.wrong(item, format!("{key} must be a text in quotes")))?;
        if text.chars().any(char::is_control) {
            return Err(self.wrong(item, format!("{key} holds a control character")));
        }
        Ok(text.to_owned())
    }
}

/// Every id that is written in the file, whether it can be used or not.
fn ids_in(root: &dyn TableLike) -> BTreeSet<String> {
    fn below<'a>(table: &'a dyn TableLike, key: &str) -> impl Iterator<Item = &'a dyn TableLike> + use<'a> {
        let inside = table.get(key).and_then(Item::as_table_like);
        inside.into_iter().flat_map(|all| all.iter().filter_map(|(_, item)| item.as_table_like()))
    }
    let teams = below(root, "team");
    let all = teams.flat_map(|team| std::iter::once(team).chain(below(team, "profile")));
    all.filter_map(|table| table.get("id")?.as_str().map(str::to_owned)).collect()
}

fn at(text: &str, span: Option<Range<usize>>, why: &str) -> Malformed {
    let before = text.get(..span.map_or(0, |s| s.start)).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    Malformed { line, column, why: why.lines().next().unwrap_or(why).to_owned() }
}

/// How many single-character changes lead from one word to the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let change = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod chains_tests;
#[cfg(test)]
mod names_tests;
#[cfg(test)]
mod spellings_tests;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::words::mistake::EditError;

    fn read(text: &str) -> Result<Config, Malformed> {
        parse(text, &|_, _| Ok(())).map(|(c, _)| c)
    }

    const TWO: &str = r#"# my teams
version = 1

# the important one
[team.acme-prod]
id = "aaaaaaaaaaaaaaaa"
provider = "cognito" # by hand
region = "eu-west-1"

[team.acme-prod.profile.admin]
id = "cccccccccccccccc"
account = "123456789012"
role = "Admin"

[team.lab]
id = "bbbbbbbbbbbbbbbb"
provider = "aws-sso"
"#;

    #[test]
    fn teams_come_in_the_order_of_the_file_with_their_settings() {
        let config = read(TWO).unwrap();
        assert_eq!(config.teams.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["acme-prod", "lab"]);
        assert_eq!(config.teams[0].setting("region"), Some("eu-west-1"));
        assert_eq!(config.teams[0].profiles[0].field("role"), Some("Admin"));
    }

    #[test]
    fn a_mistake_is_told_with_its_line_and_column() {
        let place = |text: &str| {
            let e = read(text).unwrap_err();
            (e.line, e.column)
        };
        assert_eq!(place("version = 1\n[team.a]\nprovider = 7\n"), (3, 12));
        assert_eq!(place("[team.a]\nprovider = \"x\n"), (2, 14));
        assert_eq!(place("[team.a]\nregion = \"eu\"\n").0, 1);
        assert_eq!(place("version = 9\n"), (1, 11));
        assert_eq!(place("colour = 1\n"), (1, 10));
        let twice = TWO.replace("bbbbbbbbbbbbbbbb", "aaaaaaaaaaaaaaaa");
        assert!(read(&twice).unwrap_err().why.contains("same id as acme-prod"));
    }

    #[test]
    fn an_edit_keeps_every_other_byte() {
        let mut edit = Edit::of(TWO).unwrap();
        edit.set("acme-prod", "region", "eu-north-1").unwrap();
        assert_eq!(edit.text(), TWO.replace("eu-west-1", "eu-north-1"));
        edit.set("acme-prod", "region", "eu-west-1").unwrap();
        edit.pin("lab", true).unwrap();
        assert_eq!(edit.text(), format!("{TWO}pinned = true\n"));
    }

    #[test]
    fn renaming_keeps_the_id_and_the_comment() {
        let mut edit = Edit::of(TWO).unwrap();
        edit.rename_team("acme-prod", "acme").unwrap();
        let text = edit.text();
        let config = read(&text).unwrap();
        assert_eq!(config.team("acme").unwrap().id.as_str(), "aaaaaaaaaaaaaaaa");
        assert_eq!(config.team("acme").unwrap().profiles.len(), 1);
        assert!(text.contains("# the important one") && text.contains("# by hand"), "{text}");
    }

    #[test]
    fn a_team_added_to_an_empty_file_is_read_back_whole() {
        let mut edit = Edit::of("").unwrap();
        let mut team = read(TWO).unwrap().teams.remove(0);
        team.name = "with space".into();
        edit.add_team(&team).unwrap();
        assert_eq!(read(&edit.text()).unwrap().teams, [team]);
    }

    #[test]
    fn names_that_the_iot_cli_would_mix_up_are_refused() {
        let mut edit = Edit::of("[team.\"a.b\"]\nprovider = \"x\"\n").unwrap();
        let mut team = read(TWO).unwrap().teams.remove(0);
        team.name = "ab".into();
        assert!(matches!(edit.add_team(&team), Err(EditError::Alike(..))));
        team.name = "a.b".into();
        assert!(matches!(edit.add_team(&team), Err(EditError::Taken(_))));
        team.name = "../x".into();
        assert!(matches!(edit.add_team(&team), Err(EditError::Name(_))));
    }

    #[test]
    fn a_team_written_by_hand_gets_an_id_written_beside_it() {
        let by_hand =
            "[team.a]\nprovider = \"aws-sso\"\n\n[team.a.profile.p]\naccount = \"123456789012\"\nrole = \"R\"\n";
        let (config, made) = parse(by_hand, &|_, _| Ok(())).unwrap();
        assert!(made);
        let written = write_ids(by_hand, &config).unwrap();
        let (again, made) = parse(&written, &|_, _| Ok(())).unwrap();
        assert!(!made);
        assert_eq!(again, config);
    }

    #[test]
    fn a_mistyped_name_finds_its_neighbour() {
        let config = read(TWO).unwrap();
        assert_eq!(config.nearest("acme-prd"), Some("acme-prod"));
        assert_eq!(config.nearest("zzz"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC*|(\\[team\\.[a-z\"]{0,3}\\]\n|[a-z]{1,8} = (\"[a-z]*\"|[0-9]|true)\n){0,6}") {
            let _ = read(&text);
        }
    }
}
