//! The way of a profile from the session that it begins with to the last role, followed from source to source.

use crate::words::name::is_same;
use crate::words::profile::{AssumedRole, Profile, Source};
use crate::words::team::Team;

/// Where a profile's credentials come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way<'a> {
    /// Whose session it begins with.
    pub root: &'a Team,
    /// The profile that the session is traded for first; `None` is the session by itself.
    pub base: Option<&'a Profile>,
    /// What is assumed on top, one after the other, each with the profile that says so.
    pub links: Vec<(&'a Profile, &'a AssumedRole)>,
}

/// A source that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Astray {
    #[error("there is no team called {team}, which {profile} has as its source")]
    NoTeam { team: String, profile: String },
    #[error("{team} has no profile called {source_profile}, which is named here as a source")]
    NoProfile { team: String, source_profile: String },
    #[error("these sources go round in a circle: {}", names.join(" → "))]
    Circle { names: Vec<String> },
}

impl<'a> Way<'a> {
    /// Follows the sources of a profile of `team`, which need not be among `teams`.
    pub fn of(teams: &'a [Team], team: &'a Team, profile: &'a Profile) -> Result<Self, Astray> {
        let (mut root, mut at) = (team, profile);
        let mut gone = vec![(&root.id, &at.id)];
        let mut names = vec![at.name.clone()];
        let mut links = Vec::new();
        loop {
            links.extend(at.chain.iter().rev().map(|role| (at, role)));
            let base = match &at.source {
                None => Some(at),
                Some(Source { team: from, profile: source }) => {
                    if let Some(name) = from.as_ref().filter(|name| !is_same(&root.name, name)) {
                        let found = teams.iter().chain([team]).find(|other| is_same(&other.name, name));
                        root = found.ok_or_else(|| Astray::NoTeam { team: name.clone(), profile: at.name.clone() })?;
                    }
                    match source {
                        None => None,
                        Some(name) => {
                            let found = root.profiles.iter().find(|other| is_same(&other.name, name));
                            at = found.ok_or_else(|| Astray::NoProfile {
                                team: root.name.clone(),
                                source_profile: name.clone(),
                            })?;
                            names.push(at.name.clone());
                            if gone.contains(&(&root.id, &at.id)) {
                                return Err(Astray::Circle { names });
                            }
                            gone.push((&root.id, &at.id));
                            continue;
                        }
                    }
                }
            };
            links.reverse();
            return Ok(Way { root, base, links });
        }
    }

    /// Where it begins, and then each role by its own name, such as `acme/admin`, `Build`, `Deploy`.
    pub fn names(&self) -> Vec<String> {
        let base = self.base.map(|base| match self.links.first() {
            Some((first, _)) if std::ptr::eq(*first, base) => base.target.values().next_back().cloned(),
            _ => Some(base.name.clone()),
        });
        let begins = match base.flatten() {
            Some(base) => format!("{}/{base}", self.root.name),
            None => self.root.name.clone(),
        };
        std::iter::once(begins).chain(self.links.iter().map(|(_, role)| role.role_name().to_owned())).collect()
    }
}

/// The profiles that have their source in this one, or, without one, in this team from elsewhere; as `TEAM/PROFILE`.
pub fn users(teams: &[Team], team: &Team, profile: Option<&Profile>) -> Vec<String> {
    let all = teams.iter().flat_map(|owner| owner.profiles.iter().map(move |one| (owner, one)));
    let begins = |owner: &Team, source: &Source| {
        let there = source.team.as_ref().is_none_or(|name| is_same(name, &team.name));
        let from_here = there && (source.team.is_some() || owner.id == team.id);
        match profile {
            Some(profile) => from_here && source.profile.as_ref().is_some_and(|name| is_same(name, &profile.name)),
            None => from_here && owner.id != team.id,
        }
    };
    let using = all.filter(|(owner, one)| one.source.as_ref().is_some_and(|source| begins(owner, source)));
    using.map(|(owner, one)| format!("{}/{}", owner.name, one.name)).collect()
}

