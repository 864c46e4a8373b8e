//! What is asked, and profiles that are written down by hand.

use super::*;

fn asked(scenario: &Scenario) -> Asked {
    let Screen::Login(LoginScreen { step: LoginStep::Ask(asked), .. }) = scenario.view().screen else {
        panic!("nothing is asked")
    };
    asked
}

#[test]
fn what_does_not_fit_its_field_comes_back_without_a_word_to_the_server() {
    let (_, mut scenario) = all().into_iter().find(|(name, _)| *name == "mfa").unwrap();
    let answer = filled([("code", " ")], &[]);
    let errands = type_in(&mut scenario, Typed::Login { team: id("acme-prod"), login: LoginId(7), answer });
    assert_eq!(errands, []);
    let AskedBody::FillIn { fields, .. } = asked(&scenario).body else { panic!("no fields") };
    assert_eq!(fields[0].error, "This is needed.");
    assert_eq!(asked(&scenario).focus, "code");
}

#[test]
fn a_refused_password_leaves_the_name_the_tick_and_the_focus_where_they_are_needed() {
    let (_, scenario) = all().into_iter().find(|(name, _)| *name == "password-wrong").unwrap();
    let asked = asked(&scenario);
    assert_eq!((asked.focus.as_str(), asked.refused.as_str()), ("password", "User name or password is not right."));
    let AskedBody::FillIn { fields, ticks } = asked.body else { panic!("no fields") };
    assert_eq!((fields[0].value.as_str(), fields[1].value.as_str(), ticks[0].on), ("admin", "", true));
}

#[test]
fn a_profile_is_written_down_in_the_fields_that_its_provider_declares() {
    let mut scenario = ok().at(Page::AddProfile { team: id("acme-staging") });
    let Screen::Form(form) = scenario.view().screen else { panic!("no form") };
    let keys: Vec<&str> = form.providers[0].fields.iter().map(|field| field.key).collect();
    assert_eq!(keys, ["account", "role", "region"]);
    let typed = |name: &str| {
        let settings = [("account", "123456789012 "), ("role", "Admin"), ("region", "")];
        let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let (team, provider) = (Some(id("acme-staging")), "aws-sso".into());
        Typed::Profile { form: TeamForm { team, name: name.into(), provider, settings, secrets: BTreeMap::new() } }
    };
    let errands = type_in(&mut scenario, typed("Prod/Admin"));
    let [Errand::AddProfile { profile, .. }] = errands.as_slice() else { panic!("{errands:?}") };
    assert_eq!((profile.name.as_str(), profile.region.as_deref()), ("Prod/Admin", None));
    assert_eq!(profile.field("account"), Some("123456789012"));
    assert_eq!(type_in(&mut scenario, typed("staging.ReadOnly")), []);
    assert!(trouble(&scenario.view()).unwrap().0.contains("has a profile called staging.ReadOnly already"));
}

// F285
#[test]
fn the_window_names_a_known_browser_and_no_command() {
    let mut scenario = ok().at(Page::EditTeam { team: id("lab") });
    let mut save = |browser: &str| {
        let settings = [("start-url", "https://a.awsapps.com/start"), ("region", "eu-west-1"), ("browser", browser)];
        let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let (team, provider) = (Some(id("lab")), "aws-sso".into());
        let form = TeamForm { team, name: "lab".into(), provider, settings, secrets: BTreeMap::new() };
        let errands = type_in(&mut scenario, Typed::Team { form });
        (errands.len(), trouble(&scenario.view()).map(|(text, _)| text.to_owned()))
    };
    assert_eq!(save("firefox private").0, 1);
    assert_eq!(save("sh -c id"), (0, Some("A command line cannot be set in the window".into())));
}
