//! Roles behind roles: each step of a profile's way is minted once, kept like a profile of the team that the way begins
//! with, and lent to all that come by.
//!
//! A step has a lock of its own, and whoever holds it waits for the locks of steps before it only. So no order of any
//! processes waits in a circle, and no slow server in one chain holds up another chain, or a renewal.

use std::pin::Pin;

use crate::doors::assume::{Asked, Caller};
use crate::doors::ports::StoreError;
use crate::doors::provider::{Cx, ProviderError};
use crate::face::problem;
use crate::hands::config::ids;
use crate::words::facts::Allowed;
use crate::words::id::Id;
use crate::words::problem::Problem;
use crate::words::profile::{AssumedRole, Profile, check_chain};
use crate::words::session::Credential;
use crate::words::settings::Settings;
use crate::words::team::Team;
use crate::words::way::Way;

use super::Sessions;

/// The setting of a team whose session is confirmed by an MFA device when it begins.
const MFA_SERIAL: &str = "mfa-serial";
/// In seconds.
const HOUR: u32 = 3600;

/// A way, and each step of it as a profile of its root: what was done up to there binds the credential that is kept.
pub(super) struct Steps<'a> {
    way: Way<'a>,
    /// Whose credentials these are.
    of: &'a Profile,
    steps: Vec<Profile>,
}

type Coming<'a> = Pin<Box<dyn Future<Output = Result<Credential, Problem>> + Send + 'a>>;

impl Sessions {
    /// Credentials of a profile behind others: the kept ones while they are good, else new ones.
    pub(super) async fn assumed(&self, team: &Team, profile: &Profile, cx: &Cx) -> Result<Credential, Problem> {
        let steps = self.steps(team, profile)?;
        self.step(&steps, steps.way.links.len(), cx).await
    }

    /// Whose credentials a profile has, as STS says.
    pub async fn caller(&self, team: &Team, profile: &Profile, cx: &Cx) -> Result<Caller, Problem> {
        let credential = self.credential(team, profile, cx).await?;
        let root = Way::of(&self.teams, team, profile).map_or(team, |way| way.root);
        let asked = Asked { team: root, region: profile.region.as_deref(), by: &credential };
        self.tokens.caller(asked, cx).await.map_err(|error| problem::of_provider(&error, &team.name))
    }

    /// Says what keeps a profile from ever having credentials, without asking anybody: as the config file will have it,
    /// for it may begin with one that begins with it.
    pub fn check_way(&self, teams: &[Team], team: &Team, profile: &Profile) -> Result<(), Problem> {
        let mut owner = team.clone();
        owner.profiles.retain(|other| other.id != profile.id);
        owner.profiles.push(profile.clone());
        let others = teams.iter().filter(|team| team.id != owner.id).cloned();
        let teams: Vec<Team> = others.chain([owner.clone()]).collect();
        self.among(&teams).steps(&owner, profile).map(drop)
    }