impl Source {
    /// The source that a person names for a profile of `team`: one of its profiles, `TEAM/PROFILE`, or a team, whose
    /// own session is meant. Names hold slashes, so each way to read them is tried.
    pub fn read(text: &str, team: &Team, teams: &[Team]) -> Option<Self> {
        let has = |team: &Team, name: &str| team.profiles.iter().any(|profile| is_same(&profile.name, name));
        let own = |other: &Team| (other.id != team.id).then(|| other.name.clone());
        if has(team, text) {
            return Some(Source { team: None, profile: Some(text.to_owned()) });
        }
        let all = || teams.iter().filter(|other| other.id != team.id).chain([team]);
        for (at, _) in text.match_indices('/') {
            let (name, profile) = (&text[..at], &text[at + 1..]);
            if let Some(other) = all().find(|other| is_same(&other.name, name) && has(other, profile)) {
                return Some(Source { team: own(other), profile: Some(profile.to_owned()) });
            }
        }
        let other = all().find(|other| is_same(&other.name, text))?;
        Some(Source { team: own(other), profile: None })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::testkit::{profile, team};
    use crate::words::settings::Settings;

    fn behind(name: &str, source: Source, roles: &[&str]) -> Profile {
        let role =
            |name: &&str| AssumedRole { role_arn: format!("arn:aws:iam::1:role/{name}"), ..AssumedRole::default() };
        let chain = roles.iter().map(role).collect();
        Profile { target: Settings::new(), source: Some(source), chain, ..profile(name, "1", "R") }
    }

    fn from(team: Option<&str>, profile: Option<&str>) -> Source {
        Source { team: team.map(str::to_owned), profile: profile.map(str::to_owned) }
    }

    fn teams() -> Vec<Team> {
        let mut acme = team("acme");
        acme.profiles = vec![
            profile("Prod/Admin", "123456789012", "Admin"),
            behind("deploy", from(None, Some("Prod/Admin")), &["Build", "Deploy"]),
        ];
        let mut lab = team("lab");
        lab.profiles = vec![
            behind("far", from(Some("acme"), Some("deploy")), &["Far"]),
            behind("bare", from(Some("acme"), None), &["Bare"]),
            behind("own", from(None, None), &["Own"]),
        ];
        vec![acme, lab]
    }

    #[test]
    fn a_way_leads_through_the_teams_to_the_session_it_begins_with() {
        let teams = teams();
        let way = |name: &str| Way::of(&teams, &teams[1], teams[1].profile(name).unwrap()).unwrap();
        assert_eq!(way("far").names(), ["acme/Prod/Admin", "Build", "Deploy", "Far"]);
        assert_eq!(
            (way("far").root.name.as_str(), way("far").base.map(|b| b.name.as_str())),
            ("acme", Some("Prod/Admin"))
        );
        assert_eq!(
            way("far").links.iter().map(|(p, _)| p.name.as_str()).collect::<Vec<_>>(),
            ["deploy", "deploy", "far"]
        );
        assert_eq!((way("bare").names(), way("bare").base), (vec!["acme".into(), "Bare".into()], None));
        assert_eq!(way("own").root.name, "lab");
        // Of a team that the others do not know of yet, its own profiles are found.
        assert_eq!(Way::of(&[], &teams[0], &teams[0].profiles[1]).unwrap().links.len(), 2);
    }

    // F257
    #[test]
    fn a_source_that_is_not_there_or_leads_round_is_told_by_name() {
        let mut teams = teams();
        teams[0].profiles[1].source = Some(from(Some("lab"), Some("far")));
        let tell =
            |teams: &[Team], of: usize| Way::of(teams, &teams[1], &teams[1].profiles[of]).unwrap_err().to_string();
        assert_eq!(tell(&teams, 0), "these sources go round in a circle: far → deploy → far");
        teams[0].profiles.clear();
        assert_eq!(tell(&teams, 0), "acme has no profile called deploy, which is named here as a source");
        teams.remove(0);
        let told = Way::of(&teams, &teams[0], &teams[0].profiles[0]).unwrap_err().to_string();
        assert_eq!(told, "there is no team called acme, which far has as its source");
    }

    #[test]
    fn who_begins_with_a_profile_or_a_team_is_named() {
        let teams = teams();
        assert_eq!(users(&teams, &teams[0], Some(&teams[0].profiles[0])), ["acme/deploy"]);
        assert_eq!(users(&teams, &teams[0], Some(&teams[0].profiles[1])), ["lab/far"]);
        assert_eq!(users(&teams, &teams[0], None), ["lab/far", "lab/bare"]);
        assert_eq!(users(&teams, &teams[1], None), [""; 0]);
    }

    #[test]
    fn a_source_is_read_as_a_profile_a_team_and_its_profile_or_a_team() {
        let teams = teams();
        let read = |text: &str, of: usize| Source::read(text, &teams[of], &teams);
        assert_eq!(read("Prod/Admin", 0), Some(from(None, Some("Prod/Admin"))));
        assert_eq!(read("acme/Prod/Admin", 0), Some(from(None, Some("Prod/Admin"))));
        assert_eq!(read("acme/Prod/Admin", 1), Some(from(Some("acme"), Some("Prod/Admin"))));
        assert_eq!(read("acme", 1), Some(from(Some("acme"), None)));
        assert_eq!(read("lab", 1), Some(from(None, None)));
        assert_eq!((read("Prod", 0), read("nobody/x", 0), read("", 0)), (None, None, None));
    }
}
