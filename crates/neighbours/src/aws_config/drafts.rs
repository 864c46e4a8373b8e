//! From the sections of the AWS files to teams: one for each place of logging in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use keyfob_core::words::name::check_profile_name;
use keyfob_core::words::profile::AssumedRole;
use keyfob_core::words::settings::Settings;
use url::Url;

use super::chains::{self, End, ends};
use super::console;
use super::kinds::{Kind, Settled, kind_of};
use super::targets::{self, Bad};
use super::{AwsConfig, File, Place, Section, read};
use crate::naming::{Names, clean, clean_profile, is_region, is_safe_address};
use crate::portal::{company, identity};
use crate::{Found, LeftOut, Named, ProfileDraft, Reason, Source, TeamDraft, Warning};

/// The two files: where they are, and what stands in them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Files<'f> {
    pub config: Option<(&'f Path, &'f [u8])>,
    pub credentials: Option<(&'f Path, &'f [u8])>,
}

/// What the files hold for us: a team for each `[sso-session]`, and one for each portal of profiles in the older form,
/// unless exactly one session is that portal's.
pub fn found(files: Files) -> Found {
    let mut config = AwsConfig::default();
    for (file, given) in [(File::Config, files.config), (File::Credentials, files.credentials)] {
        if let Some((_, bytes)) = given {
            read(file, bytes, &mut config);
        }
    }
    let mut reader = Reader::new(files, &config);
    reader.oddities();
    reader.sessions();
    reader.profiles();
    reader.done()
}

struct Reader<'c> {
    files: Files<'c>,
    config: &'c AwsConfig,
    warnings: Vec<Warning>,
    left_out: BTreeMap<Reason, Vec<(Place, &'c str)>>,
    /// Profiles that are there and could not be taken as they are.
    unsure: BTreeSet<String>,
    drafts: Vec<Draft<'c>>,
    of_session: BTreeMap<&'c str, usize>,
    of_portal: BTreeMap<(String, String), Of>,
    /// By the ARN of who is signed in to the console.
    of_console: BTreeMap<&'c str, usize>,
}

/// A team in the making.
struct Draft<'c> {
    /// What it is called in the file, or what is made of its start URL.
    called: String,
    place: Place,
    provider: &'static str,
    settings: Settings,
    profiles: Vec<(&'c str, Place, ProfileDraft)>,
}

#[derive(Clone, PartialEq, Eq)]
struct Portal {
    start_url: String,
    region: String,
}

impl Draft<'_> {
    fn region(&self) -> &str {
        self.settings.get("region").map(String::as_str).unwrap_or_default()
    }
}

impl Portal {
    fn settings(self, scopes: Option<String>) -> Settings {
        let portal = [("start-url".to_owned(), self.start_url), ("region".to_owned(), self.region)];
        portal.into_iter().chain(scopes.map(|scopes| ("scopes".to_owned(), scopes))).collect()
    }
}

/// The drafts that are one portal's.
#[derive(Default)]
struct Of {
    sessions: Vec<usize>,
    older: Option<usize>,
}

impl<'c> Reader<'c> {
    fn new(files: Files<'c>, config: &'c AwsConfig) -> Self {
        Reader {
            files,
            config,
            warnings: Vec::new(),
            left_out: BTreeMap::new(),
            unsure: BTreeSet::new(),
            drafts: Vec::new(),
            of_session: BTreeMap::new(),
            of_portal: BTreeMap::new(),
            of_console: BTreeMap::new(),
        }
    }

