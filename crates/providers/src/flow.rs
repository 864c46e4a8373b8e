//! Which of two ways a person goes through a login: what they said, else what the team says, else what this computer has.

use keyfob_core::doors::provider::Cx;
use keyfob_core::words::about::{BadSetting, Field, Flow};
use keyfob_core::words::login::Wish;
use keyfob_core::words::settings::Settings;

use crate::settings::{malformed, value};

/// For providers that have both.
pub(crate) const FLOW: Field =
    Field { key: "flow", label: "Way to log in", required: false, example: "browser", secret: false };

/// What the team says.
pub(crate) fn set(settings: &Settings) -> Result<Option<Flow>, BadSetting> {
    match value(settings, &FLOW) {
        None => Ok(None),
        Some("browser") => Ok(Some(Flow::Browser)),
        Some("code") => Ok(Some(Flow::Code)),
        Some(other) => Err(malformed(&FLOW, &format!("is `browser` or `code`, not {other:?}"))),
    }
}

/// Where nobody says, a browser is used that the person can see and that reaches this computer.
pub(crate) fn chosen(wish: &Wish, settings: &Settings, cx: &Cx) -> Result<Flow, BadSetting> {
    let usual = || if cx.browser.is_here() { Flow::Browser } else { Flow::Code };
    Ok(wish.flow.or(set(settings)?).unwrap_or_else(usual))
}
