//! The person's environment: what it says is obeyed, or refused by its name, and named where it is the cause.

use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::process::Command;

use keyfob_sandbox::SRP_CLIENT;
use keyfob_tests::support::peers::keyfob;
use keyfob_tests::support::stage::{Done, Stage};

fn with(stage: &Stage, variables: &[(&str, &str)], line: &str) -> Done {
    Done::of(&stage.command(line).envs(variables.iter().copied()).output().unwrap())
}

/// An address of this machine where nobody listens.
fn nobody() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

// F211
#[test]
fn help_and_version_need_no_home() {
    let bare = |line: &str| Done::of(&Command::new(keyfob()).args(line.split(' ')).env_clear().output().unwrap());
    let commands = "team profile provider import login account logout renew status env token credential-process demo";
    let lines = commands.split(' ').map(|command| format!("{command} --help"));
    let more = ["--version", "-V", "--help", "-h", "help", "help login", "team add --help", "team help add"];
    for line in lines.chain(more.map(str::to_owned)) {
        let done = bare(&line);
        assert_eq!((done.status, done.err.as_str()), (0, ""), "{line}");
        assert!(!done.out.is_empty(), "{line}");
    }
    assert_eq!(bare("login --nonsense").status, 2);
    assert!(bare("login --nonsense").err.contains("--nonsense"));
    let refused = bare("status");
    assert!(refused.err.contains("NO-HOME") && refused.err.contains("HOME is not set"), "{}", refused.err);
}

// F212
#[test]
fn a_variable_that_is_the_cause_is_named_with_its_value() {
    let stage = Stage::demo();
    stage.ok("team add acme --provider aws-sso --set start-url=https://acme.awsapps.com/start --set region=eu-west-1");
    stage.add_pool("pool", SRP_CLIENT);
    let (nobody, missing) = (nobody(), stage.home().join("corp.pem").display().to_string());
    let (http, bus) = (format!("http://{nobody}"), format!("unix:path={}/no-bus", stage.home().display()));
    let login = "login acme --no-open";
    for (variable, value, line, status, named) in [
        (
            "IOT_TEAM",
            "amce",
            "env",
            7,
            "IOT_TEAM says `amce`, and there is no such team (TEAM-UNKNOWN)\n  Did you mean acme?".to_owned(),
        ),
        ("IOT_TEAM", "\"pool\"", "token", 7, "IOT_TEAM says `\"pool\"`, and there is no such team".to_owned()),
        ("HTTPS_PROXY", http.as_str(), login, 5, format!("HTTPS_PROXY names {nobody}, and it cannot be reached.")),
        ("all_proxy", &format!("socks5h://{nobody}/"), login, 5, format!("all_proxy names {nobody}, and it cannot")),
        ("https_proxy", "'http://p:1'", login, 2, "https_proxy cannot be used".to_owned()),
        (
            "AWS_CA_BUNDLE",
            &missing,
            login,
            2,
            format!("AWS_CA_BUNDLE cannot be used (ENV-UNUSABLE)\n  {missing}: No such file"),
        ),
        ("AWS_ENDPOINT_URL", &http, login, 5, format!("{nobody} (from AWS_ENDPOINT_URL) cannot be reached")),
        ("AWS_ENDPOINT_URL_SSO_OIDC", &http, login, 5, "Check AWS_ENDPOINT_URL_SSO_OIDC, or take it away".to_owned()),
        (
            "AWS_ENDPOINT_URL_SSO_OIDC",
            "oidc.test",
            login,
            2,
            "acme: AWS_ENDPOINT_URL_SSO_OIDC is not an address".to_owned(),
        ),
        ("AWS_USE_FIPS_ENDPOINT", "on", login, 2, "acme: AWS_USE_FIPS_ENDPOINT is neither true nor false".to_owned()),
        ("DBUS_SESSION_BUS_ADDRESS", &bus, login, 6, format!("DBUS_SESSION_BUS_ADDRESS says `{bus}`")),
    ] {
        let done = with(&stage, &[(variable, value)], line);
        assert_eq!(done.status, status, "{variable}={value}: {}", done.err);
        assert!(done.err.contains(&named), "{variable}={value}: {}", done.err);
    }
    let runtime = stage.home().join("other").display().to_string();
    let told = with(&stage, &[("DBUS_SESSION_BUS_ADDRESS", ""), ("XDG_RUNTIME_DIR", &runtime)], login).err;
    assert!(told.contains(&format!("XDG_RUNTIME_DIR leads to {runtime}/bus, which is not there")), "{told}");
    // Without it, and with a file for a folder, the same.
    fs::write(stage.home().join("file"), "").unwrap();
    let file = stage.home().join("file").display().to_string();
    let told = with(
        &stage,
        &[("XDG_CONFIG_HOME", &file)],
        "team add x --provider aws-sso --set start-url=https://a.awsapps.com/start --set region=eu-west-1",
    )
    .err;
    assert!(told.contains(&format!("XDG_CONFIG_HOME says `{file}`")), "{told}");
}

