//! The accounts and roles a session can be traded for, to choose profiles from.

use serde::Serialize;

use super::{At, Button, ProblemView, words};
use crate::doors::pipe::Click;
use crate::mind::model::TeamEntry;
use crate::words::id::Id;
use crate::words::plain::clean;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Roles {
    #[cfg_attr(test, ts(type = "string"))]
    pub team: Id,
    pub name: String,
    pub looking: bool,
    pub adding: bool,
    /// Goes back with what was chosen.
    #[cfg_attr(test, ts(type = "number"))]
    pub found: u64,
    pub accounts: Vec<Account>,
    pub problem: Option<ProblemView>,
    /// Asks the server anew.
    pub again: Button,
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

impl At<'_> {
    pub(super) fn roles(self, entry: &TeamEntry) -> Roles {
        let work = &self.desk.roles;
        let mine = work.team.as_ref() == Some(&entry.team.id);
        let found = work.found.as_ref().filter(|_| mine);
        let mut accounts: Vec<Account> = Vec::new();
        if let Some(Ok(targets)) = found {
            for (target, key) in targets.iter().zip(0..) {
                let profiles = &entry.team.profiles;
                let profile = profiles.iter().find(|profile| profile.target == target.fields);
                let role = RoleRow { key, role: clean(&target.label), profile: profile.map(|p| p.name.clone()) };
                let group = (clean(&target.group_detail), clean(&target.group));
                match accounts.iter_mut().find(|one| (&one.account, &one.name) == (&group.0, &group.1)) {
                    Some(account) => account.roles.push(role),
                    None => accounts.push(Account { account: group.0, name: group.1, roles: vec![role] }),
                }
            }
        }
        let again = Button::primary(words::TRY_AGAIN, Click::FindRoles { team: entry.team.id.clone() });
        Roles {
            team: entry.team.id.clone(),
            name: entry.team.name.clone(),
            looking: mine && work.looking,
            adding: mine && work.adding,
            found: work.number,
            accounts,
            problem: match found {
                // Whatever else its remedy is: here one asks again.
                Some(Err(problem)) => {
                    Some(ProblemView { buttons: vec![again.clone()], ..self.problem(problem, Some(entry)) })
                }
                _ => None,
            },
            again,
        }
    }
}
