//! An import that is done again: it follows the source, and tells one team from another.
#![allow(clippy::unwrap_used)]

use std::cell::Cell;
use std::path::{Path, PathBuf};

use keyfob_core::words::change::Change;
use keyfob_core::words::id::Id;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::team::Team;

use super::*;
use crate::look::Ground;
use crate::simpleiot::{self, TeamFile};

const PLACE: &str = "/h/.aws/config";

fn session(name: &str, url: &str, region: &str) -> String {
    format!("[sso-session {name}]\nsso_start_url = {url}\nsso_region = {region}\n")
}

fn profile(name: &str, session: &str, role: &str) -> String {
    format!("[profile {name}]\nsso_session = {session}\nsso_account_id = 123456789012\nsso_role_name = {role}\n")
}

fn found(text: &str) -> Vec<Found> {
    let config = Some((Path::new(PLACE), text.as_bytes()));
    vec![crate::aws_config::found(crate::aws_config::Files { config, ..Default::default() })]
}

fn offers_of(found: Vec<Found>, teams: &[Team]) -> Vec<Offer> {
    let env = |name: &str| (name == "HOME").then(|| "/h".into());
    let ground = Ground { env: &env, read: &|_| Ok(None), entries: &|_: &Path| None::<Vec<PathBuf>> };
    let last = Cell::new(0_u64);
    let new_id = || {
        last.set(last.get() + 1);
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&last.get().to_be_bytes());
        Id::from_random(bytes)
    };
    Review { ground, new_id: &new_id, check: &|_| None }.of(found, teams)
}

fn offers(text: &str, teams: &[Team]) -> Vec<Offer> {
    offers_of(found(text), teams)
}

/// What a first import of the file makes.
fn imported(text: &str) -> Vec<Team> {
    offers(text, &[]).into_iter().map(|offer| offer.team).collect()
}

/// Each offer in a word or two.
fn told(offers: &[Offer]) -> Vec<String> {
    let word = |offer: &Offer| match &offer.what {
        What::New => format!("new {}", offer.team.name),
        What::There => format!("there {}", offer.team.name),
        What::Gone => format!("gone {}", offer.team.name),
        What::Clash(_) | What::Refused(_) => format!("no {}", offer.team.name),
        What::Change(_) => format!("{}: {}", offer.team.name, offer.words("~/.aws/config")),
    };
    offers.iter().map(word).collect()
}

fn corp() -> String {
    session("corp", "https://corp.awsapps.com/start", "eu-west-1")
        + &profile("Prod/Admin", "corp", "Admin")
        + &profile("reader", "corp", "Reader")
}

// F173
#[test]
fn what_is_new_changed_and_gone_at_its_source_is_offered_each_by_itself() {
    let teams = imported(&corp());
    assert_eq!(told(&offers(&corp(), &teams)), ["there corp"]);
    let later = session("corp", "https://corp.awsapps.com/start", "eu-north-1")
        + &profile("Prod/Admin", "corp", "Operator")
        + &profile("fresh", "corp", "Reader");
    assert_eq!(
        told(&offers(&later, &teams)),
        [
            "corp: region: eu-west-1 → eu-north-1",
            "corp: profile Prod/Admin: role Admin → Operator",
            "corp: profile fresh: Reader in 123456789012",
            "corp: profile reader: no longer in ~/.aws/config",
        ]
    );
    let What::Change(Change::Replace { new, .. }) = &offers(&later, &teams)[1].what else { panic!() };
    assert_eq!(new.id, teams[0].profiles[0].id, "its credentials in the keychain are named by it");
}

// F173
#[test]
fn a_portal_that_moved_is_the_same_team_and_one_that_went_is_told() {
    let teams = imported(&corp());
    let moved = corp().replace("corp.awsapps.com", "newcorp.awsapps.com");
    let said = told(&offers(&moved, &teams));
    assert_eq!(said, ["corp: start-url: https://corp.awsapps.com/start → https://newcorp.awsapps.com/start"]);
    let said = told(&offers("[default]\nregion = eu-west-1\n", &teams));
    let gone = [
        "gone corp",
        "corp: profile Prod/Admin: no longer in ~/.aws/config",
        "corp: profile reader: no longer in ~/.aws/config",
    ];
    assert_eq!(said, gone);
}

