//! Profiles with access keys, as teams: what is found of them, without the secret.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use keyfob_core::words::profile::{AssumedRole, Profile};
use keyfob_core::words::settings::Settings;
use keyfob_core::words::team::Team;

use super::chains::{End, ends};
use super::kinds::{Kind, Settled, kind_of};
use super::targets;
use super::{AwsConfig, AwsFile, File, Files, Place, read};
use crate::naming::{Names, clean, clean_profile};
use crate::{Found, LeftOut, Named, ProfileDraft, Reason, Source, TeamDraft, Warning};

/// A team for each profile with keys for good, named after it, with the roles that are assumed on top of it.
pub fn found(files: Files) -> Found {
    let mut config = AwsConfig::default();
    for (file, given) in [(File::Config, files.config), (File::Credentials, files.credentials)] {
        if let Some((_, bytes)) = given {
            read(file, bytes, &mut config);
        }
    }
    let path = |file: File| match file {
        File::Config => files.config,
        File::Credentials => files.credentials,
    };
    let path = |file| path(file).map_or(Path::new(""), |(path, _)| path).to_owned();
    let settled = |name| config.profiles.get_key_value(name).map(|(name, own)| Settled::of(name, own, &config));
    let all = || config.profiles.keys().filter_map(|name| settled(name.as_str()));

    let of_keys: Vec<Settled> = all().filter(|profile| matches!(kind_of(profile), Kind::Keys)).collect();
    let sources: BTreeMap<&str, &str> = all()
        .filter_map(|profile| match kind_of(&profile) {
            Kind::Chain { source } => Some((profile.name, source)),
            _ => None,
        })
        .collect();
    let placed: BTreeMap<&str, usize> = of_keys.iter().zip(0..).map(|(profile, place)| (profile.name, place)).collect();
    let ends = ends(&sources, &placed, |name| config.profiles.contains_key(name));

    let mut warnings: Vec<Warning> = Vec::new();
    for odd in &config.oddities {
        let (why, next) = odd.words();
        let (path, line, field) = (path(odd.place.file), Some(odd.place.line), odd.field());
        warnings.push(Warning { path, line, field, why, next });
    }
    let mut names = Names::of_teams();
    let mut teams = Vec::new();
    for (profile, place) in of_keys.iter().zip(0..) {
        let mut above: Vec<Settled> = Vec::new();
        let mine = |(_, end): &(&&str, &End)| **end == End::Team(place);
        above.extend(ends.iter().filter(mine).filter_map(|(name, _)| settled(name)));
        let serial = mfa_serial(profile, &above);
        let mut profiles = Names::of_profiles();
        let own = profiles.free(&clean_profile(profile.name));
        let region = targets::region(profile).ok().flatten();
        let first = draft(own.clone(), region.clone(), None, None);
        let ours: BTreeMap<&str, String> = std::iter::once((profile.name, own))
            .chain(above.iter().map(|role| (role.name, profiles.free(&clean_profile(role.name)))))
            .collect();
        let mut drafts = vec![first];
        for role in &above {
            let name = ours.get(role.name).cloned().unwrap_or_default();
            let source = sources.get(role.name).and_then(|source| ours.get(source)).cloned();
            match targets::role(role) {
                // The session has proved the device already.
                Ok(assumed) => {
                    let assumed = assumed.map(|one| AssumedRole {
                        mfa_serial: one.mfa_serial.clone().filter(|own| Some(own) != serial.as_ref()),
                        ..one
                    });
                    drafts.push(draft(name, targets::region(role).ok().flatten(), source, assumed));
                }
                Err(bad) => warnings.push(Warning {
                    path: path(bad.place.file),
                    line: Some(bad.place.line),
                    field: Some(bad.key),
                    why: bad.why,
                    next: bad.next,
                }),
            }
        }
        let settings: Settings = [
            ("access-key-id", profile.get("aws_access_key_id").map(str::to_owned)),
            ("mfa-serial", serial),
            ("region", region),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)))
        .collect();
        teams.push(TeamDraft {
            name: names.free(&clean(profile.name, "keys")),
            provider: "aws-keys",
            settings,
            profiles: drafts,
            from: path(profile.place("aws_secret_access_key").file),
        });
    }
    let known = files.credentials.or(files.config).map_or(Path::new(""), |(path, _)| path);
    let (left_out, unsure) = (others(all(), &path), BTreeSet::new());
    // Who has no keys here any more has them in the keychain.
    Found { source: Source::AwsCredentials, path: known.to_owned(), teams, warnings, left_out, unsure, whole: false }
}

/// Profiles with keys that are none of these, by the reason.
fn others<'c>(all: impl Iterator<Item = Settled<'c>>, path: &dyn Fn(File) -> PathBuf) -> Vec<LeftOut> {
    let mut by_reason: BTreeMap<Reason, Vec<(Place, &str)>> = BTreeMap::new();
    for profile in all.filter(|profile| profile.get("aws_access_key_id").is_some()) {
        if let Kind::Other(reason) = kind_of(&profile) {
            by_reason.entry(reason).or_default().push((profile.place("aws_access_key_id"), profile.name));
        }
    }
    let left_out = |(reason, profiles): (Reason, Vec<(Place, &str)>)| LeftOut {
        path: path(profiles.first().map_or(File::Credentials, |(place, _)| place.file)),
        reason,
        names: profiles.iter().map(|(place, name)| Named { name: (*name).to_owned(), line: place.line }).collect(),
    };
    by_reason.into_iter().map(left_out).collect()
}

/// The profiles that hold the key of a team, by their names in the files, each with the profile that it is here.
pub fn holders<'t>(files: &[AwsFile], team: &'t Team) -> Vec<(String, &'t Profile)> {
    let mut config = AwsConfig::default();
    // What stands in the credentials counts first.
    for AwsFile { file, bytes, .. } in files.iter().rev() {
        read(*file, bytes, &mut config);
    }
    let key = team.setting("access-key-id");
    let own = |name: &String| team.profiles.iter().find(|one| !one.is_chained() && one.name == clean_profile(name));
    config
        .profiles
        .iter()
        .map(|(name, section)| Settled::of(name, section, &config))
        .filter(|profile| matches!(kind_of(profile), Kind::Keys) && profile.get("aws_access_key_id") == key)
        .filter_map(|profile| Some((profile.name.to_owned(), own(&profile.name.to_owned())?)))
        .collect()
}

/// The profile's own device, or the one that the roles on top of it ask for.
fn mfa_serial(profile: &Settled, above: &[Settled]) -> Option<String> {
    let own = profile.get("mfa_serial");
    let asked: BTreeSet<&str> = above.iter().filter_map(|role| role.get("mfa_serial")).collect();
    let only = asked.first().copied().filter(|_| asked.len() == 1);
    own.or(only).map(str::to_owned)
}

fn draft(name: String, region: Option<String>, source: Option<String>, role: Option<AssumedRole>) -> ProfileDraft {
    ProfileDraft { name, target: Settings::new(), region, source, chain: role.into_iter().collect() }
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
