//! A role that is assumed on top of another profile: what the form asks for, and what is made of the answer.

use super::form::{FieldForm, FieldOption, ProviderForm, REGION, Trouble, region_field};
use super::{At, words};
use crate::face::chain;
use crate::mind::model::{Model, TeamEntry};
use crate::words::about::Field;
use crate::words::id::Id;
use crate::words::plain::clean;
use crate::words::profile::{AssumedRole, BadRole, Profile, Source};
use crate::words::settings::Settings;

/// The way to fill in the form, beside that of the team's provider.
pub(super) const CHAIN: &str = "chain";
const VIA: &str = "via";
/// More than these are found by name in a terminal.
const MOST_SOURCES: usize = 300;

const VIA_FIELD: Field = Field { key: VIA, label: words::BEGINS_WITH, required: true, example: "", secret: false };
/// In the order of [`AssumedRole::KEYS`].
static FIELDS: [Field; 6] = [
    field("role-arn", "ARN of the role", "arn:aws:iam::210987654321:role/Deploy"),
    field("external-id", "External ID", "acme-4711"),
    field("session-name", "Name of its session", "ann"),
    field("duration", "Lasts for", "1h"),
    field("mfa-serial", "MFA device", "arn:aws:iam::123456789012:mfa/ann"),
    field("source-identity", "Source identity", "ann"),
];

const fn field(key: &'static str, label: &'static str, example: &'static str) -> Field {
    let bytes = key.as_bytes();
    // The ARN alone is needed.
    Field { key, label, required: bytes[0] == b'r', example, secret: false }
}

impl At<'_> {
    /// The form of a role on top of another profile; `None` where there is nothing to begin with.
    pub(super) fn chain_form(self, entry: &TeamEntry) -> Option<ProviderForm> {
        let options = sources(self.model, entry);
        let value = options.first()?.value.clone();
        let via = FieldForm { options, value, ..FieldForm::of(&VIA_FIELD) };
        let region = region_field();
        let fields = std::iter::once(via).chain(FIELDS.iter().chain([&region]).map(FieldForm::of)).collect();
        Some(ProviderForm { id: CHAIN, name: words::ROLE_ON_TOP, hint: words::ROLE_ON_TOP_HINT, fields })
    }
}

/// All that a role can be assumed with: the team's own profiles first, then its session, then what others have.
fn sources(model: &Model, entry: &TeamEntry) -> Vec<FieldOption> {
    let own = (entry, model.teams.iter().filter(|other| other.team.id != entry.team.id));
    let alone = |entry: &&TeamEntry| {
        let fields = model.about(&entry.team).and_then(|about| about.profile_fields);
        fields.is_some_and(|fields| fields.iter().all(|field| !field.required))
    };
    let of = |entry: &TeamEntry, prefix: &str| {
        let team = entry.team.id.clone();
        let named = |profile: &Profile| format!("{prefix}{}", chain::label(profile));
        let option = move |profile: &Profile| FieldOption {
            value: format!("{team}/{}", profile.id),
            label: clean(&named(profile)),
        };
        entry.team.profiles.iter().map(option).collect::<Vec<_>>()
    };
    let session = |entry: &TeamEntry| FieldOption {
        value: entry.team.id.to_string(),
        label: clean(&format!("{} {}", words::SESSION_OF, entry.team.name)),
    };
    let mut all = of(own.0, "");
    all.extend(Some(entry).filter(alone).map(session));
    for other in own.1 {
        all.extend(of(other, &format!("{}/", other.team.name)));
        all.extend(Some(other).filter(alone).map(session));
    }
    all.truncate(MOST_SOURCES);
    all
}

/// The profile that was filled in, on top of what was chosen.
pub(super) fn filled_in(
    mut settings: Settings,
    entry: &TeamEntry,
    model: &Model,
    name: String,
) -> Result<Profile, Trouble> {
    let region = settings.remove(REGION);
    let via = settings.remove(VIA).unwrap_or_default();
    let source = source_of(&via, entry, model).ok_or_else(|| Trouble::missing(&VIA_FIELD))?;
    let mut role = AssumedRole::default();
    for (key, text) in &settings {
        role.set(key, text).map_err(|bad| bad_role(&bad))?;
    }
    if role.role_arn.is_empty() {
        return Err(Trouble::missing(&FIELDS[0]));
    }
    role.check().map_err(|bad| bad_role(&bad))?;
    // The id is a stand-in: the tray program, which can draw random ones, gives it its own.
    let new = Profile::new(entry.team.id.clone(), name, Settings::new());
    Ok(Profile { region, source: Some(source), chain: vec![role], ..new })
}

fn source_of(via: &str, entry: &TeamEntry, model: &Model) -> Option<Source> {
    let (team, profile) = via.split_once('/').map_or((via, None), |(team, profile)| (team, Some(profile)));
    let id = |text: &str| Id::try_from(text.to_owned()).ok();
    let other = model.entry(&id(team)?)?;
    let profile = match profile {
        None => None,
        Some(profile) => {
            let profile = id(profile)?;
            Some(other.team.profiles.iter().find(|one| one.id == profile)?.name.clone())
        }
    };
    let team = (other.team.id != entry.team.id).then(|| other.team.name.clone());
    Some(Source { team, profile })
}

fn bad_role((key, why): &BadRole) -> Trouble {
    let field = FIELDS.iter().find(|field| field.key == *key);
    let (label, example) = field.map_or((*key, ""), |field| (field.label, field.example));
    let (text, hint) = (clean(&format!("{label} {why}")), format!("It looks like {example}"));
    Trouble { text, hint, field: Some((*key).to_owned()), ..Trouble::default() }
}
