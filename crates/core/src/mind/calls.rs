//! What a team's state calls for: which notice, told or not.

use jiff::Timestamp;

use crate::mind::expiry;
use crate::mind::health::IGNORED_AFTER;
use crate::mind::model::{Model, TeamEntry};
use crate::words::failure::FailureKind;
use crate::words::notice::Kind;

/// What a team's state calls for at a moment, told or not.
pub fn called_for(entry: &TeamEntry, model: &Model, now: Timestamp) -> Option<Kind> {
    let (state, prefs) = (&entry.state, &model.prefs);
    if state.session.is_none() || state.login.is_some() || state.leaving || model.keychain.is_closed() {
        return None;
    }
    if let Some(ended) = expiry::ended_at(state, prefs).filter(|ended| *ended <= now) {
        return (now.duration_since(ended) < IGNORED_AFTER).then_some(Kind::Ended);
    }
    match state.refresh.failing {
        Some(FailureKind::Final | FailureKind::Keychain) => return Some(Kind::CouldNotRenew),
        Some(FailureKind::Passing) if expiry::in_lead_time(state, prefs, now) => return Some(Kind::CouldNotRenew),
        _ => {}
    }
    if expiry::is_soon(state, prefs, now) {
        return Some(if is_one_click(entry, model) { Kind::Ending } else { Kind::NeedsPerson });
    }
    expiry::hint_at(state, prefs).is_some_and(|at| at <= now).then_some(Kind::Hint)
}

/// True when a click renews the session, so that nobody has to log in.
pub fn is_one_click(entry: &TeamEntry, model: &Model) -> bool {
    !model.prefs.auto_renew && entry.state.session.as_ref().is_some_and(|session| session.renews)
}
