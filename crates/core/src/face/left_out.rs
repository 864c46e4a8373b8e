//! What was left out of a look through accounts: the reasons, each with all that it cost.

use crate::doors::provider::discovery::{Found, Group, Looked};
use crate::face::problem;
use crate::words::problem::Problem;

/// One reason, and the accounts it cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub why: Problem,
    pub groups: Vec<Group>,
}

/// What was left out, in the server's order; what was not reached because of what `stopped` the look counts as well.
pub fn left_out(found: &Found, stopped: Option<&Problem>, team: &str) -> Vec<LeftOut> {
    let mut all: Vec<LeftOut> = Vec::new();
    for group in found.groups() {
        let why = match &group.looked {
            Looked::Done => None,
            Looked::LeftOut(why) => Some(problem::of_provider(why, team)),
            Looked::NotYet => stopped.cloned(),
        };
        let Some(why) = why else { continue };
        match all.iter_mut().find(|one| one.why == why) {
            Some(same) => same.groups.push(group.clone()),
            None => all.push(LeftOut { why, groups: vec![group.clone()] }),
        }
    }
    all
}

impl LeftOut {
    /// The accounts as people know them.
    pub fn names(&self) -> Vec<String> {
        let name = |group: &Group| match group.name == group.id {
            true => group.id.clone(),
            false => format!("{} ({})", group.name, group.id),
        };
        self.groups.iter().map(name).collect()
    }
}
