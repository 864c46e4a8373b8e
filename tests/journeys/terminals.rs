//! Setting up terminals: lines that a real shell evaluates, prompts, and status for scripts.

use std::process::Command;

use keyfob_tests::support::stage::{Done, Stage};

fn shell(stage: &Stage, program: &str, script: &str) -> Done {
    let folder = keyfob_tests::support::peers::keyfob().parent().unwrap().display().to_string();
    let output = Command::new(program)
        .args(["-c", script])
        .env_clear()
        .envs(&stage.env)
        .env("PATH", format!("{folder}:/usr/bin:/bin"))
        .current_dir(stage.home())
        .output()
        .unwrap();
    Done::of(&output)
}

#[test]
fn the_line_that_people_type_sets_up_a_shell() {
    let stage = Stage::demo();
    stage.add_portal("acme");
    stage.command("team rename acme").arg("acme prod").status().unwrap();
    let said = shell(&stage, "bash", "eval \"$(keyfob env 'acme prod')\"; echo \"<$IOT_TEAM>\"").ok();
    assert_eq!(said, "<acme prod>\n");
    let said = shell(&stage, "fish", "keyfob env 'acme prod' --shell fish | source; echo \"<$IOT_TEAM>\"").ok();
    assert_eq!(said, "<acme prod>\n");
    let undone =
        "export IOT_TEAM=x AWS_PROFILE=y; eval \"$(keyfob env --unset --shell sh)\"; echo \"<$IOT_TEAM$AWS_PROFILE>\"";
    assert_eq!(shell(&stage, "sh", undone).ok(), "<>\n");
}

#[test]
fn keys_reach_a_shell_and_a_profile_that_is_set_gives_way() {
    let stage = Stage::demo();
    stage.log_in_to_portal("acme");
    stage.ok("profile add acme admin --account 111111111111 --role AdministratorAccess --region eu-north-1");
    let script = "export AWS_PROFILE=other; eval \"$(keyfob env acme --profile admin --with aws)\"; echo \"$AWS_PROFILE|$AWS_REGION|${AWS_ACCESS_KEY_ID:0:4}|${#AWS_SECRET_ACCESS_KEY}\"";
    assert_eq!(shell(&stage, "bash", script).ok(), "|eu-north-1|ASIA|40\n");
    let token = "eval \"$(keyfob env acme --with token)\"; echo ${#KEYFOB_TOKEN}";
    assert_ne!(shell(&stage, "bash", token).ok(), "0\n");
}

#[test]
fn keys_that_would_win_over_a_profile_are_pointed_out() {
    let mut stage = Stage::demo();
    stage.add_portal("acme");
    stage.ok("profile add acme admin --account 111111111111 --role AdministratorAccess");
    assert!(!stage.run("env acme --profile admin --shell sh").err.contains("AWS_ACCESS_KEY_ID"));
    stage.env.insert("AWS_ACCESS_KEY_ID".into(), "AKIAEXAMPLE".into());
    let done = stage.run("env acme --profile admin --shell sh");
    assert!(done.err.contains("keyfob env --unset"), "{}", done.err);
}

#[test]
fn json_and_env_files_are_made_for_programs() {
    let stage = Stage::demo();
    stage.add_portal("acme");
    let json: serde_json::Value = serde_json::from_str(&stage.ok("env acme --shell json")).unwrap();
    assert_eq!(json["IOT_TEAM"], "acme");
    assert_eq!(stage.ok("env acme --shell dotenv"), "IOT_TEAM=acme\n");
    assert_eq!(stage.ok("env acme --shell pwsh"), "$env:IOT_TEAM = 'acme'\n");
    assert_eq!(stage.ok("env acme --shell cmd"), "set \"IOT_TEAM=acme\"\n");
    assert_eq!(stage.ok("env acme --shell nu"), "$env.IOT_TEAM = \"acme\"\n");
}

