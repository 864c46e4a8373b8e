//! Prints how long the tray and all rows of the window take with 1,000 teams, the median of many rounds, as
//! JSON; `make bench` reads it.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement reads the real clock and prints")]

use std::time::Instant;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use keyfob_core::face::{phrase, tray};
use keyfob_core::mind::expiry;
use keyfob_core::mind::model::{Model, TeamEntry, TeamState};
use keyfob_core::words::id::Id;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::session::SessionFacts;
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;

const TEAMS: u16 = 1000;
const ROUNDS: u32 = 101;

fn main() {
    let (now, tz) = (Timestamp::UNIX_EPOCH, TimeZone::UTC);
    let model = Model { teams: (0..TEAMS).map(|n| entry(n, now)).collect(), ..Model::default() };
    let mut taken = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        assert!(!tray::face(&model, now, &tz, tray::Options::default()).menu.is_empty());
        assert!(model.teams.iter().map(|e| phrase::present(e, &model, now, &tz).row.len()).sum::<usize>() > 0);
        taken.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    taken.sort_by(f64::total_cmp);
    println!("{{\"milliseconds\": {:.3}, \"rounds\": {ROUNDS}}}", taken[taken.len() / 2]);
}

fn entry(number: u16, now: Timestamp) -> TeamEntry {
    let [high, low] = number.to_be_bytes();
    let id = Id::from_random([high, low, 1, 2, 3, 4, 5, 6, 7, 8]);
    let target = Settings::from([("account".into(), "123456789012".into()), ("role".into(), "Admin".into())]);
    let profile = Profile::new(Id::from_random([high, low, 9, 2, 3, 4, 5, 6, 7, 8]), "admin", target);
    let team = Team {
        id,
        name: format!("team-number-{number}"),
        provider: "aws-sso".into(),
        settings: Settings::new(),
        pinned: number.is_multiple_of(100),
        profiles: vec![profile],
    };
    let session = SessionFacts {
        who: "admin".into(),
        issued: expiry::after(now, -SignedDuration::from_mins(30)),
        expires: expiry::after(now, SignedDuration::from_mins(i64::from(number % 240) - 60)),
        limit: None,
        renews: number.is_multiple_of(3),
        nameless: false,
    };
    let state = TeamState { session: (!number.is_multiple_of(5)).then_some(session), ..TeamState::default() };
    TeamEntry { team, state }
}