// F208
#[test]
fn the_shell_is_found_behind_whatever_runs_the_command() {
    let stage = Stage::demo();
    stage.add_portal("acme");
    let program = keyfob().display().to_string();
    fs::write(stage.home().join("Makefile"), format!("all:\n\t@{program} env acme\n")).unwrap();
    let path = std::env::var("PATH").unwrap();
    for (shell, line) in
        [("bash", "export IOT_TEAM=acme\n"), ("fish", "set -gx IOT_TEAM acme\n"), ("tcsh", "setenv IOT_TEAM acme;\n")]
    {
        for wrapper in ["", "timeout 60 ", "env nohup nice timeout 60 "] {
            for run in [format!("{wrapper}{program} env acme"), format!("{wrapper}make -s")] {
                let mut command = Command::new(shell);
                command.args(["-c", &format!("{run}; true")]).env_clear().envs(&stage.env).env("PATH", &path);
                let done = Done::of(&command.env("SHELL", "/bin/elvish").current_dir(stage.home()).output().unwrap());
                assert_eq!(done.out, line, "{shell} {run}: {}", done.err);
            }
        }
    }
    for (name, line) in [("/bin/bash", "export IOT_TEAM=acme\n"), ("powershell", "$env:IOT_TEAM = 'acme'\n")] {
        assert_eq!(stage.ok(&format!("env acme --shell {name}")), line);
    }
    let refused = stage.run("env acme --shell xonsh");
    assert!(refused.status == 2 && refused.err.contains("It is one of bash, zsh, sh, fish"), "{}", refused.err);
}

// F208
#[test]
fn nobody_gets_another_shells_lines_at_a_shell_that_none_are_written_for() {
    let stage = Stage::demo();
    stage.add_portal("acme");
    // The system calls a program by its file.
    let xonsh = stage.home().join("xonsh");
    fs::copy("/bin/bash", &xonsh).unwrap();
    let mut command = Command::new(&xonsh);
    command.args(["-c", &format!("{} env acme; true", keyfob().display())]).env_clear().envs(&stage.env);
    let done = Done::of(&command.output().unwrap());
    assert_eq!(done.out, "");
    assert!(done.err.contains("You sit at xonsh") && done.err.contains("bash, zsh, sh, fish"), "{}", done.err);
}

// F209
#[test]
fn values_in_any_encoding_are_used_as_they_are_or_refused_by_name() {
    let stage = Stage::demo();
    stage.add_portal("acme");
    let latin = OsStr::from_bytes(b"gr\xfcn");
    for variable in ["IOT_TEAM", "HTTPS_PROXY", "AWS_ENDPOINT_URL", "AWS_USE_FIPS_ENDPOINT", "DBUS_SESSION_BUS_ADDRESS"]
    {
        let line = if variable == "IOT_TEAM" { "env" } else { "login real --no-open" };
        stage
            .run("team add real --provider aws-sso --set start-url=https://a.awsapps.com/start --set region=eu-west-1");
        let done = Done::of(&stage.command(line).env(variable, latin).output().unwrap());
        assert!(done.status != 0 && done.err.contains(variable), "{variable}: {}", done.err);
        assert!(done.err.contains("not UTF-8 text"), "{variable}: {}", done.err);
    }
    let refused = Done::of(&stage.command("login").arg(latin).output().unwrap());
    assert!(refused.status == 2 && refused.err.contains("UTF-8"), "{}", refused.err);

    for variable in ["HOME", "XDG_CONFIG_HOME"] {
        let folder = stage.home().join(OsStr::from_bytes(&[b"gr\xfcn-", variable.as_bytes()].concat()));
        fs::create_dir(&folder).unwrap();
        let run = |line: &str| {
            let mut command = stage.command(line);
            command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_STATE_HOME").env(variable, &folder);
            Done::of(&command.output().unwrap())
        };
        assert!(!run("team list").out.contains("acme"), "{variable}");
        run("team add there --provider aws-sso --set start-url=https://a.awsapps.com/start --set region=eu-west-1")
            .ok();
        let config = if variable == "HOME" { ".config/keyfob/config.toml" } else { "keyfob/config.toml" };
        assert!(folder.join(config).exists(), "{variable}");
        assert!(run("team list").ok().contains("there"), "{variable}");
    }
    // A bundle of certificates in such a place is looked for there.
    let bundle = std::ffi::OsString::from_vec(b"/nowhere/gr\xfcn.pem".to_vec());
    let done = Done::of(&stage.command("login real --no-open").env("AWS_CA_BUNDLE", bundle).output().unwrap());
    assert!(done.err.contains("AWS_CA_BUNDLE cannot be used"), "{}", done.err);
}
