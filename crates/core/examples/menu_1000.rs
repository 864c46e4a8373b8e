//! Prints how long the tray and all rows of the window take with 1,000 teams; `make bench` reads it.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement reads the real clock and prints")]

use std::time::Instant;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use keyfob_core::model::{Model, TeamEntry, TeamState};
use keyfob_core::session::SessionFacts;
use keyfob_core::team::{Id, Profile, Settings, Team};
use keyfob_core::{expiry, phrase, tray};

const TEAMS: u16 = 1000;
const ROUNDS: u32 = 50;

fn main() {
    let (now, tz) = (Timestamp::UNIX_EPOCH, TimeZone::UTC);
    let model = Model { teams: (0..TEAMS).map(|n| entry(n, now)).collect(), ..Model::default() };
    let mut best = [f64::MAX; 3];
    for _ in 0..ROUNDS {
        let time = |work: &dyn Fn() -> usize| {
            let begun = Instant::now();
            assert!(work() > 0);
            begun.elapsed().as_secs_f64() * 1000.0
        };
        let menu = time(&|| tray::face(&model, now, &tz, tray::Options::default()).menu.len());
        let rows = time(&|| model.teams.iter().map(|e| phrase::present(e, &model, now, &tz).row.len()).sum());
        for (best, new) in best.iter_mut().zip([menu, rows, menu + rows]) {
            *best = best.min(new);
        }
    }
    println!("tray of {TEAMS} teams: {:.2} ms · all rows: {:.2} ms · together: {:.2} ms", best[0], best[1], best[2]);
}

fn entry(number: u16, now: Timestamp) -> TeamEntry {
    let [high, low] = number.to_be_bytes();
    let id = Id::from_random([high, low, 1, 2, 3, 4, 5, 6, 7, 8]);
    let profile = Profile {
        id: Id::from_random([high, low, 9, 2, 3, 4, 5, 6, 7, 8]),
        name: "admin".into(),
        account: "123456789012".into(),
        role: "Admin".into(),
        region: None,
    };
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
    };
    let state = TeamState { session: (!number.is_multiple_of(5)).then_some(session), ..TeamState::default() };
    TeamEntry { team, state }
}
