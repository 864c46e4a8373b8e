//! What other programs on this computer know, looked through before anything is written.

use serde::Serialize;

use super::{At, Button, Trouble, words};
use crate::doors::pipe::Click;
use crate::face::talk::import as talk;
use crate::face::window::errand::Finding;
use crate::words::change::Change;
use crate::words::plain::clean;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Import {
    pub looking: bool,
    pub importing: bool,
    /// Goes back with what was chosen.
    #[cfg_attr(test, ts(type = "number"))]
    pub found: u64,
    pub rows: Vec<ImportRow>,
    /// Places in files that could not be used.
    pub warnings: Vec<String>,
    pub trouble: Option<Trouble>,
    /// Looks into the files anew.
    pub again: Button,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ImportRow {
    pub key: u32,
    /// The name it was found with; a person may choose another one.
    pub name: String,
    /// Such as `SimpleIOT · ~/.simpleiot/acme/config.json`.
    pub from: String,
    /// Such as `Amazon Cognito user pool · eu-west-1 · 5 profiles`.
    pub about: String,
    /// Empty when it can be imported.
    pub why_not: String,
    pub kind: ImportKind,
}

/// What would be done with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ImportKind {
    /// A team that is not here yet, which a person may give another name.
    Team,
    /// A profile that is new in a team that is here, or something in it that changed.
    Change,
    /// A profile that its file has no more: nothing goes unless a person chooses it.
    Gone,
}

/// A program whose files were found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Source {
    pub name: &'static str,
    /// Such as `2 teams: acme-prod, lab`.
    pub summary: String,
    pub new: u32,
}

impl At<'_> {
    pub(super) fn import(self) -> Import {
        let work = &self.desk.import;
        let findings = work.found.as_deref().unwrap_or_default();
        Import {
            looking: work.looking,
            importing: work.importing,
            found: work.number,
            rows: findings
                .iter()
                .zip(0..)
                .map(|(finding, key)| ImportRow {
                    key,
                    name: finding.team.name.clone(),
                    from: format!("{} · {}", finding.source, clean(&finding.place)),
                    about: self.about_finding(finding),
                    why_not: finding.why_not.as_deref().map(clean).unwrap_or_default(),
                    kind: match finding.change {
                        None => ImportKind::Team,
                        Some(Change::Remove(_)) => ImportKind::Gone,
                        Some(_) => ImportKind::Change,
                    },
                })
                .collect(),
            warnings: work.warnings.iter().map(|warning| clean(warning)).collect(),
            trouble: work.trouble.clone(),
            again: Button::quiet(words::LOOK_AGAIN, Click::FindTeams),
        }
    }

    fn about_finding(self, finding: &Finding) -> String {
        if let Some(change) = &finding.change {
            return clean(&talk::change(change));
        }
        let team = &finding.team;
        let provider = self.model.about(team).map_or(team.provider.as_str(), |about| about.name);
        let profiles = match team.profiles.len() {
            0 => None,
            count => Some(super::desk::counted(count, "profile")),
        };
        let about = [Some(provider.to_owned()), team.setting("region").map(clean), profiles];
        about.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    pub(super) fn sources(self) -> Vec<Source> {
        let found = self.desk.import.found.as_deref().unwrap_or_default();
        let findings: Vec<&Finding> = found.iter().filter(|finding| finding.change.is_none()).collect();
        let mut sources: Vec<Source> = Vec::new();
        for finding in &findings {
            if sources.iter().all(|source| source.name != finding.source) {
                let these = || findings.iter().filter(|one| one.source == finding.source);
                let names: Vec<&str> = these().take(4).map(|one| one.team.name.as_str()).collect();
                let more = if these().count() > 4 { ", …" } else { "" };
                sources.push(Source {
                    name: finding.source,
                    summary: format!("{}: {}{more}", super::desk::counted(these().count(), "team"), names.join(", ")),
                    new: u32::try_from(these().filter(|one| one.why_not.is_none()).count()).unwrap_or(u32::MAX),
                });
            }
        }
        sources
    }
}
