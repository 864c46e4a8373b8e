//! When to renew, when to warn and when something has ended: pure arithmetic on the wall clock.
//!
//! There are two clocks. A session ends for the *person*; an access token and a credential end for *us*,
//! who renew them. Nothing here reads a clock.

use jiff::{SignedDuration, Timestamp};

use crate::mind::model::{Model, TeamState};
use crate::words::id::Id;
use crate::words::prefs::Prefs;
use crate::words::session::SessionFacts;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// The most a renewal starts ahead of the end: before the 15 minutes in which the AWS SDKs begin to renew
/// by themselves, so that they find a fresh session and leave it alone.
const RENEW_AHEAD: SignedDuration = SignedDuration::from_mins(20);
/// What has less left is not handed out: it would end on its way (invariant L4).
pub const NEARLY_OVER: SignedDuration = MINUTE;
/// Commands renew a token on their own when less than this is left, or a quarter of its life if that is less.
const RENEW_BEFORE_USE: SignedDuration = SignedDuration::from_mins(5);
/// The longest sleep (security D18).
pub const LOOK_EVERY: SignedDuration = SignedDuration::from_secs(30);
/// No team is tried more often than this without a person asking (fault F01).
pub const MIN_BETWEEN_TRIES: SignedDuration = SignedDuration::from_secs(30);
/// The longest pause between two tries while a server has trouble (fault F14).
pub const MAX_BACKOFF: SignedDuration = SignedDuration::from_mins(2);
/// The longest rest a server may ask for (fault F13).
const MAX_RETRY_AFTER: u32 = 600;
/// After a login nothing is warned of for so long.
pub const CALM_AFTER_LOGIN: SignedDuration = SignedDuration::from_mins(5);
const EARLY_HINT: SignedDuration = SignedDuration::from_hours(1);
const EARLY_HINT_FROM: SignedDuration = SignedDuration::from_hours(4);
/// A clock may differ so much from the server's before we doubt it.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// When a session should be renewed without a person, or `None` when that is impossible or gains nothing.
///
/// A quarter of the token's lifetime ahead, at most 20 minutes, and up to a twelfth (at most 5 minutes)
/// earlier still: teams logged in together do not knock at the same second. The same team always gets the
/// same moment.
pub fn renew_at(facts: &SessionFacts, team: &Id) -> Option<Timestamp> {
    if !facts.renews || facts.limit.is_some_and(|limit| limit <= facts.expires) {
        return None;
    }
    let lifetime = positive(facts.expires.duration_since(facts.issued));
    let ahead = (lifetime / 4).min(RENEW_AHEAD);
    let spread = part(team, 0, (lifetime / 12).min(MINUTE * 5));
    Some(after(facts.expires, -(ahead + spread)))
}

/// How long to wait after the n-th failure in a row (n from 1): 30 s, doubled each time, at most 2 minutes
/// or as long as the server asked for; a little less for some teams than for others.
pub fn backoff(failures: u32, retry_after: Option<u32>, team: &Id) -> SignedDuration {
    let doubled = MIN_BETWEEN_TRIES * 2_i32.pow(failures.saturating_sub(1).min(2));
    let spread = part(team, failures, doubled / 5);
    let own = (doubled - spread).clamp(MIN_BETWEEN_TRIES, MAX_BACKOFF);
    match retry_after {
        Some(seconds) => own.max(SignedDuration::from_secs(i64::from(seconds.clamp(1, MAX_RETRY_AFTER)))),
        None => own,
    }
}

/// True when a credential (or an access token) may still be handed out although a new one could be had.
///
/// AWS SDKs ask again 15 minutes before the end, so one that has less than 16 minutes left would be asked
/// for over and over; shorter-lived ones are good for 70 % of their life. Never in the last 60 s (invariant
/// L4), and never when the clock stands before the moment of issue: then its word is worth nothing (F51).
pub fn credential_is_fresh(issued: Timestamp, expires: Timestamp, now: Timestamp) -> bool {
    if issued.duration_since(now) > SKEW {
        return false;
    }
    let lifetime = expires.duration_since(issued);
    let margin = (positive(lifetime) * 3 / 10).clamp(NEARLY_OVER, MINUTE * 16);
    expires.duration_since(now) > margin
}

/// True when a command should renew a token before it uses it. The tray renews far earlier; without it, a
/// command must not wait for a server each time although what it has will do.
pub fn renew_before_use(issued: Timestamp, expires: Timestamp, now: Timestamp) -> bool {
    let lifetime = positive(expires.duration_since(issued));
    expires.duration_since(now) < (lifetime / 4).clamp(NEARLY_OVER, RENEW_BEFORE_USE)
}

