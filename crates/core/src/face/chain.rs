//! How a chain of assumed roles reads.

use crate::words::plain::clean;
use crate::words::profile::Profile;

/// A profile by its name, and what it begins with in front of that, such as `admin → deploy`.
pub fn label(profile: &Profile) -> String {
    let begins = if profile.is_chained() { begins(profile) } else { String::new() };
    if begins.is_empty() { clean(&profile.name) } else { clean(&format!("{begins} → {}", profile.name)) }
}

fn begins(profile: &Profile) -> String {
    let source = profile.source.as_ref().map(|source| match (&source.team, &source.profile) {
        (Some(team), Some(profile)) => format!("{team}/{profile}"),
        (None, Some(profile)) => profile.clone(),
        (Some(team), None) => team.clone(),
        (None, None) => String::new(),
    });
    source.unwrap_or_else(|| profile.target.values().next_back().cloned().unwrap_or_default())
}

/// Such as `admin → Deploy`: where it begins and what is assumed on top, by the roles' own names.
pub fn chain(profile: &Profile) -> String {
    let begins = begins(profile);
    let roles = profile.chain.iter().map(|role| role.role_name().to_owned());
    let links: Vec<String> = std::iter::once(begins).chain(roles).filter(|link| !link.is_empty()).collect();
    clean(&links.join(" → "))
}

/// So many seconds as people write them, such as `12h`, `90m` or `1h30m`.
pub fn so_long(seconds: u32) -> String {
    let parts = [(seconds / 3600, 'h'), (seconds % 3600 / 60, 'm'), (seconds % 60, 's')];
    parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect()
}

/// What a profile stands for, in one line, such as `Admin in 123456789012`.
pub fn stands_for(profile: &Profile) -> String {
    if profile.is_chained() {
        return chain(profile);
    }
    match (profile.field("role"), profile.field("account")) {
        (Some(role), Some(account)) => clean(&format!("{role} in {account}")),
        _ => clean(&profile.target.values().cloned().collect::<Vec<_>>().join(" · ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::profile;
    use crate::words::profile::{AssumedRole, Source};

    #[test]
    fn a_time_reads_as_people_write_it() {
        assert_eq!([43_200, 5400, 900, 3601].map(so_long), ["12h", "1h30m", "15m", "1h1s"]);
    }

    #[test]
    fn a_chain_reads_from_its_source_to_its_last_role() {
        let role = |name: &str| AssumedRole {
            role_arn: format!("arn:aws:iam::123456789012:role/ci/{name}"),
            ..AssumedRole::default()
        };
        let mut deploy = profile("deploy", "123456789012", "Admin");
        deploy.chain = vec![role("Build"), role("Deploy")];
        assert_eq!(chain(&deploy), "Admin → Build → Deploy");
        deploy.target.clear();
        deploy.source = Some(Source { team: Some("lab".into()), profile: Some("Prod/Admin".into()) });
        assert_eq!(chain(&deploy), "lab/Prod/Admin → Build → Deploy");
        assert_eq!(label(&deploy), "lab/Prod/Admin → deploy");
        assert_eq!(label(&profile("admin", "123456789012", "Admin")), "admin");
    }
}
