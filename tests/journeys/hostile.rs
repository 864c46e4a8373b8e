//! Texts of servers, files and callers that mean to act on whatever shows them: none reaches a terminal or a script.

use std::fs;

use keyfob_sandbox::{Account, DEMO_PASSWORD, Fault, Operation, Setup, What};
use keyfob_tests::support::keyring::Keyring;
use keyfob_tests::support::stage::{Done, Stage};
use serde_json::Value;

/// A title, a bell, a colour, a turned direction, an end of a line that forges a problem, and what cannot be seen.
const HOSTILE: &str = "Evil\u{1b}]0;x\u{7}\u{9b}31m\u{7f}\u{202e}\u{2066}\u{61c}\u{200b}\u{feff}\u{2028}\u{2029}\u{85}\u{e0041}\r\n✕ forged";

fn is_harmless(text: &str) -> bool {
    let acts = |c: &char| *c != '\n' && (c.is_control() || (!c.is_ascii() && HOSTILE.contains(*c) && *c != '✕'));
    !text.chars().any(|c| acts(&c)) && !text.lines().any(|line| line.starts_with("✕ forged"))
}

#[track_caller]
fn harmless(done: Done) -> Done {
    assert!(is_harmless(&done.out), "{:?}", done.out);
    assert!(is_harmless(&done.err), "{:?}", done.err);
    done
}

fn hostile_cloud() -> Setup {
    let mut setup = Setup::demo();
    let portal = &mut setup.portals[0];
    portal.accounts[0].name = HOSTILE.into();
    portal.accounts[1].roles.push(HOSTILE.into());
    portal.accounts.push(Account {
        id: HOSTILE.into(),
        name: "odd".into(),
        roles: vec!["Admin".into()],
        ..Account::default()
    });
    portal.users[0].email = HOSTILE.into();
    setup
}

// F151
#[test]
fn what_a_server_calls_its_accounts_and_roles_acts_on_nothing_and_a_bad_row_costs_itself() {
    let stage = Stage::with(hostile_cloud(), Keyring::Unlocked);
    stage.log_in_to_portal("acme");
    let listed = harmless(stage.run("profile discover acme")).ok();
    assert!(listed.contains("Evil") && listed.contains("AdministratorAccess"), "{listed}");
    let (listed, said) = harmless(stage.run("profile discover acme --add")).ok_with_words();
    assert!(listed.contains("acme-sandbox"), "{listed}");
    assert!(said.contains("Added 7 profiles") && said.contains("Evil"), "the others came, and it is named: {said}");
    let found: Value = serde_json::from_str(&harmless(stage.run("profile discover acme --json")).ok()).unwrap();
    let roles: Vec<&str> = found["targets"].as_array().unwrap().iter().filter_map(|t| t["role"].as_str()).collect();
    assert!(roles.contains(&HOSTILE), "a script gets what there is: {roles:?}");
    for line in ["status", "status --json", "status --prompt", "team list", "team show acme", "profile list"] {
        harmless(stage.run(line)).ok();
    }
}

// F151
#[test]
fn what_a_server_says_when_it_refuses_acts_on_nothing() {
    let stage = Stage::demo();
    stage.log_in_to_portal("acme");
    stage.ok("profile add acme admin --account 111111111111 --role AdministratorAccess");
    stage.log_in_to_pool("pool");
    let refuse = |operation| {
        let what =
            What::Error { kind: "OddException".into(), message: HOSTILE.into(), status: 400, headers: Vec::new() };
        stage.cloud.faults().add(Fault::on(operation, what));
    };
    for (operation, line) in [
        (Operation::RefreshToken, "renew acme"),
        (Operation::InitiateAuthRefresh, "renew pool"),
        (Operation::GetRoleCredentials, "credential-process --team acme --profile admin"),
        (Operation::ListAccounts, "profile discover acme"),
        (Operation::StartDeviceAuthorization, "login acme --no-open"),
    ] {
        refuse(operation);
        assert_ne!(harmless(stage.run(line)).status, 0, "{line}");
    }
    refuse(Operation::InitiateAuth);
    harmless(stage.pipe("login pool --username ann --password-stdin", DEMO_PASSWORD)).fails(8, "SERVER-REFUSED");
}

// F151
#[test]
fn what_stands_in_files_arguments_and_variables_acts_on_nothing() {
    let stage = Stage::demo();
    stage.log_in_to_pool("pool");
    let quoted = HOSTILE.chars().map(|c| format!("\\U{:08x}", u32::from(c))).collect::<String>();
    let good = fs::read_to_string(stage.config()).unwrap();
    let facts = fs::read_to_string(stage.state().join("facts.json")).unwrap();
    let lines = ["status", "team list", "team list --json", "team show pool", "profile list", "env pool", "renew pool"];
    let all = || lines.iter().for_each(|line| drop(harmless(stage.run(line))));
    for bad in [
        format!("{good}\n[team.\"{quoted}\"]\nprovider = \"cognito\"\n"),
        format!("{good}\n[team.other]\nprovider = \"{quoted}\"\n"),
        format!("{good}\n[team.other]\nprovider = \"aws-sso\"\nregion = \"{quoted}\"\nstart-url = \"{quoted}\"\n"),
        format!("{good}\n\"{quoted}\" = \"x\"\n"),
        format!("{good}\n[team.other {HOSTILE}\n"),
    ] {
        fs::write(stage.config(), bad).unwrap();
        all();
        harmless(stage.run("team show other"));
    }
    fs::write(stage.config(), good).unwrap();
    let inside = serde_json::to_string(HOSTILE).unwrap();
    fs::write(stage.state().join("facts.json"), facts.replace("\"ann\"", &inside).replace("\"pool\"", &inside))
        .unwrap();
    all();
    harmless(stage.run("status --prompt"));
    let aws = stage.home().join(".aws");
    fs::create_dir_all(&aws).unwrap();
    let sso = "sso_start_url = https://a.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111111111111";
    let hostile = HOSTILE.replace(['\r', '\n'], "");
    let profiles =
        format!("[profile {hostile}]\n{sso}\nsso_role_name = Admin\n[profile b]\n{sso}\nsso_role_name = {hostile}\n");
    fs::write(aws.join("config"), profiles).unwrap();
    harmless(stage.run("import"));
    for words in [["login", &hostile], ["team", &hostile], ["token", &hostile], ["renew", &hostile]] {
        harmless(Done::of(&stage.command("").args(words).output().unwrap()));
    }
    harmless(Done::of(&stage.command("status").env("IOT_TEAM", HOSTILE).output().unwrap()));
    harmless(Done::of(&stage.command("token").env("IOT_TEAM", HOSTILE).output().unwrap()));
}
