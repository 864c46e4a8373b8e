//! A tool that cannot go on without a person: the tray asks for one, and the tool goes on or gives up.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use keyfob_tests::support::desktop::{Notice, until};
use keyfob_tests::support::peers;

use crate::stage::Stage;

fn stage() -> Stage {
    let stage = Stage::new();
    stage.keyfob("profile add acme admin --account 111111111111 --role AdministratorAccess");
    stage
}

/// An AWS tool, as far as `credential_process` can tell.
fn tool(stage: &Stage) -> Child {
    let mut command = stage.command("python3");
    let run = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))";
    command.args(["-c", run]).arg(peers::keyfob());
    command.args(["credential-process", "--team", "acme", "--profile", "admin"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn end(child: Child) -> (Option<i32>, String, String) {
    let out = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (out.status.code(), text(out.stdout), text(out.stderr))
}

/// The notice that a tool waits, which comes while it does.
fn told_of(stage: &Stage, tool: &mut Child) -> Notice {
    let mut told = None;
    until("a notice tells of the tool", || {
        told = stage.notices().into_iter().rfind(|notice| notice.title.contains("waiting for acme"));
        if told.is_none() && tool.try_wait().unwrap().is_some() {
            let mut said = String::new();
            tool.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("it did not wait: {said}\n{}", stage.log());
        }
        told.is_some().then_some(()).ok_or_else(|| stage.log())
    });
    told.unwrap()
}

#[test]
fn a_tool_that_waits_is_told_of_and_goes_on_after_the_login() {
    let stage = stage();
    let app = stage.app();
    let mut tools = [tool(&stage), tool(&stage)];
    let said = told_of(&stage, &mut tools[0]);
    assert!(said.title.starts_with("python3"), "{said:?}");
    assert_eq!(said.actions, ["default", "Open", "0", "Log in", "1", "Cancel"]);
    assert_eq!(said.urgency, 2, "somebody waits");
    app.until_row("is waiting — log in…");
    assert_eq!(app.tray()["status"], "NeedsAttention");
    stage.press(&said, "Log in");
    app.until_row("Check the page shows  ");
    stage.cloud.approve(&stage.cloud.pending().pop().unwrap()).unwrap();
    for tool in tools {
        let (status, out, err) = end(tool);
        assert_eq!(status, Some(0), "{err}");
        assert!(out.contains("\"AccessKeyId\""), "{out}");
    }
    assert_eq!(stage.notices().iter().filter(|notice| notice.title.contains("waiting for")).count(), 1);
    assert!(!app.menu().contains("is waiting"), "{}", app.menu());
}

#[test]
fn a_tool_is_let_go_when_the_person_says_no_and_missed_when_it_is_gone() {
    let stage = stage();
    let app = stage.app();
    let mut first = tool(&stage);
    let said = told_of(&stage, &mut first);
    // It takes its `keyfob` along.
    let child = Command::new("pkill").args(["-KILL", "-P", &first.id().to_string()]).status().unwrap();
    assert!(child.success());
    first.wait().unwrap();
    until("its notice is closed", || match stage.closed() {
        closed if closed.contains(&said.number) => Ok(()),
        other => Err(format!("{other:?}")),
    });
    let second = tool(&stage);
    app.until_row("is waiting — log in…");
    app.click(&["Do not log in"]);
    let begin = Instant::now();
    let (status, out, err) = end(second);
    assert_eq!((status, out.as_str()), (Some(3), ""), "{err}");
    // It was told, and did not just lose its patience: that is nearly a minute.
    assert!(begin.elapsed() < Duration::from_secs(30), "{:?}", begin.elapsed());
    // For a while nobody is asked again.
    assert_eq!(end(tool(&stage)).0, Some(3));
    app.until_row("○ acme · Logged out");
}