// F173
#[test]
fn what_is_there_and_cannot_be_read_is_not_gone() {
    let teams = imported(&corp());
    for broken in [
        corp().replace("sso_role_name = Reader", "sso_role_name = a;b"),
        corp().replace("[profile reader]", "[profile reader"),
        corp().replace("[profile reader]", "[reader]"),
        corp().replace("[profile reader]", "  [profile reader]"),
    ] {
        assert_eq!(told(&offers(&broken, &teams)), ["there corp"], "{broken}");
    }
}

// F173, F178
#[test]
fn a_team_that_was_added_by_hand_takes_part_however_its_portal_is_written() {
    let mut by_hand = imported(&session("x", "https://CORP.awsapps.com:443/start/#/", "eu-west-1")).remove(0);
    by_hand.name = "mine".into();
    let of_hand = |name: &str, role: &str| Profile {
        from: None,
        ..imported(&corp().replace("Admin\n", &format!("{role}\n")))[0].profile(name).unwrap().clone()
    };
    by_hand.profiles = vec![of_hand("Prod/Admin", "Old"), Profile { name: "own".into(), ..of_hand("reader", "Old") }];
    by_hand.profiles[0].region = Some("eu-north-1".into());
    assert_eq!(
        told(&offers(&corp(), &[by_hand])),
        ["mine: profile Prod/Admin: role Old → Admin", "mine: profile reader: Reader in 123456789012"]
    );
}

// F173
#[test]
fn another_file_with_a_session_of_the_same_name_is_another_team() {
    let mut teams = imported(&corp());
    teams[0].profiles.iter_mut().for_each(|profile| profile.from = Some("~/work/config".into()));
    let other = corp().replace("corp.awsapps.com", "other.awsapps.com");
    assert_eq!(told(&offers(&other, &teams)), ["no corp"]);
}

// F173
#[test]
fn folders_of_simpleiot_are_followed_too() {
    let file = |pool: &str| TeamFile {
        folder: "lab".into(),
        bytes: format!(r#"{{"region":"eu-west-1","cognitoUserPoolId":"{pool}","cognitoClientId":"abc"}}"#).into(),
    };
    let root = Path::new("/h/.simpleiot");
    let read = |files: &[TeamFile]| vec![simpleiot::found(root, files)];
    let teams: Vec<Team> = offers_of(read(&[file("eu-west-1_Old")]), &[]).into_iter().map(|offer| offer.team).collect();
    assert_eq!(told(&offers_of(read(&[file("eu-west-1_Old")]), &teams)), ["there lab"]);
    let said = told(&offers_of(read(&[file("eu-west-1_New")]), &teams));
    assert_eq!(said, ["lab: user-pool-id: eu-west-1_Old → eu-west-1_New"]);
    let other = TeamFile { folder: "pumps".into(), ..file("eu-west-1_Two") };
    assert_eq!(told(&offers_of(read(&[other]), &teams)), ["new pumps", "gone lab"]);
}

// F179
#[test]
fn twice_as_many_profiles_take_no_more_than_about_twice_as_long() {
    let text = |count: usize, role: &str| {
        let one = |n: usize| profile(&format!("account-{n:05}/Admin"), &format!("s{}", n % 50), role);
        (0..50)
            .map(|n| session(&format!("s{n}"), &format!("https://c{n}.awsapps.com/start"), "eu-west-1"))
            .collect::<String>()
            + &(0..count).map(one).collect::<String>()
    };
    let work = |count: usize| {
        let teams = imported(&text(count, "Old"));
        let began = std::time::Instant::now();
        let offers = offers(&text(count, "New"), &teams);
        assert_eq!(offers.len(), count);
        // What is handed on grows with what changed, and not with the teams it is in.
        assert!(offers.iter().all(|offer| offer.team.profiles.is_empty()));
        began.elapsed()
    };
    // The quickest of some, as a busy machine only adds; with a square it would be sixteen times as much.
    let quickest = |count: usize| (0..3).map(|_| work(count)).min().unwrap();
    let (few, many) = (quickest(1_000), quickest(4_000));
    assert!(many < few * 10, "{few:?} for 1000 profiles, {many:?} for 4000");
}