    /// The steps to this profile, as far as nothing stands in their way.
    pub(super) fn steps<'a>(&'a self, team: &'a Team, profile: &'a Profile) -> Result<Steps<'a>, Problem> {
        let way = Way::of(&self.teams, team, profile).map_err(|astray| problem::astray(&astray, &profile.name))?;
        let provider = self.provider(way.root)?;
        let about = provider.about();
        let target = way.base.map(|base| base.target.clone()).unwrap_or_default();
        for (place, (of, role)) in way.links.iter().enumerate() {
            let Some(serial) = role.mfa_serial.as_deref() else { continue };
            let (by_keys, device) =
                (about.fields.iter().any(|field| field.key == MFA_SERIAL), way.root.setting(MFA_SERIAL));
            if place > 0 || !by_keys {
                return Err(problem::mfa_behind_role(&of.name, role));
            }
            // One code at its login serves everything that begins with it.
            if device != Some(serial) {
                return Err(problem::other_device(&of.name, &way.root.name, serial, device));
            }
        }
        if way.base.is_none() && provider.check_profile(&target).is_err() {
            return Err(problem::no_source(&profile.name, &way.root.name, about.name));
        }
        let roles: Vec<AssumedRole> = way.links.iter().map(|(_, role)| (*role).clone()).collect();
        let region = profile.region.as_deref().or_else(|| way.root.setting("region"));
        check_chain(&roles, region).map_err(|(_, why)| problem::other_partition(&profile.name, &why))?;
        let plain = way.base.filter(|base| !base.is_chained());
        let mut steps = vec![match plain {
            Some(base) => base.clone(),
            None => Profile::new(id_of(way.root, &target, &[]), profile.name.clone(), target.clone()),
        }];
        for (done, (of, _)) in way.links.iter().enumerate() {
            let chain = roles[..=done].to_vec();
            // The last role of a profile is what that profile stands for.
            let last = way.links.get(done + 1).is_none_or(|(next, _)| next.id != of.id);
            let id = if last { of.id.clone() } else { id_of(way.root, &target, &chain) };
            steps.push(Profile { chain, ..Profile::new(id, of.name.clone(), target.clone()) });
        }
        Ok(Steps { way, of: profile, steps })
    }

    /// What is kept under the name of this team's session beside its own profiles: the steps of all ways that begin
    /// with it.
    pub(super) fn steps_from(&self, root: &Team) -> Vec<Profile> {
        let all = self.teams.iter().flat_map(|team| team.profiles.iter().map(move |profile| (team, profile)));
        let chained = all.filter(|(_, profile)| profile.is_chained());
        let from_here = chained.filter_map(|(team, profile)| self.steps(team, profile).ok());
        from_here.filter(|steps| steps.way.root.id == root.id).flat_map(|steps| steps.steps).collect()
    }

    /// The credential after so many links.
    fn step<'a>(&'a self, steps: &'a Steps<'a>, links: usize, cx: &'a Cx) -> Coming<'a> {
        Box::pin(async move {
            let (root, step) = (steps.way.root, &steps.steps[links]);
            let Some(before) = links.checked_sub(1) else {
                let base = self.traded(root, step, cx).await;
                return base.map_err(|problem| problem::of_first_link(problem, &steps.of.name, &steps.way.names()));
            };
            if self.may_be_fresh(root, step)
                && let Ok(Some(good)) = self.fresh_credential(root, step).await
            {
                return Ok(good);
            }
            let _lock = self.lock_step(root, &step.id).await?;
            if self.may_be_fresh(root, step) {
                match self.fresh_credential(root, step).await {
                    Ok(Some(good)) => return Ok(good),
                    Ok(None) | Err(StoreError::Damaged { .. }) => {}
                    Err(error) => return Err(problem::of_store(&error)),
                }
            }
            match self.linked(steps, before, cx).await {
                Ok(new) => self.keep_credential(root, step, new).await,
                // As for what a session is traded for: what is left is used while no new one can be had (fault F01).
                Err(problem) => self.what_is_left(root, step).await.ok_or(problem),
            }
        })
    }

    /// The next role, by the credentials after so many links. Keys that STS does not know any more are minted anew, once.
    async fn linked(&self, steps: &Steps<'_>, before: usize, cx: &Cx) -> Result<Credential, Problem> {
        let mut again = false;
        loop {
            let by = self.step(steps, before, cx).await?;
            match self.assume(steps, before, &by, cx).await {
                Err(error) if !again && is_of_keys(&error) => {
                    again = true;
                    self.drop_refused(steps.way.root, &steps.steps[before], &by).await;
                }
                Ok(new) => return Ok(new),
                Err(error) => {
                    return Err(problem::of_link(
                        &error,
                        &steps.of.name,
                        &steps.way.names(),
                        before,
                        steps.role(before),
                    ));
                }
            }
        }
    }

    /// Asks for the role for as long as the profile wants, or as long as STS is known to allow.
    async fn assume(
        &self,
        steps: &Steps<'_>,
        link: usize,
        by: &Credential,
        cx: &Cx,
    ) -> Result<Credential, ProviderError> {
        let (of, role) = steps.way.links[link];
        let known = self.facts().teams.remove(&steps.way.root.id).unwrap_or_default();
        let session_name = role.session_name(known.session.as_ref().map_or("", |session| &session.who));
        let ask = Ask { sessions: self, steps, link, by, session_name, cx };
        let allowed = known.allowed.get(&of.id).filter(|allowed| Some(allowed.asked) == role.duration);
        let seconds = allowed.map(|allowed| allowed.given).or(role.duration);
        match (ask.for_so_long(seconds).await, role.duration) {
            (Err(error), Some(asked)) if is_of_duration(&error) => {
                let (new, given) = ask.for_less(seconds.unwrap_or(asked), &error).await?;
                let allowed = Allowed { asked, given };
                let _ = self.note(steps.way.root, |t| _ = t.allowed.insert(of.id.clone(), allowed)).await;
                Ok(new)
            }
            (answer, _) => answer,
        }
    }
}

impl<'a> Steps<'a> {
    fn role(&self, link: usize) -> &'a AssumedRole {
        self.way.links[link].1
    }
}

/// One role that STS is asked for.
struct Ask<'a> {
    sessions: &'a Sessions,
    steps: &'a Steps<'a>,
    link: usize,
    by: &'a Credential,
    session_name: String,
    cx: &'a Cx,
}

impl Ask<'_> {
    async fn for_so_long(&self, seconds: Option<u32>) -> Result<Credential, ProviderError> {
        let asked = Asked { team: self.steps.way.root, region: self.steps.of.region.as_deref(), by: self.by };
        let role = self.steps.role(self.link);
        self.sessions.tokens.assume(asked, role, &self.session_name, seconds, self.cx).await
    }

    /// STS says that so many seconds are too many, and not how many it allows: a role behind a role lasts an hour, and
    /// what an administrator allows is a number of hours (IAM user guide, "Maximum session duration").
    async fn for_less(&self, refused: u32, error: &ProviderError) -> Result<(Credential, u32), ProviderError> {
        let behind_role = words_of(error).contains("role chaining");
        let mut most = if behind_role { 1 } else { (refused.saturating_sub(1) / HOUR).max(1) };
        let (mut least, mut best) = (1, None);
        loop {
            let hours = u32::midpoint(least, most + 1);
            match (self.for_so_long(Some(hours * HOUR)).await, hours > least) {
                (Ok(new), _) => (least, best) = (hours, Some((new, hours * HOUR))),
                (Err(error), true) if is_of_duration(&error) => most = hours - 1,
                (Err(error), _) => return Err(error),
            }
            match best {
                Some(best) if least >= most => return Ok(best),
                kept => best = kept,
            }
        }
    }
}

fn id_of(root: &Team, target: &Settings, chain: &[AssumedRole]) -> Id {
    ids::of_step(&root.id, &serde_json::to_string(&(target, chain)).unwrap_or_default())
}

/// The keys themselves are not good any more (AWS API reference, "Common errors").
fn is_of_keys(error: &ProviderError) -> bool {
    let codes = ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"];
    matches!(error.bare(), ProviderError::Refused { code, .. } if codes.contains(&code.as_str()))
}

fn is_of_duration(error: &ProviderError) -> bool {
    let said = matches!(error.bare(), ProviderError::Refused { code, .. } if code == "ValidationError");
    said && words_of(error).to_ascii_lowercase().contains("durationseconds")
}

fn words_of(error: &ProviderError) -> &str {
    match error.bare() {
        ProviderError::Refused { message, .. } => message,
        _ => "",
    }
}