#[test]
fn the_team_used_last_is_meant_when_none_is_named_and_that_is_said() {
    let stage = Stage::demo();
    stage.log_in_to_pool("pool");
    stage.add_portal("acme");
    let done = stage.run("env --shell bash");
    assert_eq!(done.out, "export IOT_TEAM=pool\n");
    assert!(done.err.contains("Using pool."), "{}", done.err);
}

// F54
#[test]
fn a_shell_prompt_costs_one_small_file() {
    let stage = Stage::demo();
    stage.log_in_to_pool("pool");
    assert_eq!(stage.ok("status --prompt"), "pool 59m\n");
    let traced = Command::new("strace")
        .args(["-f", "-e", "trace=openat,connect,socket,clone,clone3", "-o", "trace"])
        .arg(keyfob_tests::support::peers::keyfob())
        .args(["status", "--prompt"])
        .env_clear()
        .envs(&stage.env)
        .current_dir(stage.home())
        .output()
        .unwrap();
    assert!(traced.status.success());
    let trace = std::fs::read_to_string(stage.home().join("trace")).unwrap();
    assert!(trace.contains("facts.json"));
    for never in ["connect(", "socket(", "clone", "config.toml", "zoneinfo"] {
        assert!(!trace.contains(never), "{never} in {trace}");
    }
}

// F227
#[test]
fn a_profile_that_no_aws_tool_finds_is_told_with_lines_that_work() {
    let mut stage = Stage::demo();
    stage.log_in_to_portal("acme");
    stage.ok("profile add acme admin --account 111111111111 --role AdministratorAccess");
    // In a folder whose name is two words, as people have them.
    let folder = stage.home().join("my tools");
    std::fs::create_dir(&folder).unwrap();
    let program = folder.join("keyfob");
    std::fs::copy(&stage.program, &program).unwrap();
    stage.program = program.clone();
    let env = "env acme --profile admin --shell sh";
    let said = stage.run(env);
    assert_eq!(said.out.lines().next(), Some("export IOT_TEAM=acme"));
    let lines = said.err.split_once("\n\n").unwrap().1;
    assert!(lines.contains(&format!("credential_process = \"{}\" credential-process", program.display())), "{lines}");

    std::fs::create_dir(stage.home().join(".aws")).unwrap();
    std::fs::write(stage.home().join(".aws/config"), lines).unwrap();
    assert_eq!(stage.run(env).err, "");
    let command = lines.lines().find_map(|line| line.strip_prefix("credential_process = ")).unwrap();
    assert!(shell(&stage, "sh", command).ok().contains("\"AccessKeyId\":\"ASIA"));

    std::fs::write(stage.home().join(".aws/credentials"), "[admin]\naws_access_key_id = AKIA\n").unwrap();
    let keys = stage.run(env).err;
    assert!(keys.contains("access keys") && keys.contains("~/.aws/credentials, line 2"), "{keys}");
    std::fs::remove_file(stage.home().join(".aws/credentials")).unwrap();
    std::fs::write(stage.home().join(".aws/config"), format!("{lines}sso_session = acme\n")).unwrap();
    let sso = stage.run(env).err;
    assert!(sso.contains("`aws sso login`") && sso.contains("in place of that section"), "{sso}");
}

// F230
#[test]
fn a_team_without_profiles_is_sent_to_no_command_that_refuses_it() {
    let stage = Stage::demo();
    stage.log_in_to_pool("pool");
    for line in [
        "env pool --with aws",
        "env pool --profile admin",
        "credential-process --team pool --profile admin",
        "profile list pool",
        "profile add pool admin",
        "profile show pool admin",
    ] {
        let said = stage.run(line);
        let said = if line.starts_with("cred") { said.err } else { said.fails(2, "PROFILE-NONE") };
        assert!(said.contains("`keyfob token pool`") && !said.contains("discover"), "{line}: {said}");
    }
    stage.ok("token pool");
    stage.ok("env pool --with token");
}
