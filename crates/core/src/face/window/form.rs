//! The form of a team, drawn from what each provider says of itself.

use crate::words::plain::clean;
use serde::Serialize;

use super::{At, words};
use crate::face::problem;
use crate::mind::model::TeamEntry;
use crate::words::about::{About, BadSetting, Field, Flow};
use crate::words::browser::BROWSER;
use crate::words::id::Id;
use crate::words::mistake::EditError;
use crate::words::problem::Problem;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Form {
    pub of: FormOf,
    /// `None` for a new team.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub team: Option<Id>,
    pub name: String,
    pub name_hint: &'static str,
    /// The one that is chosen at first; a team that exists keeps its own.
    pub provider: String,
    pub providers: Vec<ProviderForm>,
    pub saving: bool,
    pub trouble: Option<Trouble>,
    pub submit: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum FormOf {
    Team,
    /// A new profile of the team.
    Profile,
}

/// The part of the form that belongs to a way of signing in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ProviderForm {
    pub id: &'static str,
    pub name: &'static str,
    pub hint: &'static str,
    pub fields: Vec<FieldForm>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FieldForm {
    pub key: &'static str,
    pub label: &'static str,
    pub required: bool,
    pub example: &'static str,
    /// Shown as dots. One that is kept is not in the window: an empty field leaves it as it is.
    pub secret: bool,
    pub value: String,
    /// Where there are some, one of them is chosen and nothing typed.
    pub options: Vec<FieldOption>,
}

/// One of several that a field may hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FieldOption {
    pub value: String,
    pub label: String,
}

/// Why a form was not taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Trouble {
    /// Another number is another refusal: the page moves the focus to it.
    #[cfg_attr(test, ts(type = "number"))]
    pub serial: u64,
    pub text: String,
    pub hint: String,
    /// The field it belongs to: `name`, or a setting's key.
    pub field: Option<String>,
}

impl Trouble {
    /// What a provider said of the settings, beside the field it spoke of.
    pub fn of_setting(error: &BadSetting, about: &About) -> Self {
        let fields = || about.fields.iter().chain(about.profile_fields.unwrap_or_default());
        let label = |key: &str| fields().find(|field| field.key == key).map_or(key.to_owned(), |f| f.label.into());
        let (text, hint, key) = match error {
            BadSetting::Missing { key, example } => {
                (format!("{} is missing", label(key)), format!("It looks like {example}"), key)
            }
            BadSetting::MissingSecret { key } => {
                (format!("{} is missing", label(key)), "It is kept in the keychain alone".into(), key)
            }
            BadSetting::Malformed { key, why, example } => {
                (format!("{} {why}", label(key)), format!("It looks like {example}"), key)
            }
            BadSetting::Unknown { key, known } => {
                (format!("{key} is not a setting of this provider"), format!("It has: {}", known.join(", ")), key)
            }
            BadSetting::NoProfiles => {
                return Trouble { text: "Its sessions give no credentials".into(), ..Trouble::default() };
            }
        };
        Trouble { serial: 0, text: clean(&text), hint: clean(&hint), field: Some(key.clone()) }
    }

    pub fn of_edit(error: &EditError) -> Self {
        let field = matches!(error, EditError::Name(_) | EditError::Taken(_) | EditError::Alike(..));
        Trouble { field: field.then(|| "name".into()), ..Trouble::of_problem(&problem::of_edit(error)) }
    }

    pub fn of_problem(problem: &Problem) -> Self {
        let parts = [problem.detail.as_str(), problem.hint.as_str()];
        let hint = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        Trouble { serial: 0, text: problem.title.clone(), hint, field: None }
    }

