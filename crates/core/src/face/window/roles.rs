//! The accounts and roles a session can be traded for, to choose profiles from while they come.

use serde::Serialize;

use super::{At, Button, ProblemView, words};
use crate::doors::pipe::Click;
use crate::doors::provider::discovery::Looked;
use crate::face::left_out::{LeftOut, left_out};
use crate::mind::model::TeamEntry;
use crate::words::id::Id;
use crate::words::plain::clean;
use crate::words::problem::Problem;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Roles {
    #[cfg_attr(test, ts(type = "string"))]
    pub team: Id,
    pub name: String,
    pub looking: bool,
    /// How many accounts were looked through, of how many; 0 of 0 while they are not known.
    pub tried: usize,
    pub of: usize,
    pub adding: bool,
    /// Goes back with what was chosen.
    #[cfg_attr(test, ts(type = "number"))]
    pub found: u64,
    pub accounts: Vec<Account>,
    /// What did not come, by reason.
    pub missing: Vec<Missing>,
    /// Instead of everything else.
    pub problem: Option<ProblemView>,
    pub stop: Button,
    /// Asks for what is missing.
    pub look_on: Button,
    /// Asks the server anew.
    pub again: Button,
}

/// Accounts that are missing, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Missing {
    /// Such as `acme-data (456789012345), acme-old (567890123456)`.
    pub names: String,
    pub why: String,
    pub hint: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Account {
    /// Twelve digits.
    pub account: String,
    pub name: String,
    pub roles: Vec<RoleRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RoleRow {
    pub key: u32,
    pub role: String,
    /// The profile that stands for it already.
    pub profile: Option<String>,
}

/// More names than a person reads.
const MOST_NAMES: usize = 20;

impl Missing {
    fn of(left_out: &LeftOut) -> Self {
        let Problem { title, detail, hint, .. } = &left_out.why;
        let mut names = left_out.names();
        let more = names.len().saturating_sub(MOST_NAMES);
        if more > 0 {
            names.truncate(MOST_NAMES);
            names.push(format!("and {more} more"));
        }
        Missing {
            names: clean(&names.join(", ")),
            why: if detail.is_empty() { title.clone() } else { format!("{title}. {detail}") },
            hint: hint.clone(),
        }
    }
}

impl At<'_> {
    pub(super) fn roles(self, entry: &TeamEntry) -> Roles {
        let team = || entry.team.id.clone();
        let mine = Some(&self.desk.roles).filter(|work| work.team.as_ref() == Some(&entry.team.id));
        let found = mine.map(|work| &work.found);
        let mut accounts: Vec<Account> = Vec::new();
        for (came, target) in found.map(|found| found.targets()).unwrap_or_default() {
            let profiles = &entry.team.profiles;
            let profile = profiles.iter().find(|profile| profile.target == target.fields).map(|p| p.name.clone());
            let key = u32::try_from(came).unwrap_or(u32::MAX);
            let role = RoleRow { key, role: clean(&target.label), profile };
            let group = (clean(&target.group_detail), clean(&target.group));
            match accounts.last_mut().filter(|last| (&last.account, &last.name) == (&group.0, &group.1)) {
                Some(account) => account.roles.push(role),
                None => accounts.push(Account { account: group.0, name: group.1, roles: vec![role] }),
            }
        }
        let looking = mine.is_some_and(|work| work.looking);
        let again = Button::primary(words::TRY_AGAIN, Click::FindRoles { team: team() });
        let stopped = mine.and_then(|work| work.stopped.as_ref());
        let mut left_out = found.map(|found| left_out(found, stopped, &entry.team.name)).unwrap_or_default();
        let in_vain = !looking && found.is_some_and(|found| found.is_in_vain());
        let why = stopped.cloned().or_else(|| left_out.first().map(|first| first.why.clone())).filter(|_| in_vain);
        if looking || in_vain {
            left_out.clear();
        }
        let mut missing: Vec<Missing> = left_out.iter().map(Missing::of).collect();
        let not_reached = |looked: &Looked| !looking && !in_vain && stopped.is_none() && *looked == Looked::NotYet;
        let groups = found.map(|found| found.groups()).unwrap_or_default();
        let open = groups.iter().filter(|group| not_reached(&group.looked)).count();
        if open > 0 {
            let names = super::desk::counted(open, "account");
            missing.push(Missing { names, why: words::NOT_REACHED.into(), hint: String::new() });
        }
        Roles {
            team: team(),
            name: entry.team.name.clone(),
            looking,
            tried: found.map_or(0, |found| found.tried()),
            of: groups.len(),
            adding: mine.is_some_and(|work| work.adding),
            found: self.desk.roles.number,
            accounts,
            missing,
            // Whatever else its remedy is: here one asks again.
            problem: why.map(|why| ProblemView { buttons: vec![again.clone()], ..self.problem(&why, Some(entry)) }),
            stop: Button::quiet(words::STOP, Click::StopLooking { team: team() }),
            look_on: Button::quiet(
                if left_out.is_empty() { words::LOOK_ON } else { words::TRY_AGAIN },
                Click::LookOn { team: team() },
            ),
            again,
        }
    }
}