/// When the person must act, as far as anybody knows: the past means that the session has ended.
///
/// `None` while the session renews itself without a stated limit: then only the server's own answer ends
/// it, never the clock and never the lack of a network (invariant 9, fault F53).
pub fn ended_at(state: &TeamState, prefs: &Prefs) -> Option<Timestamp> {
    let facts = state.session.as_ref()?;
    if !facts.renews || !prefs.auto_renew {
        return Some(facts.expires);
    }
    facts.limit.map(|limit| limit.max(facts.expires))
}

/// The headline: the end that matters most to the person, and failing that the end of the token.
pub fn headline(state: &TeamState, prefs: &Prefs) -> Option<Timestamp> {
    ended_at(state, prefs).or(state.session.as_ref().map(|facts| facts.expires))
}

/// What is left until the headline. A clock that was set back cannot make it longer than it was at issue.
pub fn left(state: &TeamState, prefs: &Prefs, now: Timestamp) -> Option<SignedDuration> {
    let end = headline(state, prefs)?;
    let issued = state.session.as_ref()?.issued;
    Some(end.duration_since(now).min(positive(end.duration_since(issued))))
}

/// True when the session ends soon and no silent renewal will prevent it.
pub fn is_soon(state: &TeamState, prefs: &Prefs, now: Timestamp) -> bool {
    warn_at(state, prefs).is_some_and(|at| at <= now)
}

/// True when little is left of the token itself, whoever renews it.
pub fn in_lead_time(state: &TeamState, prefs: &Prefs, now: Timestamp) -> bool {
    state.session.as_ref().is_some_and(|facts| {
        let lifetime = positive(facts.expires.duration_since(facts.issued));
        after(facts.expires, -lead(prefs, lifetime)) <= now
    })
}

/// When to warn of the end: the person's lead time before it, at most a quarter of the session's life, and
/// not in the first five minutes. `None` when a silent renewal is expected to prevent the end.
pub fn warn_at(state: &TeamState, prefs: &Prefs) -> Option<Timestamp> {
    let end = ended_at(state, prefs)?;
    let start = started(state)?;
    let lifetime = positive(end.duration_since(start));
    let at = after(end, -lead(prefs, lifetime)).max(after(start, CALM_AFTER_LOGIN));
    (at < end).then_some(at)
}

/// When to hint, silently, at an end that is an hour away: only when asked for, and only for long sessions.
pub fn hint_at(state: &TeamState, prefs: &Prefs) -> Option<Timestamp> {
    let end = ended_at(state, prefs)?;
    let lifetime = end.duration_since(started(state)?);
    (prefs.early_hint && lifetime >= EARLY_HINT_FROM).then(|| after(end, -EARLY_HINT))
}

/// The next moment at which something may become due. Whoever waits for it never sleeps longer than 30 s and
/// wakes on whole half minutes of the wall clock, where the texts change (security D18).
pub fn next_look(model: &Model, now: Timestamp) -> SignedDuration {
    let since_half = now.as_millisecond().rem_euclid(LOOK_EVERY.as_secs() * 1000);
    let aligned = LOOK_EVERY - SignedDuration::from_millis(since_half);
    let moments = model.teams.iter().flat_map(|entry| {
        let (state, prefs) = (&entry.state, &model.prefs);
        [
            state.session.as_ref().and_then(|facts| renew_at(facts, &entry.team.id)),
            state.refresh.not_before,
            state.refresh.last_try.map(|at| after(at, MIN_BETWEEN_TRIES)),
            ended_at(state, prefs),
            warn_at(state, prefs),
            hint_at(state, prefs),
            state.snoozed_until,
        ]
    });
    let next = moments.flatten().chain(model.settling_until).filter(|at| *at > now).min();
    next.map_or(aligned, |at| aligned.min(at.duration_since(now)))
}

fn started(state: &TeamState) -> Option<Timestamp> {
    let issued = state.session.as_ref()?.issued;
    Some(state.since.map_or(issued, |since| since.min(issued)))
}

fn lead(prefs: &Prefs, lifetime: SignedDuration) -> SignedDuration {
    SignedDuration::from_mins(i64::from(prefs.warn_minutes)).min(lifetime / 4)
}

/// Adds without ever leaving the range of time: what lies beyond the year 9999 stays there (fault F55).
pub fn after(at: Timestamp, by: SignedDuration) -> Timestamp {
    let edge = if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
    at.checked_add(by).unwrap_or(edge)
}

fn positive(span: SignedDuration) -> SignedDuration {
    span.max(SignedDuration::ZERO)
}

/// A share of `most` that depends on the team and a number only (FNV-1a).
fn part(team: &Id, salt: u32, most: SignedDuration) -> SignedDuration {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in team.as_str().bytes().chain(salt.to_be_bytes()) {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    let thousandths = i64::from(hash % 1000);
    SignedDuration::from_millis((most.as_secs().saturating_mul(thousandths)).max(0))
}

#[cfg(test)]
mod tests;
