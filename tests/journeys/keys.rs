//! Access keys: in by stdin, traded with a code, and out of the file that held them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use keyfob_sandbox::{BOT_KEY, KEY_SECRET, KIM_KEY, KIM_MFA, Operation};
use keyfob_tests::support::stage::Stage;
use serde_json::Value;

fn add(stage: &Stage, name: &str, key: &str, more: &str) {
    let url = stage.cloud.url();
    let line = format!(
        "team add {name} --provider aws-keys --set access-key-id={key} --set sts-endpoint={url} --secret-access-key-stdin {more}"
    );
    stage.pipe(&line, KEY_SECRET).ok();
}

fn kim(stage: &Stage) {
    add(stage, "kim", KIM_KEY, &format!("--set mfa-serial={KIM_MFA}"));
}

fn code(stage: &Stage) -> String {
    stage.cloud.totp("kim").unwrap()
}

#[test]
fn a_key_from_stdin_and_a_code_from_the_command_line_log_a_script_in() {
    let stage = Stage::demo();
    kim(&stage);
    // Nobody is here to read a code.
    stage.run("login kim").fails(4, "PERSON-NEEDED");
    stage.run("login kim --code 000000").fails(8, "CODE-WRONG");
    stage.ok(&format!("login kim --code {}", code(&stage)));
    let status = stage.status_of("kim");
    assert_eq!((status["who"].as_str(), status["health"].as_str()), (Some("kim"), Some("fresh")));
    // It has a profile of its own name, which needs nothing else.
    let made: Value = serde_json::from_str(&stage.ok("credential-process --team kim --profile kim")).unwrap();
    assert!(made["AccessKeyId"].as_str().unwrap().starts_with("ASIA"), "{made}");
    let asked = stage.cloud.count(Operation::GetSessionToken);
    stage.ok("credential-process --team kim --profile kim");
    assert_eq!(stage.cloud.count(Operation::GetSessionToken), asked);
    assert!(!stage.all_files().contains(KEY_SECRET));
    stage.ok("logout kim --forget");
    // The key is a setting, which outlives what was kept of a person.
    assert!(stage.run("login kim --code 000000").fails(8, "CODE-WRONG").contains("Each code works once"));
}

#[test]
fn without_a_device_nobody_is_asked_and_the_session_renews_itself() {
    let stage = Stage::demo();
    add(&stage, "bot", BOT_KEY, "");
    stage.ok("login bot");
    stage.ok("renew bot");
    assert_eq!(stage.status_of("bot")["who"], "bot");
    stage.cloud.change(|setup| setup.users.iter_mut().for_each(|user| user.key_is_off = true));
    let said = stage.run("renew bot").fails(8, "KEY-UNKNOWN");
    assert!(said.contains(BOT_KEY) && said.contains("--secret-access-key-stdin"), "{said}");
    stage.run("team edit bot --set secret-access-key=oops").fails(2, "SECRET-IN-ARGV");
    stage.pipe("team edit bot --secret-access-key-stdin", "another").ok();
    stage.cloud.change(|setup| setup.users.iter_mut().for_each(|user| user.key_is_off = false));
    stage.run("login bot").fails(8, "KEY-SECRET-WRONG");
}

// F303
#[test]
fn a_secret_that_is_missing_is_told_with_the_flag_that_takes_it() {
    let stage = Stage::demo();
    let line = format!("team add bot --provider aws-keys --set access-key-id={BOT_KEY}");
    let said = stage.run(&line).fails(2, "SETTING-MISSING");
    assert!(said.contains("--secret-access-key-stdin"), "{said}");
    stage.add_portal("acme");
    let said = stage.pipe("team edit acme --secret-access-key-stdin", "x").fails(2, "SETTING-UNKNOWN");
    assert!(said.contains("start-url"), "{said}");
}

// F300
#[test]
fn at_a_terminal_a_used_code_is_asked_for_again_in_words() {
    let stage = Stage::demo();
    kim(&stage);
    let used = code(&stage);
    stage.ok(&format!("login kim --code {used}"));
    let mut terminal = stage.terminal("login kim");
    terminal.wait_for("Code from your authenticator app (as kim):");
    terminal.press(&format!("{used}\r"));
    terminal.wait_for("Each works once: wait for the next one.");
    // The next one is shown within half a minute.
    let late = Instant::now() + Duration::from_secs(60);
    while code(&stage) == used && Instant::now() < late {
        stage.cloud.shift(30);
    }
    terminal.press(&format!("{}\r", code(&stage)));
    terminal.wait_for("Logged in to kim");
}

const CONFIG: &str = "[profile dev]\nregion = eu-west-1\nmfa_serial = arn:aws:iam::111111111111:mfa/kim\n";

fn files(stage: &Stage) -> String {
    let folder = stage.home().join(".aws");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config"), CONFIG).unwrap();
    let text = format!(
        "# keep\r\n[other]\naws_access_key_id = AKIAOTHER0000000000X\naws_secret_access_key = other/secret\n\n[dev]\n\taws_access_key_id={KIM_KEY}\n# mine\n\taws_secret_access_key={KEY_SECRET}\noutput = json"
    );
    let credentials = folder.join("credentials");
    fs::write(&credentials, &text).unwrap();
    fs::set_permissions(&credentials, fs::Permissions::from_mode(0o640)).unwrap();
    text
}

