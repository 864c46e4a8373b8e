//! Bad input: each has its problem with a code, words and a next step, and nothing is lost.

use std::fs;

use keyfob_sandbox::{Fault, Operation, What};

use crate::stage::Stage;

#[test]
fn settings_that_cannot_be_right_are_named() {
    let stage = Stage::new();
    let add = "team add x --provider";
    stage.run(&format!("{add} nope")).fails(2, "PROVIDER-UNKNOWN");
    let said = stage.run(&format!("{add} aws-sso --set region=eu-west-1")).fails(2, "SETTING-MISSING");
    assert!(said.contains("start-url"), "{said}");
    let cases = [
        ("aws-sso --set region=eu-west-1 --set start-url=http://corp.example/start", "SETTING-MALFORMED"),
        ("aws-sso --set region=EUROPE --set start-url=https://corp.example/start", "SETTING-MALFORMED"),
        (
            "aws-sso --set region=eu-west-1 --set start-url=https://corp.example/start --set colour=red",
            "SETTING-UNKNOWN",
        ),
        ("cognito --set region=eu-west-1 --set user-pool-id=pool --set client-id=abc", "SETTING-MALFORMED"),
        (
            "cognito --set region=eu-west-1 --set user-pool-id=us-east-1_AbCdEfGhI --set client-id=abc",
            "SETTING-MALFORMED",
        ),
        ("cognito --set region", "SETTING-MALFORMED"),
    ];
    for (settings, code) in cases {
        stage.run(&format!("{add} {settings}")).fails(2, code);
    }
    stage
        .run("team add ../x --provider aws-sso --set start-url=https://a.example/ --set region=eu-west-1")
        .fails(2, "NAME-BAD");
    assert!(!stage.config().exists(), "something was written");
    assert_eq!(stage.run("login --nonsense").status, 2);
    assert_eq!(stage.run("").status, 2);
}

// F05, F32
#[test]
fn a_network_that_answers_for_somebody_else_ends_no_session() {
    let stage = Stage::new();
    stage.log_in_to_portal("acme");
    stage.log_in_to_pool("pool");
    let at = |what: What| {
        stage.cloud.faults().clear();
        stage.cloud.faults().add(Fault::anywhere(what).always());
    };
    let cases = [
        (What::Html200, 5, "NET-PORTAL"),
        (What::Redirect { status: 302, to: "https://portal.example/".into() }, 5, "NET-PORTAL"),
        (What::Status { status: 511, headers: vec![], body: "<html>".into() }, 5, "NET-PORTAL"),
        (What::EmptyBody, 1, "NET-UNEXPECTED"),
    ];
    for (what, status, code) in cases {
        at(what);
        stage.run("renew acme").fails(status, code);
        stage.run("renew pool").fails(status, code);
    }
    stage.cloud.faults().clear();
    stage.ok("renew acme");
    stage.ok("renew pool");
}

// F04, F06, F07
#[test]
fn answers_that_are_cut_or_endless_are_no_answers() {
    let stage = Stage::new();
    stage.log_in_to_pool("pool");
    let on = |what: What| stage.cloud.faults().add(Fault::on(Operation::InitiateAuthRefresh, what).times(2));
    for what in [What::ResetAfter { bytes: 40 }, What::CutBody, What::HugeBody { bytes: 1 << 30 }] {
        stage.cloud.faults().clear();
        on(what.clone());
        let done = stage.run("renew pool");
        assert!(done.status == 5 || done.status == 1, "{what:?}: {}", done.err);
        assert!(done.err.contains("NET-"), "{what:?}: {}", done.err);
        assert_eq!(stage.status_of("pool")["renews"], true);
    }
    stage.cloud.faults().clear();
    stage.ok("renew pool");
}

// F13
#[test]
fn a_server_that_asks_for_rest_is_told_so() {
    let stage = Stage::new();
    stage.log_in_to_pool("pool");
    stage.cloud.faults().add(
        Fault::on(
            Operation::InitiateAuthRefresh,
            What::Error {
                kind: "TooManyRequestsException".into(),
                message: "slow".into(),
                status: 400,
                headers: vec![],
            },
        )
        .times(3),
    );
    stage.run("renew pool").fails(5, "NET-BUSY");
}

