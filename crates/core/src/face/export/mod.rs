//! Lines for terminals: what a person pastes, or a script evaluates, to work with a team.
//!
//! Every value passes the allow-list of its variable first ([`Variable::check`]) and is quoted for the
//! shell second ([`assignment`]), so that no name and no server's answer can smuggle a command into a
//! terminal (security D16, T14). Nothing here reads the environment or a clock.

mod quote;
mod variable;

use crate::words::shell::Shell;
use zeroize::Zeroize;

pub use quote::{Unquotable, assignment, sh_word, unsetting};
pub use variable::{Misfit, Variable};

use crate::words::profile::Profile;
use crate::words::secret::Secret;
use crate::words::session::Credential;
use crate::words::team::Team;

/// What a person asked to have in a terminal.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub team: &'a Team,
    /// Adds the profile and its region.
    pub profile: Option<&'a Profile>,
    /// Adds temporary AWS keys (`--with aws`).
    pub keys: Option<&'a Credential>,
    /// Adds the team's token as `KEYFOB_TOKEN` (`--with token`).
    pub token: Option<&'a Secret>,
}

/// What becomes of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Plain(String),
    Secret(Secret),
    /// The variable must not be there, whatever the terminal had before.
    Unset,
}

/// Variables in the order they are written, each value fit for its variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines(Vec<(Variable, Value)>);

/// Lines as text. It is a [`Secret`] even when nothing in it is one, so that it cannot be logged by
/// mistake; `contains_secret` says whether the clipboard must be cleared afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub text: Secret,
    pub contains_secret: bool,
}

impl Rendered {
    /// The text, where it may be shown: `None` when there is a secret in it.
    pub fn shown(&self) -> Option<&str> {
        (!self.contains_secret).then(|| self.text.expose())
    }
}

/// Why there are no lines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("{0}")]
    Misfit(#[from] Misfit),
    #[error("{variable} {why}")]
    Unquotable { variable: &'static str, why: Unquotable },
}

impl Lines {
    /// The lines for what was asked, `IOT_TEAM` first.
    ///
    /// With keys there is no `AWS_PROFILE`, and one that is set is unset: some SDKs prefer it to the keys
    /// (JavaScript v3), others the keys to it (botocore), and both would surprise.
    pub fn new(asked: Asked<'_>) -> Result<Self, Misfit> {
        use Value::{Plain, Secret, Unset};
        use Variable as V;
        let mut lines = vec![(V::IotTeam, Plain(asked.team.iot_team().to_owned()))];
        if asked.keys.is_some() {
            lines.push((V::AwsProfile, Unset));
        } else if let Some(profile) = asked.profile {
            lines.push((V::AwsProfile, Plain(profile.name.clone())));
        }
        if let Some(profile) = asked.profile
            && let Some(region) = profile.region.as_deref().or_else(|| asked.team.setting("region"))
        {
            lines.push((V::AwsRegion, Plain(region.to_owned())));
            lines.push((V::AwsDefaultRegion, Plain(region.to_owned())));
        }
        if let Some(keys) = asked.keys {
            lines.push((V::AwsAccessKeyId, Plain(keys.key_id.clone())));
            lines.push((V::AwsSecretAccessKey, Secret(keys.secret_key.clone())));
            lines.push((V::AwsSessionToken, Secret(keys.token.clone())));
            // Whole seconds, as every reader of this variable expects them.
            lines.push((V::AwsCredentialExpiration, Plain(keys.expires.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())));
        }
        if let Some(token) = asked.token {
            lines.push((V::KeyfobToken, Secret(token.clone())));
        }
        for (variable, value) in &lines {
            match value {
                Plain(text) => variable.check(text)?,
                Secret(secret) => variable.check(secret.expose())?,
                Unset => {}
            }
        }
        Ok(Lines(lines))
    }

    /// Takes back everything that [`Lines::new`] may have set.
    pub fn unset() -> Self {
        Lines(Variable::ALL.iter().map(|variable| (*variable, Value::Unset)).collect())
    }

    /// In the order they are written.
    pub fn iter(&self) -> impl Iterator<Item = (Variable, &Value)> {
        self.0.iter().map(|(variable, value)| (*variable, value))
    }

    pub fn contains_secret(&self) -> bool {
        self.0.iter().any(|(_, value)| matches!(value, Value::Secret(_)))
    }

    /// For stdout and files: one line each, every line ended.
    pub fn printed(&self, shell: Shell) -> Result<Rendered, Refused> {
        if shell == Shell::Json {
            return Ok(self.rendered(self.json()?));
        }
        let mut text = String::new();
        for mut line in self.assignments(shell)? {
            text.push_str(&line);
            text.push_str(shell.line_end());
            line.zeroize();
        }
        Ok(self.rendered(text))
    }

    /// For the clipboard: one line that begins with a space, so that shells keep it out of their history
    /// (T15), and holds no line end, so that pasting alone runs nothing (D16). `.env` and JSON are pasted
    /// into files and stay as they are.
    pub fn copied(&self, shell: Shell) -> Result<Rendered, Refused> {
        let Some(separator) = shell.separator() else { return self.printed(shell) };
        let mut text = String::new();
        for mut line in self.assignments(shell)? {
            text.push_str(if text.is_empty() { " " } else { separator });
            text.push_str(&line);
            line.zeroize();
        }
        Ok(self.rendered(text))
    }

    fn rendered(&self, text: String) -> Rendered {
        Rendered { text: Secret::new(text), contains_secret: self.contains_secret() }
    }

    fn assignments(&self, shell: Shell) -> Result<Vec<String>, Refused> {
        let mut lines = Vec::with_capacity(self.0.len());
        for (variable, value) in &self.0 {
            let name = variable.name();
            let text = match value {
                Value::Plain(text) => text.as_str(),
                Value::Secret(secret) => secret.expose(),
                Value::Unset => {
                    lines.extend(unsetting(shell, name));
                    continue;
                }
            };
            lines.push(assignment(shell, name, text).map_err(|why| Refused::Unquotable { variable: name, why })?);
        }
        Ok(lines)
    }

    fn json(&self) -> Result<String, Refused> {
        let members = self.assignments(Shell::Json)?;
        Ok(format!("{{\n  {}\n}}\n", members.join(",\n  ")))
    }
}

#[cfg(test)]
mod tests;