fn credentials(stage: &Stage) -> String {
    fs::read_to_string(stage.home().join(".aws/credentials")).unwrap()
}

// F304, F305
#[test]
fn keys_leave_their_file_for_the_keychain_and_come_back_byte_for_byte() {
    let stage = Stage::demo();
    let before = files(&stage);
    assert!(stage.run("import --dry-run").ok_with_words().1.contains("`keyfob import --from aws-credentials`"));

    // Teams are named after their profiles, and no key is taken in unasked.
    let (_, said) = stage.run("import --from aws-credentials --yes").ok_with_words();
    assert!(said.contains("No key was taken in.") && said.contains("--take-keys"), "{said}");
    assert_eq!(credentials(&stage), before);
    stage.run("login dev --code 123456").fails(2, "SETTING-MISSING");

    // Looking changes nothing and shows no secret.
    let (out, said) = stage.run("import --from aws-credentials --take-keys --dry-run").ok_with_words();
    let line = format!("credential_process = {} credential-process --team dev --profile dev", stage.program.display());
    for part in [&format!("7 - aws_access_key_id = {KIM_KEY}"), "9 - aws_secret_access_key = …", &format!("+ {line}")]
    {
        assert!(said.contains(part), "no {part} in {said}");
    }
    assert!(!said.contains(KEY_SECRET) && !out.contains(KEY_SECRET));
    stage.run("import --from aws-credentials --take-keys").fails(4, "REVIEW-NEEDED");
    assert_eq!(credentials(&stage), before);

    stage.ok("import --from aws-credentials --take-keys --yes");
    let after = credentials(&stage);
    let keys = format!("\taws_access_key_id={KIM_KEY}\n# mine\n\taws_secret_access_key={KEY_SECRET}\n");
    assert!(!after.contains("other/secret"));
    assert!(after.contains(&format!("[dev]\n{line}\n# mine\noutput = json")), "{after}");
    assert!(!stage.all_files().contains(KEY_SECRET) && before.contains(&keys));
    let mode = fs::metadata(stage.home().join(".aws/credentials")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    stage.ok(&format!("team edit dev --set sts-endpoint={}", stage.cloud.url()));
    stage.ok(&format!("login dev --code {}", code(&stage)));
    // What was made of keys is not gone because the keys are.
    assert!(stage.run("import --yes --prune").err.contains("Nothing"), "the profile went");

    // Whoever removes the team is told what goes with it.
    let mut terminal = stage.terminal("team remove dev");
    terminal.wait_for("`keyfob import --undo` puts them back first.");
    terminal.press("n\r");
    terminal.wait_for("Nothing was removed.");

    // Others may write meanwhile.
    fs::write(stage.home().join(".aws/credentials"), after.replace("# keep", "# kept")).unwrap();
    stage.ok("import --undo");
    assert_eq!(credentials(&stage), before.replace("# keep", "# kept"));
    let (_, said) = stage.run("import --undo").ok_with_words();
    assert!(said.contains("nothing to take back"), "{said}");
}

// F305
#[test]
fn what_went_another_time_comes_back_too_and_nothing_comes_back_twice() {
    let stage = Stage::demo();
    files(&stage);
    let before = credentials(&stage);
    stage.ok("import --from aws-credentials --take-keys --yes");
    // Somebody writes the same keys into another place, and has them taken again.
    let config = stage.home().join(".aws/config");
    let keys = format!("aws_access_key_id = {KIM_KEY}\naws_secret_access_key = {KEY_SECRET}\n");
    let with_keys = format!("{}[profile again]\n{keys}", fs::read_to_string(&config).unwrap_or_default());
    fs::write(&config, &with_keys).unwrap();
    stage.ok("import --from aws-credentials --take-keys --yes");
    assert!(!stage.all_files().contains(KEY_SECRET));
    // The second one cannot come back: the first one waits, and comes back later with it.
    let taken = fs::read_to_string(&config).unwrap();
    fs::write(&config, "").unwrap();
    stage.run("import --undo").fails(1, "KEYS-NOT-BACK");
    fs::write(&config, taken).unwrap();
    stage.ok("import --undo");
    assert_eq!((credentials(&stage), fs::read_to_string(&config).unwrap()), (before, with_keys));
}

// F305
#[test]
fn lines_that_cannot_be_put_back_are_told_and_the_file_stays() {
    let stage = Stage::demo();
    files(&stage);
    stage.ok("import --from aws-credentials --take-keys --yes");
    fs::write(stage.home().join(".aws/credentials"), "[dev]\nregion = eu-west-1\n").unwrap();
    let said = stage.run("import --undo").fails(1, "KEYS-NOT-BACK");
    assert!(said.contains("still in the keychain"), "{said}");
    assert_eq!(credentials(&stage), "[dev]\nregion = eu-west-1\n");
}
