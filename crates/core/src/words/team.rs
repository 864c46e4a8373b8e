//! What a person configured: teams, each a way of logging in and what the session is good for.

use serde::Serialize;

use crate::words::id::Id;
use crate::words::name::is_same;
use crate::words::profile::Profile;
use crate::words::settings::Settings;

/// One team: a way of logging in, and what the session is good for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Team {
    pub id: Id,
    pub name: String,
    /// The id of its provider, such as `aws-sso`.
    pub provider: String,
    pub settings: Settings,
    pub pinned: bool,
    pub profiles: Vec<Profile>,
}

impl Team {
    /// A setting, if it was given and is not empty.
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings.get(key).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// The profile of that name or id.
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        let exact = self.profiles.iter().find(|p| p.name == name);
        let by_name = exact.or_else(|| self.profiles.iter().find(|p| is_same(&p.name, name)));
        by_name.or_else(|| self.profiles.iter().find(|p| p.id.as_str() == name))
    }

    /// The value of `IOT_TEAM`: the team's name, unless the `iot` CLI knows it by another one.
    pub fn iot_team(&self) -> &str {
        self.setting("iot-team").unwrap_or(&self.name)
    }
}