    pub(super) fn of_name(why: &str) -> Self {
        let mut letters = why.chars();
        let why = letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect());
        Trouble { text: why, field: Some("name".into()), ..Trouble::default() }
    }

    pub(super) fn command_line() -> Self {
        let (text, hint) = (words::NO_COMMAND_HERE.into(), words::COMMAND_IN_A_TERMINAL.into());
        Trouble { text, hint, field: Some(BROWSER.into()), ..Trouble::default() }
    }

    pub(super) fn taken(name: &str, other: &str) -> Self {
        let text = if name == other {
            format!("There is a team called {other} already")
        } else {
            format!("The iot program would take it for {other}")
        };
        Trouble { text, hint: words::CHOOSE_ANOTHER.into(), field: Some("name".into()), ..Trouble::default() }
    }

    pub(super) fn profile_taken(name: &str, team: &str) -> Self {
        Trouble {
            text: format!("{team} has a profile called {name} already"),
            hint: words::CHOOSE_ANOTHER.into(),
            field: Some("name".into()),
            ..Trouble::default()
        }
    }

    pub(super) fn missing(field: &Field) -> Self {
        Trouble {
            text: format!("{} is missing", field.label),
            hint: format!("It looks like {}", field.example),
            field: Some(field.key.into()),
            ..Trouble::default()
        }
    }
}

impl FieldForm {
    pub(super) fn of(field: &Field) -> Self {
        let Field { key, label, required, example, secret } = *field;
        FieldForm { key, label, required, example, secret, value: String::new(), options: Vec::new() }
    }
}

/// The key of a profile's region, beside the fields of its target.
pub(super) const REGION: &str = "region";

pub(super) fn region_field() -> Field {
    Field { key: REGION, label: words::REGION, required: false, example: "eu-west-1", secret: false }
}

impl At<'_> {
    pub(super) fn form(self, entry: Option<&TeamEntry>) -> Form {
        let team = entry.map(|entry| &entry.team);
        let providers: Vec<ProviderForm> = self
            .model
            .providers
            .iter()
            .filter(|about| team.is_none_or(|team| team.provider == about.id))
            .map(|about| ProviderForm {
                id: about.id,
                name: about.name,
                hint: match about.flows.first() {
                    Some(Flow::Password) => words::BY_PASSWORD,
                    Some(Flow::Keys) => words::BY_KEYS,
                    Some(Flow::Browser) => words::BY_BROWSER,
                    Some(Flow::Code) | None => words::BY_CODE,
                },
                fields: about
                    .fields
                    .iter()
                    .map(|field| FieldForm {
                        value: team.and_then(|team| team.setting(field.key)).unwrap_or_default().to_owned(),
                        ..FieldForm::of(field)
                    })
                    .collect(),
            })
            .collect();
        let work = &self.desk.form;
        Form {
            of: FormOf::Team,
            name_hint: words::TEAM_NAME_HINT,
            team: team.map(|team| team.id.clone()),
            name: team.map(|team| team.name.clone()).unwrap_or_default(),
            provider: team
                .map(|team| team.provider.clone())
                .or_else(|| providers.first().map(|first| first.id.to_owned()))
                .unwrap_or_default(),
            providers,
            saving: work.saving,
            trouble: work.trouble.clone(),
            submit: if team.is_some() { words::SAVE } else { words::ADD_THIS_TEAM },
        }
    }

    /// A profile that is written down by hand: in the fields that the provider declares, or as a role on top of another.
    pub(super) fn profile_form(self, entry: &TeamEntry) -> Form {
        let about = self.model.about(&entry.team);
        let fields = about.and_then(|about| about.profile_fields).unwrap_or_default();
        let work = &self.desk.form;
        let region = region_field();
        let provider = about.map(|about| ProviderForm {
            id: about.id,
            name: words::OF_SESSION,
            hint: words::OF_SESSION_HINT,
            fields: fields.iter().chain([&region]).map(FieldForm::of).collect(),
        });
        Form {
            of: FormOf::Profile,
            team: Some(entry.team.id.clone()),
            name: String::new(),
            name_hint: words::PROFILE_NAME_HINT,
            provider: entry.team.provider.clone(),
            providers: provider.into_iter().chain(self.chain_form(entry)).collect(),
            saving: work.saving,
            trouble: work.trouble.clone(),
            submit: words::ADD_THIS_PROFILE,
        }
    }
}
