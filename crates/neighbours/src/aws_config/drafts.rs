//! From the sections of `~/.aws/config` to teams: one for each place of logging in.

use std::collections::BTreeMap;
use std::path::Path;

use keyfob_core::words::name::check_profile_name;
use keyfob_core::words::settings::Settings;
use url::Url;

use super::{AwsConfig, Malformed, Section, parse};
use crate::naming::{Names, clean, is_region, is_safe_address};
use crate::{Found, ProfileDraft, Source, TeamDraft, Warning, check_account, check_role};

/// What the file holds for us: a team for each `[sso-session]`, and one for each start URL of profiles in
/// the older form, unless exactly one session has the same start URL and region.
pub fn found(path: &Path, bytes: &[u8]) -> Result<Found, Malformed> {
    let config = parse(bytes)?;
    let mut reader = Reader { path, warnings: Vec::new(), drafts: Vec::new() };
    reader.ignored(&config);
    reader.sessions(&config);
    for (name, section) in &config.profiles {
        reader.profile(name, section, &config);
    }
    let (teams, warnings) = reader.done();
    Ok(Found { source: Source::Aws, path: path.to_owned(), teams, warnings })
}

struct Reader<'a> {
    path: &'a Path,
    warnings: Vec<Warning>,
    drafts: Vec<Draft>,
}

/// A team in the making.
struct Draft {
    /// What it is called in the file, or what is made of its start URL.
    called: String,
    line: usize,
    /// The name of its `[sso-session]`; `None` is the older form.
    session: Option<String>,
    portal: Portal,
    scopes: Option<String>,
    profiles: Vec<(String, usize, ProfileDraft)>,
}

#[derive(Clone, PartialEq, Eq)]
struct Portal {
    start_url: String,
    region: String,
}

impl Portal {
    /// The same portal, however its address is written.
    fn is(&self, other: &Portal) -> bool {
        let bare = |url: &str| url.trim_end_matches(['/', '#']).to_ascii_lowercase();
        bare(&self.start_url) == bare(&other.start_url) && self.region == other.region
    }
}

