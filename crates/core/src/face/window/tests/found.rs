//! Accounts and roles for the scenarios: all of them, and a look that has not come to its end.

#![allow(clippy::unwrap_used)]

use crate::doors::provider::ProviderError;
use crate::doors::provider::discovery::Discovery;
use crate::testkit::profile;
use crate::words::about::Target;

pub fn targets() -> Vec<Target> {
    let target = |account: &str, name: &str, role: &str| Target {
        fields: profile("", account, role).target,
        group: name.into(),
        group_detail: account.into(),
        label: role.into(),
    };
    vec![
        target("210987654321", "acme-staging", "AdminAccess"),
        target("210987654321", "acme-staging", "ReadOnly"),
        target("345678901234", "acme-shared-services", "DeployFirmware"),
        target("345678901234", "acme-shared-services", "ReadOnly"),
        target("456789012345", "acme-data", "DataScientist"),
    ]
}

/// As if all of these had come.
pub fn found_of(targets: Vec<Target>) -> Discovery {
    let discovery = Discovery::default();
    discovery.list(targets.iter().map(|target| (target.group_detail.clone(), target.group.clone())));
    for (place, group) in discovery.open().unwrap() {
        discovery.add(place, targets.iter().filter(|target| target.group_detail == group.id).cloned().collect());
    }
    discovery
}

/// Two of four have come, one was refused.
pub fn half() -> Discovery {
    let discovery = Discovery::default();
    let names = [
        ("210987654321", "acme-staging"),
        ("345678901234", "acme-shared-services"),
        ("456789012345", "acme-data"),
        ("567890123456", "acme-archive"),
    ];
    discovery.list(names.map(|(id, name)| (id.into(), name.into())));
    let of = |account: &str| targets().into_iter().filter(|target| target.group_detail == account).collect();
    discovery.add(0, of("210987654321"));
    discovery.add(1, of("345678901234"));
    discovery.leave_out(
        2,
        ProviderError::Refused {
            host: "portal.sso.eu-west-1.amazonaws.com".into(),
            code: "ForbiddenException".into(),
            message: "No access".into(),
        },
    );
    discovery
}
