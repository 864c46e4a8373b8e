//! Roles behind roles, from the profile that a person adds to the keys that AWS tools get.

use keyfob_sandbox::{Operation, Setup, Trust};
use keyfob_tests::support::keyring::Keyring;
use keyfob_tests::support::stage::Stage;
use serde_json::Value;

const DEPLOY: &str = "arn:aws:iam::222222222222:role/Deploy";

/// Logged in to `acme`, with the profile `admin` and, on top of it, `deploy`.
fn chained(setup: Setup) -> Stage {
    let stage = Stage::with(setup, Keyring::Unlocked);
    stage.log_in_to_portal("acme");
    stage.ok("profile add acme admin --account 111111111111 --role AdministratorAccess");
    stage.ok(&format!("profile add acme deploy --via admin --role-arn {DEPLOY}"));
    stage
}

/// The cloud of the demo, in which a role asks for more than others do.
fn trusting(trust: Trust) -> Setup {
    let mut setup = Setup::demo();
    setup.portals[0].accounts[1].trust.insert("Deploy".into(), trust);
    setup
}

fn keys(stage: &Stage, profile: &str) -> Value {
    serde_json::from_str(&stage.ok(&format!("credential-process --team acme --profile {profile}"))).unwrap()
}

fn count(stage: &Stage, operation: Operation) -> usize {
    stage.cloud.count(operation)
}

#[test]
fn a_role_behind_a_profile_gets_keys_once_and_says_who_it_is() {
    let stage = chained(Setup::demo());
    let first = keys(&stage, "deploy");
    assert_eq!(first["AccountId"], "222222222222");
    // From the keychain it costs what a plain one costs: nobody is asked.
    assert_eq!(keys(&stage, "deploy"), first);
    assert_eq!((count(&stage, Operation::GetRoleCredentials), count(&stage, Operation::AssumeRole)), (1, 1));
    let who: Value = serde_json::from_str(&stage.ok("whoami acme --profile deploy --json")).unwrap();
    let (arn, user) = (who["arn"].as_str().unwrap(), who["user_id"].as_str().unwrap());
    assert!(arn.starts_with("arn:aws:sts::222222222222:assumed-role/Deploy/"), "{who}");
    assert!(user.starts_with("AROA") && who["account"] == "222222222222" && who["version"] == 1, "{who}");
    let shown = stage.ok("profile show acme deploy");
    assert!(shown.contains("assumes  acme/admin → Deploy\n") && shown.contains(DEPLOY), "{shown}");
    let listed = stage.ok("profile list acme");
    assert!(listed.contains("admin → Deploy"), "{listed}");
    let status = stage.status_of("acme");
    assert_eq!(status["credentials"].as_array().unwrap().len(), 2, "{status}");
    // Who logs out of where it began has nothing of it left.
    stage.ok("logout acme");
    stage.run("credential-process --team acme --profile deploy").fails_in_a_line(3, "NOT-LOGGED-IN");
    assert_eq!(count(&stage, Operation::AssumeRole), 1);
}

// F250
#[test]
fn fifty_profiles_at_once_mint_the_session_s_keys_and_each_role_on_the_way_once() {
    let stage = chained(Setup::demo());
    let text = std::fs::read_to_string(stage.config()).unwrap();
    let more: String = (0..50)
        .map(|n| {
            format!("\n[team.acme.profile.p{n}]\nsource-profile = \"deploy\"\nassume = [{{ role-arn = \"arn:aws:iam::111111111111:role/Deploy\", session-name = \"p-{n}\" }}]\n")
        })
        .collect();
    std::fs::write(stage.config(), text + &more).unwrap();
    stage.ok("profile list acme");
    let command = |n: usize| stage.command(&format!("credential-process --team acme --profile p{n}"));
    for done in stage.all("credential-process --team acme --profile p0", (0..50).map(command).collect()) {
        done.ok();
    }
    let of_portal = count(&stage, Operation::GetRoleCredentials);
    assert_eq!((of_portal, count(&stage, Operation::AssumeRole)), (1, 51));
}

// F252
#[test]
fn a_way_through_another_team_ends_with_that_team_s_session() {
    let stage = chained(Setup::demo());
    stage.add_portal("lab");
    stage.ok(&format!(
        "profile add lab far --via acme/deploy --role-arn {}",
        DEPLOY.replace("222222222222", "111111111111")
    ));
    stage.ok("credential-process --team lab --profile far");
    assert_eq!(count(&stage, Operation::AssumeRole), 2);
    // The team that others begin with stays, and so does the profile.
    stage.run("team remove acme --yes").fails(2, "PROFILE-IN-USE");
    stage.run("profile remove acme deploy").fails(2, "PROFILE-IN-USE");
    stage.ok("logout acme");
    stage.run("credential-process --team lab --profile far").fails_in_a_line(3, "NOT-LOGGED-IN");
    assert_eq!(count(&stage, Operation::AssumeRole), 2);
}

// F254
#[test]
fn a_second_link_that_is_denied_is_named_with_its_role_and_the_policy() {
    let stage = chained(trusting(Trust { external_id: Some("acme-4711".into()), ..Trust::default() }));
    let done = stage.run("env acme --profile deploy --with aws --shell json");
    assert_eq!(done.status, 8, "{}", done.err);
    for word in ["(ROLE-REFUSED)", "link 1 of 1 of deploy", DEPLOY, "AccessDenied", "sts:AssumeRole", "trust policy"] {
        assert!(done.err.contains(word), "{word}: {}", done.err);
    }
    stage.ok("profile edit acme deploy --external-id acme-4711");
    stage.ok("env acme --profile deploy --with aws --shell json");
}