impl Reader<'_> {
    fn warn(&mut self, line: Option<usize>, field: &str, why: impl Into<String>, next: impl Into<String>) {
        let path = self.path.to_owned();
        self.warnings.push(Warning { path, line, field: Some(field.into()), why: why.into(), next: next.into() });
    }

    fn ignored(&mut self, config: &AwsConfig) {
        for section in &config.ignored {
            self.warn(
                Some(section.line),
                &format!("[{}]", section.header),
                "AWS tools do not read this section, and neither does Keyfob.",
                "If it should be a profile, write it as [profile name]; names hold letters, digits and _ - / . % @ : + only.",
            );
        }
    }

    fn sessions(&mut self, config: &AwsConfig) {
        for (name, section) in &config.sso_sessions {
            let header = format!("[sso-session {name}]");
            let Some(portal) = self.portal(&header, section) else { continue };
            let scopes = self.scopes(&header, section);
            self.drafts.push(Draft {
                called: name.clone(),
                line: section.line,
                session: Some(name.clone()),
                portal,
                scopes,
                profiles: Vec::new(),
            });
        }
    }

    /// The comma list of a session's scopes, without blanks. Without any, Keyfob asks for its own.
    fn scopes(&mut self, header: &str, section: &Section) -> Option<String> {
        let text = section.get("sso_registration_scopes")?;
        let scopes: Vec<&str> = text.split(',').map(str::trim).filter(|s| !s.is_empty()).collect();
        let fits = |s: &&str| s.len() <= 128 && s.bytes().all(|b| b.is_ascii_alphanumeric() || b":._/-*".contains(&b));
        if !scopes.iter().all(fits) {
            let line = section.line_of("sso_registration_scopes");
            let why = format!("{header} has scopes that cannot be any; they were left out.");
            self.warn(line, "sso_registration_scopes", why, "Write them like sso:account:access, with commas between.");
            return None;
        }
        (!scopes.is_empty()).then(|| scopes.join(","))
    }

    /// The portal of a section that must have one, or a warning.
    fn portal(&mut self, header: &str, section: &Section) -> Option<Portal> {
        let mut wanted = |key: &str| {
            let value = section.get(key).filter(|v| !v.is_empty());
            if value.is_none() {
                let why = format!("{header} has no {key}, so there is nowhere to log in.");
                self.warn(
                    section.line_of(key).or(Some(section.line)),
                    key,
                    why,
                    format!("Add {key}, then import again."),
                );
            }
            value.map(str::to_owned)
        };
        let (start_url, region) = (wanted("sso_start_url"), wanted("sso_region"));
        let (start_url, region) = (start_url?, region?);
        if !is_safe_address(&start_url) {
            let line = section.line_of("sso_start_url");
            self.warn(
                line,
                "sso_start_url",
                format!("{header} has a start URL that is not a plain https address."),
                "Correct it, then import again.",
            );
            return None;
        }
        if !is_region(&region) {
            let line = section.line_of("sso_region");
            self.warn(
                line,
                "sso_region",
                format!("{header} has a region that cannot be one."),
                "Write it like eu-west-1, then import again.",
            );
            return None;
        }
        Some(Portal { start_url, region })
    }

    fn profile(&mut self, name: &str, section: &Section, config: &AwsConfig) {
        let draft = match section.get("sso_session") {
            Some(session) => self.draft_of_session(name, section, session, config),
            None if section.get("sso_start_url").is_some() => self.draft_of_portal(name, section),
            // Keys, roles and processes of other programs are not logins of ours.
            None => None,
        };
        let Some(draft) = draft else { return };
        if let Some(profile) = self.target(name, section) {
            self.drafts[draft].profiles.push((name.to_owned(), section.line, profile));
        }
    }

    fn draft_of_session(&mut self, name: &str, section: &Section, session: &str, config: &AwsConfig) -> Option<usize> {
        let line = section.line_of("sso_session");
        let Some(of_session) = config.sso_sessions.get(session) else {
            let why = format!("Profile {name} names the sso-session {session}, which is not in this file.");
            self.warn(line, "sso_session", why, "Correct the name, or add the section.");
            return None;
        };
        for key in ["sso_start_url", "sso_region"] {
            if let Some(own) = section.get(key)
                && of_session.get(key).is_some_and(|v| v != own)
            {
                let why = format!(
                    "Profile {name} and its sso-session {session} disagree on {key}; the AWS CLI refuses that."
                );
                self.warn(section.line_of(key), key, why, format!("Remove {key} from the profile."));
                return None;
            }
        }
        // Without a draft the session has its own warning already.
        self.drafts.iter().position(|d| d.session.as_deref() == Some(session))
    }

    fn draft_of_portal(&mut self, name: &str, section: &Section) -> Option<usize> {
        let portal = self.portal(&format!("Profile {name}"), section)?;
        let same: Vec<usize> = (0..self.drafts.len()).filter(|i| self.drafts[*i].portal.is(&portal)).collect();
        let older = same.iter().find(|i| self.drafts[**i].session.is_none());
        match (older, same.as_slice()) {
            (Some(one), _) => return Some(*one),
            (None, [one]) => return Some(*one),
            _ => {}
        }
        let called = name_of_portal(&portal.start_url);
        let (line, profiles) = (section.line, Vec::new());
        self.drafts.push(Draft { called, line, session: None, portal, scopes: None, profiles });
        Some(self.drafts.len() - 1)
    }

    /// Account, role and region of a profile, or a warning.
    fn target(&mut self, name: &str, section: &Section) -> Option<ProfileDraft> {
        let mut wanted = |key: &str, check: fn(&str) -> Result<(), String>| {
            let value = section.get(key).unwrap_or_default();
            let line = section.line_of(key).or(Some(section.line));
            if value.is_empty() {
                let why = format!("Profile {name} has no {key}, so there are no credentials to get for it.");
                self.warn(
                    line,
                    key,
                    why,
                    format!("Add {key}, or find your accounts and roles with `keyfob profile discover`."),
                );
                return None;
            }
            if let Err(why) = check(value) {
                self.warn(
                    line,
                    key,
                    format!("Profile {name} was left out: {why}."),
                    format!("Correct {key}, then import again."),
                );
                return None;
            }
            Some(value.to_owned())
        };
        let (account, role) = (wanted("sso_account_id", check_account), wanted("sso_role_name", check_role));
        let (account, role) = (account?, role?);
        let region = section.get("region").filter(|r| !r.is_empty());
        if region.is_some_and(|r| !is_region(r)) {
            let line = section.line_of("region");
            self.warn(
                line,
                "region",
                format!("Profile {name} has a region that cannot be one; it was left out."),
                "Write it like eu-west-1.",
            );
        }
        let region = region.filter(|r| is_region(r)).map(str::to_owned);
        Some(ProfileDraft::of_role(name.to_owned(), &account, &role, region))
    }

    fn done(mut self) -> (Vec<TeamDraft>, Vec<Warning>) {
        let mut names = Names::of_teams();
        let mut teams = Vec::new();
        for draft in std::mem::take(&mut self.drafts) {
            let name = names.free(&clean(&draft.called, "aws"));
            if name != draft.called {
                self.renamed(draft.line, "team", &draft.called, &name);
            }
            let mut settings: Settings = BTreeMap::from([
                ("start-url".to_owned(), draft.portal.start_url),
                ("region".to_owned(), draft.portal.region),
            ]);
            settings.extend(draft.scopes.map(|scopes| ("scopes".to_owned(), scopes)));
            let mut names = Names::of_profiles();
            let mut profiles = Vec::new();
            for (called, line, mut profile) in draft.profiles {
                let fits = check_profile_name(&called).is_ok();
                profile.name = names.free(&if fits { called.clone() } else { clean(&called, "profile") });
                if profile.name != called {
                    self.renamed(line, "profile", &called, &profile.name);
                }
                profiles.push(profile);
            }
            teams.push(TeamDraft { name, provider: "aws-sso", settings, profiles, from: self.path.to_owned() });
        }
        self.warnings.sort_by_key(|w| w.line);
        (teams, self.warnings)
    }

    fn renamed(&mut self, line: usize, what: &str, from: &str, to: &str) {
        let why = format!(
            "The {what} {from} is called {to} here, as its own name is taken or holds other characters than Keyfob's names do."
        );
        self.warn(Some(line), from, why, format!("Keep {to}, or rename it after the import."));
    }
}

/// `acme` of `https://acme.awsapps.com/start`; a company's own address is kept whole.
fn name_of_portal(start_url: &str) -> String {
    let host = Url::parse(start_url).ok().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_default();
    match host.strip_suffix(".awsapps.com").or_else(|| host.strip_suffix(".app.aws")) {
        Some(first) => first.split('.').next().unwrap_or(first).to_owned(),
        None => host,
    }
}
