//! What a person can set for the whole program.

use serde::{Deserialize, Serialize};

/// What a person can set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prefs {
    /// Minutes between the warning and the end.
    pub warn_minutes: u16,
    /// A silent hint an hour before the end of sessions of four hours and more.
    pub early_hint: bool,
    /// Sessions are renewed before they end, without a word.
    pub auto_renew: bool,
}

impl Default for Prefs {
    fn default() -> Self {
        Prefs { warn_minutes: 10, early_hint: false, auto_renew: true }
    }
}

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Theme {
    /// As the desktop has it.
    #[default]
    System,
    Light,
    Dark,
}