// F253
#[test]
fn a_time_that_sts_refuses_is_shortened_said_and_not_asked_for_again() {
    let stage = chained(Setup::demo());
    stage.ok("profile edit acme deploy --duration 12h");
    let done = stage.run("env acme --profile deploy --with aws --shell json");
    assert!(done.err.contains("deploy asks for 12h and gets 1h: STS allows no more."), "{}", done.err);
    assert_eq!(count(&stage, Operation::AssumeRole), 2);
    let shown: Value = serde_json::from_str(&stage.ok("profile show acme deploy --json")).unwrap();
    assert_eq!((&shown["assume"][0]["duration"], &shown["allowed_duration"]), (&43_200.into(), &3_600.into()));
    assert!(stage.ok("profile show acme deploy").contains("duration  12h; STS allows 1h\n"));
    // AWS tools read nothing of it, and nobody finds out once more.
    stage.cloud.approve_next().unwrap();
    stage.ok("login acme --no-open");
    let quiet = stage.run("credential-process --team acme --profile deploy");
    assert_eq!((quiet.err.as_str(), count(&stage, Operation::AssumeRole)), ("", 3));
}

#[test]
fn every_part_of_a_role_reaches_the_file_and_sts() {
    let stage = chained(Setup::demo());
    stage.ok(&format!(
        "profile add acme full --via admin --role-arn {DEPLOY} --external-id x-1 --session-name ci --duration 30m \
         --source-identity ann --tag team=web --tag cost=42 --region eu-north-1"
    ));
    keys(&stage, "full");
    let who: Value = serde_json::from_str(&stage.ok("whoami acme --profile full --json")).unwrap();
    assert_eq!(who["arn"], "arn:aws:sts::222222222222:assumed-role/Deploy/ci");
    let file = std::fs::read_to_string(stage.config()).unwrap();
    for part in ["external-id = \"x-1\"", "duration = 1800", "source-identity = \"ann\"", "tags = {", "team = \"web\""]
    {
        assert!(file.contains(part), "{part}: {file}");
    }
    stage.ok("profile edit acme full --tag cost= --external-id=");
    let shown: Value = serde_json::from_str(&stage.ok("profile show acme full --json")).unwrap();
    assert_eq!(shown["assume"][0]["tags"], serde_json::json!({ "team": "web" }));
    assert_eq!(shown["assume"][0]["external_id"], Value::Null);
    // What it was before is not handed out for what it is now.
    let before = count(&stage, Operation::AssumeRole);
    keys(&stage, "full");
    assert_eq!(count(&stage, Operation::AssumeRole), before + 1);
}

#[test]
fn a_profile_that_others_begin_with_keeps_them_under_its_new_name() {
    let stage = chained(Setup::demo());
    stage.ok("profile rename acme admin Prod/Admin");
    let shown: Value = serde_json::from_str(&stage.ok("profile show acme deploy --json")).unwrap();
    assert_eq!(shown["way"], serde_json::json!(["acme/Prod/Admin", "Deploy"]));
    keys(&stage, "deploy");
    stage.run("profile rename acme Prod/Admin deploy").fails(2, "PROFILE-TAKEN");
    stage.ok("profile remove acme deploy");
    stage.ok("profile remove acme Prod/Admin");
}

// F256, F257, F258
#[test]
fn what_cannot_be_a_chain_is_refused_when_it_is_added() {
    let stage = chained(Setup::demo());
    let before = std::fs::read_to_string(stage.config()).unwrap();
    let add = format!("profile add acme x --via admin --role-arn {DEPLOY}");
    for (line, code, word) in [
        (format!("{add} --duration 90"), "ROLE-MALFORMED", "900 to 43200"),
        (format!("{add} --duration 1d"), "ROLE-MALFORMED", "such as 90m or 1h"),
        (format!("{add} --mfa-serial short"), "ROLE-MALFORMED", "GAHT12345678"),
        (format!("{add} --mfa-serial arn:aws:iam::111111111111:mfa/ann"), "ROLE-MFA", "GetSessionToken"),
        (format!("{add} --external-id x"), "ROLE-MALFORMED", "external-id is 2 to 1224"),
        (format!("{add} --tag team"), "PROFILE-MALFORMED", "--tag takes KEY=VALUE"),
        (format!("{add} --tag aws:x=y"), "ROLE-MALFORMED", "tags have keys"),
        (add.replace("--via admin", "--via admn"), "PROFILE-SOURCE", "There are: admin, deploy."),
        (add.replace(DEPLOY, "Deploy"), "ROLE-MALFORMED", "arn:aws:iam::123456789012:role/Deploy"),
        (add.replace("arn:aws:", "arn:aws-cn:"), "ROLE-PARTITION", "from aws to aws-cn"),
        (format!("{add} --account 111111111111"), "PROFILE-MALFORMED", "begins with another profile"),
        ("profile add acme x --via admin".into(), "PROFILE-MALFORMED", "add --role-arn"),
        ("profile add acme x --via admin --duration 1h".into(), "PROFILE-MALFORMED", "--duration belongs to a role"),
        (format!("profile add acme x --role-arn {DEPLOY}"), "PROFILE-SOURCE", "cannot begin with acme itself"),
        (format!("profile edit acme deploy --via deploy --role-arn {DEPLOY}"), "PROFILE-SOURCE", "deploy → deploy"),
    ] {
        let said = stage.run(&line).fails(2, code);
        assert!(said.contains(word), "{line}: {said}");
    }
    assert_eq!(std::fs::read_to_string(stage.config()).unwrap(), before);
}
