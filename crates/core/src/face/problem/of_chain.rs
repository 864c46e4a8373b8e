//! What stands in the way of a profile behind other credentials, in words: which link, which role, and who can help.

use super::of_cause::{because, sentence};
use super::of_provider::of_provider;
use crate::doors::provider::ProviderError;
use crate::face::export::sh_word;
use crate::words::plain::clean_to;
use crate::words::problem::{Exit, Problem};
use crate::words::profile::{AssumedRole, BadRole};
use crate::words::way::Astray;

/// The most of STS's words: they name two roles in full, and what may be done about it must fit beside them.
const MOST_WORDS: usize = 320;

/// A source that leads nowhere.
pub fn astray(astray: &Astray, profile: &str) -> Problem {
    Problem::new("PROFILE-SOURCE", Exit::Usage, format!("{profile} has nothing to begin with: {astray}"))
        .detail("No role was assumed.")
        .hint("Name another source: `keyfob profile edit TEAM PROFILE --via SOURCE`.")
}

/// A team whose session alone is no credential.
pub fn no_source(profile: &str, team: &str, provider: &str) -> Problem {
    Problem::new("PROFILE-SOURCE", Exit::Usage, format!("{profile} cannot begin with {team} itself"))
        .detail(format!("The session of {provider} alone gives no AWS credentials."))
        .hint(format!(
            "Begin with one of its profiles: `--via {}`. `keyfob profile list {}` shows them.",
            sh_word(&format!("{team}/PROFILE")),
            sh_word(team)
        ))
}

/// What was named as a source is neither a profile nor a team.
pub fn unknown_source(named: &str, known: &[String]) -> Problem {
    let known =
        if known.is_empty() { "There is none yet.".into() } else { format!("There are: {}.", known.join(", ")) };
    Problem::new("PROFILE-SOURCE", Exit::Usage, format!("There is no profile or team called {named} to begin with"))
        .detail("Nothing was changed.")
        .hint(format!("Write it as PROFILE, TEAM/PROFILE or TEAM. {known}"))
}

/// A part of a role that STS would not take.
pub fn malformed_role((key, why): &BadRole) -> Problem {
    Problem::new("ROLE-MALFORMED", Exit::Usage, format!("{key} {why}"))
        .detail("Nothing was changed.")
        .hint("`keyfob profile add --help` says how each part is written.")
}

/// A code that no session of a role can bring (STS API reference, `AssumeRole` and `GetSessionToken`).
pub fn mfa_behind_role(profile: &str, role: &AssumedRole) -> Problem {
    let serial = role.mfa_serial.as_deref().unwrap_or_default();
    Problem::new(
        "ROLE-MFA",
        Exit::Usage,
        format!("{profile} cannot bring the code of {serial} to {}", role.role_arn),
    )
    .detail("A role's session can bring no MFA code to AssumeRole, nor call GetSessionToken: only access keys of a person can.")
    .hint("Take mfa-serial away from it. If the role's trust policy wants MFA, begin with a team of access keys that has this mfa-serial.")
}

/// The login of the team that a way begins with asks for the code of another device, or for none.
pub fn other_device(profile: &str, team: &str, serial: &str, device: Option<&str>) -> Problem {
    let now = device.map_or("for no code".into(), |device| format!("for the code of {device}"));
    Problem::new("ROLE-MFA", Exit::Usage, format!("{profile} wants a code of {serial}"))
        .detail(format!(
            "The login to {team}, with which it begins, asks {now}. One code there serves all its profiles."
        ))
        .hint(format!(
            "Set the device there and log in again: `keyfob team edit {} --set {}`.",
            sh_word(team),
            sh_word(&format!("mfa-serial={serial}"))
        ))
}

/// A chain that leads from one part of AWS to another; `why` is the end of a sentence about the ARN.
pub fn other_partition(profile: &str, why: &str) -> Problem {
    Problem::new("ROLE-PARTITION", Exit::Usage, format!("{profile}: role-arn {why}"))
        .detail("Nothing was asked of AWS.")
        .hint("Check the role's ARN and the region. Another part of AWS needs a login of its own: `keyfob team add`.")
}

/// The session that a chain begins with gave nothing.
pub fn of_first_link(problem: Problem, profile: &str, way: &[String]) -> Problem {
    let begins = format!("It is where {profile} begins: {}.", way.join(" → "));
    let detail = if problem.detail.is_empty() { begins } else { format!("{begins} {}", problem.detail) };
    problem.detail(detail)
}

/// A role was not given. `link` counts from 0, and `way` is where it begins and each role by its name.
pub fn of_link(error: &ProviderError, profile: &str, way: &[String], link: usize, role: &AssumedRole) -> Problem {
    match error {
        ProviderError::Because { error, causes } => {
            because(of_link(error, profile, way, link, role), error, causes, first_team(way))
        }
        ProviderError::Refused { code, message, .. } => {
            let by = way.get(link).map_or("", String::as_str);
            let (place, of) = (link + 1, way.len().saturating_sub(1));
            let title = format!("{by} did not get the role {} (link {place} of {of} of {profile})", role.role_arn);
            let words = if message.is_empty() { code.clone() } else { format!("{code}: {message}") };
            Problem::new("ROLE-REFUSED", Exit::Refused, title)
                .detail(sentence(&format!("STS says: {}", clean_to(&words, MOST_WORDS))))
                .hint(of_refusal(code, by, role))
        }
        other => of_first_link(of_provider(other, first_team(way)), profile, way),
    }
}

/// Who can do what about a role that was refused.
fn of_refusal(code: &str, by: &str, role: &AssumedRole) -> String {
    match code {
        "AccessDenied" | "AccessDeniedException" => {
            let mut more = Vec::new();
            if !role.tags.is_empty() {
                more.push("sts:TagSession");
            }
            if role.source_identity.is_some() {
                more.push("sts:SetSourceIdentity");
            }
            let more: String = more.into_iter().map(|action| format!(" and {action}")).collect();
            format!(
                "Two policies must allow sts:AssumeRole{more}: one of {by}, and the role's trust policy in account {}, which may also ask for an external ID or MFA.",
                role.account()
            )
        }
        "RegionDisabledException" => {
            "STS is not switched on in this region for the account: give the profile another one with `--region`."
                .into()
        }
        _ => {
            "Check the parts of the role: `keyfob profile show` lists them, `keyfob profile edit` changes them.".into()
        }
    }
}

/// Other profiles begin with what was to go, each as `TEAM/PROFILE`.
pub fn in_use(name: &str, users: &[String]) -> Problem {
    Problem::new("PROFILE-IN-USE", Exit::Usage, format!("{name} stays: other profiles begin with it"))
        .detail(format!("These do: {}. Nothing was changed.", users.join(", ")))
        .hint("Remove them first, or let them begin elsewhere: `keyfob profile edit TEAM PROFILE --via SOURCE`.")
}

fn first_team(way: &[String]) -> &str {
    let begins = way.first().map_or("", String::as_str);
    begins.split('/').next().unwrap_or(begins)
}
