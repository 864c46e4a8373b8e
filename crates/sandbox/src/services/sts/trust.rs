//! What a caller asks of a role, and what the role's trust policy says to it.

use crate::{
    http::{Answer, Request, find},
    setup::Trust,
    world::World,
};

use super::error;

/// The parameters that the actions have in common.
pub(super) struct Asked {
    pub arn: String,
    pub session_name: String,
    pub external_id: Option<String>,
    pub source_identity: Option<String>,
    pub form: Vec<(String, String)>,
}

impl Asked {
    pub fn of(request: &Request) -> Result<Self, Answer> {
        let form = if request.method == "POST" { request.form() } else { request.query.clone() };
        let given = |name: &str| find(&form, name).filter(|text| !text.is_empty()).map(str::to_owned);
        let (arn, session_name) = (need(&form, "RoleArn")?, need(&form, "RoleSessionName")?);
        let word = |text: &str| {
            (2..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c))
        };
        let source_identity = given("SourceIdentity");
        let names = [("RoleSessionName", Some(&session_name)), ("SourceIdentity", source_identity.as_ref())];
        for (name, text) in names {
            if text.is_some_and(|text| !word(text)) {
                return Err(invalid(&format!("{name} must match [\\w+=,.@-]{{2,64}}")));
            }
        }
        let external_id = given("ExternalId");
        Ok(Self { arn, session_name, external_id, source_identity, form })
    }

    /// For how long, or why not: a role by a role lasts an hour, any other as long as an administrator says.
    pub fn seconds(&self, trust: &Trust, by_role: bool) -> Result<u64, Answer> {
        let longest = trust.longest.unwrap_or(if by_role { 3_600 } else { 43_200 });
        match find(&self.form, "DurationSeconds").map(str::parse::<u64>) {
            None => Ok(3_600.min(longest)),
            Some(Ok(seconds @ 900..=43_200)) if by_role && seconds > 3_600 => Err(invalid(&format!(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining ({seconds})"
            ))),
            Some(Ok(900..=43_200)) if self.asks_for_more_than(longest) => {
                Err(invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role."))
            }
            Some(Ok(seconds @ 900..=43_200)) => Ok(seconds),
            Some(_) => Err(invalid("DurationSeconds is 900 to 43200")),
        }
    }

    /// The value of a session tag: `Tags.member.N.Key` and `Tags.member.N.Value`.
    fn tag(&self, key: &str) -> Option<&str> {
        let (place, _) = self.form.iter().find(|(name, text)| name.starts_with("Tags.member.") && text == key)?;
        find(&self.form, &format!("{}.Value", place.strip_suffix(".Key")?))
    }

    fn asks_for_more_than(&self, longest: u64) -> bool {
        find(&self.form, "DurationSeconds").and_then(|text| text.parse::<u64>().ok()).is_some_and(|all| all > longest)
    }
}

/// Whether somebody with this ARN may have the role as they ask for it.
pub(super) fn takes(trust: &Trust, asked: &Asked, caller: &str) -> bool {
    let known = trust.only.is_empty() || trust.only.iter().any(|begin| caller.starts_with(begin));
    let is = |wanted: &Option<String>, given: &Option<String>| wanted.is_none() || wanted == given;
    let tagged = trust.tags.iter().all(|(key, value)| asked.tag(key) == Some(value));
    let named = is(&trust.external_id, &asked.external_id) && is(&trust.source_identity, &asked.source_identity);
    known && named && tagged && trust.issuer.is_none()
}

/// Account, path and name of a role that can be assumed, and what its trust policy says.
pub(super) fn of(world: &World, arn: &str) -> Option<(String, String, Trust)> {
    let (account, role) = arn.strip_prefix("arn:aws:iam::")?.split_once(":role/")?;
    let mut accounts = world.setup.portals.iter().flat_map(|portal| &portal.accounts);
    let there = accounts.find(|one| one.id == account && one.assumable.iter().any(|other| other == role))?;
    Some((account.to_owned(), role.to_owned(), there.trust.get(role).cloned().unwrap_or_default()))
}

pub(super) fn need(form: &[(String, String)], name: &str) -> Result<String, Answer> {
    let given = find(form, name).filter(|text| !text.is_empty());
    given.map(str::to_owned).ok_or_else(|| {
        invalid(&format!(
            "1 validation error detected: Value at '{name}' failed to satisfy constraint: Member must not be null"
        ))
    })
}

fn invalid(message: &str) -> Answer {
    error("ValidationError", message, 400)
}
