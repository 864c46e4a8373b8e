//! Roles behind roles, in the list of a team's profiles and in the form that adds one.

use super::*;
use crate::words::action::Page;
use crate::words::facts::Allowed;
use crate::words::profile::{AssumedRole, Profile, Source as Begins};

/// A team with a role behind one of its profiles, and one behind that, which lasts less long than it asks for.
pub fn chains() -> Scenario {
    let mut scenario = ok().at(Page::Team { team: id("acme-staging") });
    let entry = scenario.model.teams.iter_mut().find(|entry| entry.team.id == id("acme-staging")).unwrap();
    for (name, source, role, duration) in
        [("deploy", "staging.AdminAccess", "ci/Deploy", None), ("release", "deploy", "Release", Some(43_200))]
    {
        let role_arn = format!("arn:aws:iam::345678901234:role/{role}");
        let chain = vec![AssumedRole { role_arn, duration, ..AssumedRole::default() }];
        let source = Some(Begins { team: None, profile: Some(source.into()) });
        let new = Profile::new(id(name), name, TeamSettings::new());
        entry.team.profiles.push(Profile { source, chain, ..new });
    }
    entry.state.credentials.insert(id("release"), later(41 * 60));
    entry.state.allowed.insert(id("release"), Allowed { asked: 43_200, given: 3_600 });
    scenario
}

#[test]
fn a_chain_is_shown_with_where_it_begins_and_for_how_long_it_lasts() {
    let Screen::Team(team) = chains().view().screen else { panic!("no team") };
    let release = team.profiles.iter().find(|row| row.name == "release").unwrap();
    let parts: Vec<(&str, &str)> =
        release.target.iter().map(|part| (part.label.as_str(), part.value.as_str())).collect();
    let (assumes, lasts) = (("Assumes", "deploy → Release"), ("Lasts", "1h, not 12h: STS allows no more"));
    assert_eq!(parts[..2], [assumes, lasts]);
    assert_eq!(release.keys, "Keys for 41 min");
}

#[test]
fn a_role_on_top_is_added_by_choosing_where_it_begins_and_pasting_its_arn() {
    let mut scenario = ok().at(Page::AddProfile { team: id("acme-staging") });
    let Screen::Form(form) = scenario.view().screen else { panic!("no form") };
    let chain = form.providers.iter().find(|one| one.id == "chain").unwrap();
    let keys: Vec<&str> = chain.fields.iter().map(|field| field.key).collect();
    let all = ["via", "role-arn", "external-id", "session-name", "duration", "mfa-serial", "source-identity", "region"];
    assert_eq!(keys, all);
    let needed: Vec<&str> = chain.fields.iter().filter(|field| field.required).map(|field| field.key).collect();
    assert_eq!(needed, ["via", "role-arn"]);
    let own = &chain.fields[0].options[0];
    assert_eq!((own.label.as_str(), &own.value), ("staging.AdminAccess", &chain.fields[0].value));
    let typed = |via: &str, arn: &str, duration: &str| {
        let settings = [("via", via), ("role-arn", arn), ("duration", duration), ("external-id", " x-1 ")];
        let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let (team, provider) = (Some(id("acme-staging")), "chain".into());
        Typed::Profile { form: TeamForm { team, name: "deploy".into(), provider, settings, secrets: BTreeMap::new() } }
    };
    const ARN: &str = " arn:aws:iam::210987654321:role/ci/Deploy ";
    let errands = type_in(&mut scenario, typed(&own.value, ARN, "1h"));
    let [Errand::AddProfile { profile, .. }] = errands.as_slice() else { panic!("{errands:?}") };
    let source = profile.source.clone().unwrap();
    assert_eq!((source.team, source.profile.as_deref(), profile.target.len()), (None, Some("staging.AdminAccess"), 0));
    let role = &profile.chain[0];
    assert_eq!(
        (role.role_arn.as_str(), role.duration, role.external_id.as_deref()),
        (ARN.trim(), Some(3600), Some("x-1"))
    );
    // What cannot be is told beside its field.
    for (via, arn, duration, field, why) in [
        ("", ARN, "", "via", "Begins with is missing"),
        (own.value.as_str(), "", "", "role-arn", "ARN of the role is missing"),
        (own.value.as_str(), "Deploy", "", "role-arn", "ARN of the role is a role's ARN such as"),
        (own.value.as_str(), ARN, "90", "duration", "Lasts for is 900 to 43200 seconds"),
    ] {
        assert_eq!(type_in(&mut scenario, typed(via, arn, duration)), []);
        let Screen::Form(form) = scenario.view().screen else { panic!("no form") };
        let trouble = form.trouble.unwrap();
        assert_eq!(trouble.field.as_deref(), Some(field));
        assert!(trouble.text.starts_with(why), "{trouble:?}");
    }
}