#[test]
fn too_many_tries_are_not_tried_once_more() {
    let stage = Stage::new();
    stage.add_pool("pool", keyfob_sandbox::SRP_CLIENT);
    stage.cloud.faults().add(Fault::on(
        Operation::RespondToAuthChallenge,
        What::Error {
            kind: "NotAuthorizedException".into(),
            message: "Password attempts exceeded".into(),
            status: 400,
            headers: vec![],
        },
    ));
    let begun = stage.cloud.count(Operation::InitiateAuth);
    stage.pipe("login pool --username ann --password-stdin", "wrong").fails(8, "TOO-MANY-TRIES");
    assert_eq!(stage.cloud.count(Operation::InitiateAuth), begun + 1);
}

// F01
#[test]
fn being_offline_is_told_and_shown_and_ends_nothing() {
    let stage = Stage::new();
    stage.log_in_to_pool("pool");
    // Nobody listens on the discard port of loopback.
    stage.ok("team edit pool --set endpoint=http://127.0.0.1:9");
    stage.run("renew pool").fails(5, "NET-OFFLINE");
    let status = stage.status_of("pool");
    assert_eq!(status["health"], "offline");
    assert_eq!(status["problem"]["code"], "NET-OFFLINE");
    stage.ok("token pool");
    stage.ok(&format!("team edit pool --set endpoint={}", stage.cloud.url()));
    stage.ok("renew pool");
    assert_eq!(stage.status_of("pool")["health"], "fresh");
}

#[test]
fn an_https_address_that_is_not_is_refused_before_a_secret_is_sent() {
    let stage = Stage::new();
    let said = stage
        .run("team add x --provider cognito --set region=eu-west-1 --set user-pool-id=eu-west-1_AbCdEfGhI --set client-id=abc --set endpoint=http://cognito.example")
        .fails(2, "SETTING-MALFORMED");
    assert!(said.contains("endpoint"), "{said}");
}

#[test]
fn every_file_we_read_may_be_garbage() {
    let stage = Stage::new();
    stage.log_in_to_pool("pool");
    let good = fs::read(stage.config()).unwrap();
    for bytes in [&b"\xff\xfe\x00"[..], b"[[[", b"version = 99\n", &vec![b'a'; 2 << 20]] {
        fs::write(stage.config(), bytes).unwrap();
        let _ = fs::remove_file(stage.state().join("config.good.toml"));
        let done = stage.run("token pool");
        assert_eq!(done.status, 1, "{}", done.err);
        assert!(done.err.contains("config.toml"), "{}", done.err);
        assert_eq!(fs::read(stage.config()).unwrap(), bytes, "a file we cannot read was changed");
    }
    fs::write(stage.config(), good).unwrap();
    for bytes in [&b"{"[..], b"null", b"{\"version\":1,\"teams\":{\"NOT AN ID\":{}}}", &vec![b'a'; 2 << 20]] {
        fs::write(stage.state().join("facts.json"), bytes).unwrap();
        stage.ok("token pool");
        fs::write(stage.state().join("facts.json"), bytes).unwrap();
        stage.ok("status");
    }
}

// F64
#[test]
fn a_pipe_or_a_folder_in_place_of_a_file_is_refused_without_waiting() {
    let stage = Stage::new();
    stage.add_portal("acme");
    fs::remove_file(stage.config()).unwrap();
    let _ = fs::remove_file(stage.state().join("config.good.toml"));
    assert!(std::process::Command::new("mkfifo").arg(stage.config()).status().unwrap().success());
    stage.run("status").fails(1, "FILE-KIND");
    fs::remove_file(stage.config()).unwrap();
    fs::create_dir(stage.config()).unwrap();
    stage.run("status").fails(1, "FILE-KIND");
}

// F63
#[test]
fn a_config_kept_among_dotfiles_stays_a_link() {
    let stage = Stage::new();
    stage.add_portal("acme");
    let real = stage.home().join("dotfiles.toml");
    fs::rename(stage.config(), &real).unwrap();
    std::os::unix::fs::symlink(&real, stage.config()).unwrap();
    stage.ok("team pin acme");
    assert!(fs::symlink_metadata(stage.config()).unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("pinned = true"));
}

// F68
#[test]
fn without_a_home_there_is_a_sentence_and_no_shared_folder() {
    let stage = Stage::new();
    let done = stage.command("status").env_remove("HOME").output().unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(1));
    assert!(said.contains("HOME"), "{said}");
}

// F77
#[test]
fn a_reader_that_went_away_is_no_crash() {
    let stage = Stage::new();
    stage.add_portal("acme");
    let mut child = stage.command("team list").spawn().unwrap();
    drop(child.stdout.take());
    let done = child.wait_with_output().unwrap();
    assert!(!String::from_utf8_lossy(&done.stderr).contains("panicked"));
}