    fn path(&self, file: File) -> &'c Path {
        let given = match file {
            File::Config => self.files.config,
            File::Credentials => self.files.credentials,
        };
        given.map_or(Path::new(""), |(path, _)| path)
    }

    fn warn(&mut self, place: Place, field: Option<String>, why: impl Into<String>, next: impl Into<String>) {
        let path = self.path(place.file).to_owned();
        self.warnings.push(Warning { path, line: Some(place.line), field, why: why.into(), next: next.into() });
    }

    fn bad(&mut self, bad: Bad) {
        self.warn(bad.place, Some(bad.key), bad.why, bad.next);
    }

    fn oddities(&mut self) {
        for odd in &self.config.oddities {
            let (why, next) = odd.words();
            self.warn(odd.place, odd.field(), why, next);
            self.unsure.extend(odd.lost().map(str::to_owned));
        }
    }

    fn sessions(&mut self) {
        for (name, section) in &self.config.sso_sessions {
            let header = format!("[sso-session {name}]");
            let (url, region) = (section.get("sso_start_url"), section.get("sso_region"));
            let place = |key: &str| section.place_of(key).unwrap_or(section.place);
            let Some(portal) = self.portal(&header, "sso_", url, region, &place) else { continue };
            let scopes = self.scopes(&header, section);
            let new = self.drafts.len();
            self.of_session.insert(name, new);
            self.of_portal.entry(key_of(&portal)).or_default().sessions.push(new);
            self.drafts.push(Draft {
                called: name.clone(),
                place: section.place,
                provider: "aws-sso",
                settings: portal.settings(scopes),
                profiles: Vec::new(),
            });
        }
    }

    /// The comma list of a session's scopes, without blanks. Without any, Keyfob asks for its own.
    fn scopes(&mut self, header: &str, section: &Section) -> Option<String> {
        let key = "sso_registration_scopes";
        let (text, place) = (section.get(key)?, section.place_of(key)?);
        let scopes: Vec<&str> = text.split(',').map(str::trim).filter(|s| !s.is_empty()).collect();
        let fits = |s: &&str| s.len() <= 128 && s.bytes().all(|b| b.is_ascii_alphanumeric() || b":._/-*".contains(&b));
        if !scopes.iter().all(fits) {
            let why = format!("{header} has scopes that cannot be any; they were left out.");
            self.warn(place, Some(key.into()), why, "Write them like sso:account:access, with commas between.");
            return None;
        }
        (!scopes.is_empty()).then(|| scopes.join(","))
    }

    /// The portal of a section that must have one, or a warning.
    fn portal(
        &mut self,
        header: &str,
        keys: &str,
        url: Option<&str>,
        region: Option<&str>,
        place: &dyn Fn(&str) -> Place,
    ) -> Option<Portal> {
        let (url_key, region_key) = (format!("{keys}start_url"), format!("{keys}region"));
        let mut wanted = |key: &str, value: Option<&str>| {
            let value = value.filter(|v| !v.is_empty());
            if value.is_none() {
                let why = format!("{header} has no {key}, so there is nowhere to log in.");
                self.warn(place(key), Some(key.into()), why, format!("Add {key}, then import again."));
            }
            value.map(str::to_owned)
        };
        let (start_url, region) = (wanted(&url_key, url), wanted(&region_key, region));
        let (start_url, region) = (start_url?, region?);
        if !is_safe_address(&start_url) {
            let why = format!("{header} has a start URL that is not a plain https address.");
            self.warn(place(&url_key), Some(url_key), why, "Correct it, then import again.");
            return None;
        }
        if !is_region(&region) {
            let why = format!("{header} has a region that cannot be one.");
            self.warn(
                place(&region_key),
                Some(region_key),
                why,
                "Write it like eu-west-1, without quotes, then import again.",
            );
            return None;
        }
        Some(Portal { start_url, region })
    }

    fn profiles(&mut self) {
        let mut placed: BTreeMap<&str, usize> = BTreeMap::new();
        let mut sources: BTreeMap<&str, &str> = BTreeMap::new();
        let mut waiting = Vec::new();
        for (name, section) in &self.config.profiles {
            let settled = Settled::of(name, section, self.config);
            if let Some(missing) = settled.broken_include(self.config) {
                let why = format!("Profile {name} includes the profile {missing}, which is not in this file.");
                self.warn(
                    settled.place("include_profile"),
                    Some("include_profile".into()),
                    why,
                    "Correct the name, or add the profile.",
                );
            }
            match kind_of(&settled) {
                Kind::Sso { keys } => match self.sso(&settled, keys) {
                    Some(draft) => drop(placed.insert(name, draft)),
                    None => drop(self.unsure.insert(name.clone())),
                },
                Kind::Console { arn } => drop(placed.insert(name, self.console(&settled, arn))),
                Kind::Chain { source } => match targets::role(&settled) {
                    Ok(role) => {
                        sources.insert(name, source);
                        waiting.push((settled, role));
                    }
                    Err(bad) => {
                        self.unsure.insert(name.clone());
                        self.bad(bad);
                    }
                },
                kind => {
                    // What a team of ours was made of, or is served by, is there still.
                    if matches!(kind, Kind::Keys | Kind::Keyfob) {
                        self.unsure.insert(name.clone());
                    }
                    if let Some(reason) = kind.reason() {
                        self.leave_out(&settled, "", reason);
                    }
                }
            }
        }
        let known = |name: &str| self.config.profiles.contains_key(name);
        let mut to = ends(&sources, &placed, known);
        // What cannot be itself takes along what begins with it.
        let mut unfit: BTreeMap<&str, (&str, Reason)> = BTreeMap::new();
        for (settled, role) in &waiting {
            if let (Some(End::Team(draft)), Some(role)) = (to.get(settled.name), role)
                && let Some(why) = chains::unfit(role, self.drafts[*draft].region())
            {
                sources.remove(settled.name);
                unfit.insert(settled.name, why);
            }
        }
        if !unfit.is_empty() {
            to = ends(&sources, &placed, known);
        }
        for (settled, role) in waiting {
            match (unfit.remove(settled.name), sources.get(settled.name), to.get(settled.name)) {
                (Some((key, reason)), ..) => self.leave_out(&settled, key, reason),
                (None, Some(source), Some(End::Team(draft))) => self.chained(&settled, source, *draft, role),
                (None, _, Some(end)) => {
                    let reason = end.reason(&sources);
                    self.leave_out(&settled, "source_profile", reason);
                }
                (None, _, None) => {}
            }
        }
    }

    /// `key` is where the reason stands.
    fn leave_out(&mut self, profile: &Settled<'c>, key: &str, reason: Reason) {
        self.left_out.entry(reason).or_default().push((profile.place(key), profile.name));
    }

    /// The number of the draft that a login belongs to; `None` with a warning.
    fn sso(&mut self, profile: &Settled<'c>, keys: &str) -> Option<usize> {
        let draft = match profile.get("sso_session").filter(|_| keys == "sso_") {
            Some(session) => self.draft_of_session(profile, session)?,
            None => self.draft_of_portal(profile, keys)?,
        };
        let region = targets::region(profile).unwrap_or_else(|bad| {
            self.bad(bad);
            None
        });
        let made = targets::of_sso(profile, keys).and_then(|made| {
            let chain: Vec<AssumedRole> = targets::role(profile)?.into_iter().collect();
            Ok(ProfileDraft { region, chain, ..made })
        });
        if let Ok(ProfileDraft { chain, .. }) = &made
            && let Some((key, why)) = chain.iter().find_map(|role| chains::unfit(role, self.drafts[draft].region()))
        {
            self.leave_out(profile, key, why);
            return None;
        }
        match made {
            Ok(made) => {
                self.drafts[draft].profiles.push((profile.name, profile.place(""), made));
                Some(draft)
            }
            Err(bad) => {
                self.bad(bad);
                None
            }
        }
    }

    /// The number of the draft that a console session is: one for each who is signed in.
    fn console(&mut self, profile: &Settled<'c>, arn: &'c str) -> usize {
        let region = targets::region(profile).unwrap_or_else(|bad| {
            self.bad(bad);
            None
        });
        let new = self.drafts.len();
        let draft = *self.of_console.entry(arn).or_insert(new);
        if draft == new {
            let settings = console::settings(arn);
            let (called, place) = (console::name_of(arn), profile.place("login_session"));
            self.drafts.push(Draft { called, place, provider: "aws-signin", settings, profiles: Vec::new() });
        }
        // The first of its profiles that works in a Region says where to sign in.
        if let Some(region) = &region {
            self.drafts[draft].settings.entry("region".into()).or_insert_with(|| region.clone());
        }
        let made = console::profile(profile.name, region);
        self.drafts[draft].profiles.push((profile.name, profile.place(""), made));
        draft
    }

    fn chained(&mut self, profile: &Settled<'c>, source: &str, draft: usize, role: Option<AssumedRole>) {
        let region = targets::region(profile).unwrap_or_else(|bad| {
            self.bad(bad);
            None
        });
        let made = ProfileDraft {
            name: profile.name.to_owned(),
            target: Settings::new(),
            region,
            source: Some(source.to_owned()),
            chain: role.into_iter().collect(),
        };
        self.drafts[draft].profiles.push((profile.name, profile.place(""), made));
    }

    fn draft_of_session(&mut self, profile: &Settled<'c>, session: &str) -> Option<usize> {
        let (name, place) = (profile.name, profile.place("sso_session"));
        let Some(of_session) = self.config.sso_sessions.get(session) else {
            let why = format!("Profile {name} names the sso-session {session}, which is not in this file.");
            self.warn(place, Some("sso_session".into()), why, "Correct the name, or add the section.");
            return None;
        };
        for key in ["sso_start_url", "sso_region"] {
            if let Some(own) = profile.get(key)
                && of_session.get(key).is_some_and(|v| v != own)
            {
                let why = format!(
                    "Profile {name} and its sso-session {session} disagree on {key}; the AWS CLI refuses that."
                );
                self.warn(profile.place(key), Some(key.into()), why, format!("Remove {key} from the profile."));
                return None;
            }
        }
        // Without a draft the session has its own warning already.
        self.of_session.get(session).copied()
    }

    fn draft_of_portal(&mut self, profile: &Settled<'c>, keys: &str) -> Option<usize> {
        let header = format!("Profile {}", profile.name);
        let (url, region) = (profile.get(&format!("{keys}start_url")), profile.get(&format!("{keys}region")));
        let portal = self.portal(&header, keys, url, region, &|key| profile.place(key))?;
        let new = self.drafts.len();
        let of = self.of_portal.entry(key_of(&portal)).or_default();
        match (of.older, of.sessions.as_slice()) {
            (Some(one), _) => return Some(one),
            (None, [one]) => return Some(*one),
            _ => of.older = Some(new),
        }
        let called = name_of_portal(&portal.start_url);
        let (provider, settings) = ("aws-sso", portal.settings(None));
        self.drafts.push(Draft { called, place: profile.place(""), provider, settings, profiles: Vec::new() });
        Some(new)
    }

    fn done(mut self) -> Found {
        let mut names = Names::of_teams();
        let mut teams = Vec::new();
        for draft in std::mem::take(&mut self.drafts) {
            let name = names.free(&clean(&draft.called, "aws"));
            if name != draft.called {
                self.renamed(draft.place, "team", &draft.called, &name);
            }
            let (provider, settings) = (draft.provider, draft.settings);
            let profiles = self.named(draft.profiles);
            let from = self.path(draft.place.file).to_owned();
            teams.push(TeamDraft { name, provider, settings, profiles, from });
        }
        self.warnings.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
        let whole = !self.config.oddities.iter().any(|odd| odd.hides());
        let path = self.files.config.or(self.files.credentials).map_or(Path::new(""), |(path, _)| path);
        let left_out = std::mem::take(&mut self.left_out).into_iter().map(|(reason, mut profiles)| {
            profiles.sort();
            let path = self.path(profiles.first().map_or(File::Config, |(place, _)| place.file)).to_owned();
            let names =
                profiles.into_iter().map(|(place, name)| Named { name: name.to_owned(), line: place.line }).collect();
            LeftOut { path, reason, names }
        });
        let left_out = left_out.collect();
        let (warnings, unsure) = (self.warnings, self.unsure);
        Found { source: Source::Aws, path: path.to_owned(), teams, warnings, left_out, unsure, whole }
    }

    /// Each under a name of ours, which is its own unless that is none; sources go by the same.
    fn named(&mut self, drafts: Vec<(&'c str, Place, ProfileDraft)>) -> Vec<ProfileDraft> {
        let mut names = Names::of_profiles();
        let mut ours: BTreeMap<&str, String> = BTreeMap::new();
        // First those that stay as they are, so that a mended name never takes one of theirs.
        let (fit, unfit): (Vec<_>, Vec<_>) = drafts.iter().partition(|(called, ..)| check_profile_name(called).is_ok());
        for (called, ..) in fit {
            ours.insert(called, names.free(called));
        }
        for (called, place, _) in unfit {
            let name = names.free(&clean_profile(called));
            self.renamed(*place, "profile", called, &name);
            ours.insert(called, name);
        }
        let ours_of = |called: &str| ours.get(called).cloned().unwrap_or_else(|| called.to_owned());
        let profile = |(called, _, draft): (&str, Place, ProfileDraft)| {
            let source = draft.source.as_deref().map(ours_of);
            ProfileDraft { name: ours_of(called), source, ..draft }
        };
        drafts.into_iter().map(profile).collect()
    }

    fn renamed(&mut self, place: Place, what: &str, from: &str, to: &str) {
        let why = format!(
            "The {what} {from} is called {to} here, as its own name is taken or holds other characters than Keyfob's names do."
        );
        self.warn(place, Some(from.into()), why, format!("Keep {to}, or rename it after the import."));
    }
}

fn key_of(portal: &Portal) -> (String, String) {
    (identity(&portal.start_url), portal.region.clone())
}

/// `acme` of `https://acme.awsapps.com/start`; a company's own address is kept whole.
fn name_of_portal(start_url: &str) -> String {
    let host = Url::parse(start_url).ok().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_default();
    company(&host).map_or(host.clone(), str::to_owned)
}
