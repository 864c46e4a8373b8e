//! Teams in the files of other programs: only the well-known places, which the window names.

use std::collections::BTreeMap;
use std::ffi::OsString;

use keyfob_core::face::window::Finding;
use keyfob_core::hands::config::file::ConfigFile;
use keyfob_core::words::team::Team;
use keyfob_neighbours::Source;
use keyfob_neighbours::look::Ground;
use keyfob_neighbours::review::{Offer, Review, What};
use keyfob_platform::files::DiskFiles;

/// Looks, and says of each row why it cannot be imported or need not be. What cannot be read is told.
pub fn look(env: &BTreeMap<String, OsString>, teams: &[Team], config: &ConfigFile) -> (Vec<Finding>, Vec<String>) {
    let env = |name: &str| env.get(name).cloned();
    let ground = Ground { env: &env, read: &DiskFiles::read_other, entries: &DiskFiles::entries };
    let looked = ground.usual(None);
    let mut warnings: Vec<String> = looked
        .problems
        .iter()
        .map(|problem| format!("{}. {} {}", problem.title, problem.detail, problem.hint))
        .collect();
    warnings.extend(looked.told(ground).iter().map(|told| told.trim_matches([' ', '!', '-', '\n']).to_owned()));
    let review = Review { ground, new_id: &|| config.new_id(), check: &|team| config.check_team(team) };
    let offers = review.of(looked.found, teams);
    (offers.into_iter().map(|offer| finding(offer, ground)).collect(), warnings)
}

fn finding(offer: Offer, ground: Ground) -> Finding {
    let place = ground.shown(&offer.from);
    let words = offer.words(&place);
    let (change, why_not) = match offer.what {
        // A name that is taken can be changed in the window.
        What::New | What::Clash(_) => (None, None),
        What::Change(change) => (Some(change), None),
        What::There | What::Gone | What::Refused(_) => (None, Some(words)),
    };
    Finding { source: name_of(offer.source), place, team: offer.team, change, why_not }
}

fn name_of(source: Source) -> &'static str {
    match source {
        Source::Aws => "AWS config",
        Source::AwsCredentials => "AWS credentials",
        Source::SimpleIot => "SimpleIOT",
    }
}
