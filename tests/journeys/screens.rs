//! What a person sees at a terminal: the code that stays, the echo that comes back, the questions, the colours.

use std::io::Read;
use std::process::{Command, Stdio};

use keyfob_sandbox::DEMO_PASSWORD;
use keyfob_tests::support::stage::Stage;
use keyfob_tests::support::terminal::Terminal;

const QR: char = '▀';

/// A terminal of this size, and the program on it.
fn sized(stage: &Stage, rows: u16, columns: u16, line: &str) -> Terminal {
    let command = format!("stty rows {rows} cols {columns}; {} {line}", stage.program.display());
    Terminal::start(&command, stage.home(), &stage.env)
}

// F220
#[test]
fn the_code_is_in_the_last_line_and_a_picture_only_where_all_of_it_fits() {
    let mut stage = Stage::demo();
    stage.add_portal("acme");
    for (rows, columns, drawn) in [(24, 80, false), (10, 80, false), (12, 40, false), (60, 30, false), (60, 100, true)]
    {
        stage.env.insert("TERM".into(), "xterm-256color".into());
        let shown = code_stays(&stage, rows, columns);
        assert_eq!(shown.contains(QR), drawn, "{rows}×{columns}: {shown}");
    }
    for (name, value) in [("TERM", "dumb"), ("LC_ALL", "C"), ("NO_COLOR", "1")] {
        stage.env.insert(name.into(), value.into());
        let shown = code_stays(&stage, 60, 100);
        assert!(!shown.contains(QR), "{name}={value}: {shown}");
        stage.env.remove(name);
    }
}

/// Logs in as far as the page is waited for, and returns what was shown up to there.
fn code_stays(stage: &Stage, rows: u16, columns: u16) -> String {
    let mut terminal = sized(stage, rows, columns, "login acme --no-open");
    let shown = terminal.wait_for("Check that the page shows this code:");
    let shown = shown + &terminal.wait_for("if the codes match");
    let code = shown.lines().map(str::trim).find(|line| line.len() == 9 && line.as_bytes()[4] == b'-').unwrap();
    let code = code.to_owned();
    terminal.wait_for(&format!("Code {code}. Waiting for"));
    terminal.press("\x03");
    terminal.wait_for("cancelled");
    assert_eq!(terminal.status(), 130);
    shown
}

// F221
#[test]
fn the_echo_comes_back_however_a_prompt_ends() {
    let stage = Stage::demo();
    stage.add_pool("pool", keyfob_sandbox::SRP_CLIENT);
    let echo = "stty -a | grep -ow -e '-*echo' | sed s/^/is:/";
    for (signal, how) in [("TERM", "143"), ("HUP", "129"), ("INT", "130"), ("QUIT", "131")] {
        // The shell between them outlives the signal, as a script of somebody's does.
        let script = format!(
            "trap '' TERM HUP QUIT; trap : INT; {} login pool --username ann & echo \"at $!\"; fg >/dev/null; echo \"ended $?\"; {echo}",
            stage.program.display()
        );
        let mut terminal = Terminal::start(&format!("bash -mc {}", quoted(&script)), stage.home(), &stage.env);
        terminal.wait_for("at ");
        let pid = terminal.wait_for("\n").trim().to_owned();
        terminal.wait_for("Password of ann: ");
        Command::new("kill").args([&format!("-{signal}"), &pid]).status().unwrap();
        terminal.wait_for(&format!("ended {how}"));
        terminal.wait_for("is:");
        assert_eq!(terminal.wait_for("\n").trim(), "echo", "after {signal}");
        terminal.status();
    }
}

// F221
#[test]
fn whoever_stops_at_a_prompt_has_the_echo_meanwhile_and_finds_the_prompt_again() {
    let stage = Stage::demo();
    stage.add_pool("pool", keyfob_sandbox::SRP_CLIENT);
    let mut terminal = Terminal::start("dash -i", stage.home(), &stage.env);
    terminal.press("PS1='rea''dy> '\n");
    terminal.wait_for("ready> ");
    terminal.press(&format!("{} login pool --username ann\n", stage.program.display()));
    terminal.wait_for("Password of ann: ");
    terminal.press("\x1a");
    terminal.wait_for("ready> ");
    terminal.press("stty -a | grep -ow -e '-*echo'; echo do''ne\n");
    let modes = terminal.wait_for("done");
    assert!(modes.contains("\necho") && !modes.contains("\n-echo"), "{modes}");
    terminal.press("fg\n");
    terminal.wait_for("Password of ann: ");
    terminal.press(&format!("{DEMO_PASSWORD}\n"));
    let rest = terminal.wait_for("Logged in to pool as ann");
    assert!(!rest.contains(DEMO_PASSWORD), "the password was shown");
    terminal.press("exit\n");
    terminal.status();
}

fn quoted(script: &str) -> String {
    format!("'{}'", script.replace('\'', "'\\''"))
}

// F222
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let stage = Stage::demo();
    stage.add_portal("acme");
    for line in [
        "status",
        "team list",
        "team show acme",
        "status --json",
        "provider list",
        "--help",
        "login --help",
        "env --unset",
    ] {
        let mut child = stage.command(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""), "{line}");
    }
    // Nobody reads what is said either.
    let mut child = stage.command("token acme").stderr(Stdio::piped()).spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().unwrap().code(), Some(3));
    // A disk that is full is one.
    let full = std::fs::File::create("/dev/full").unwrap();
    let said = stage.command("status").stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(said.status.code(), Some(1));
}

// F231
#[test]
fn a_person_is_asked_for_what_is_missing_and_a_script_is_told() {
    let stage = Stage::demo();
    let (url, start) = (stage.cloud.url(), stage.cloud.start_url());
    let said = stage.run("team add").fails(2, "MISSING");
    assert!(said.contains("keyfob team add acme --provider"), "{said}");
    stage.run("team add acme").fails(2, "MISSING");
    let mut terminal = stage.terminal(&format!("team add --set oidc-endpoint={url} --set portal-endpoint={url}"));
    for (prompt, typed) in [
        ("What is the team to be called? ", "acme"),
        ("How do its people log in?", ""),
        ("Which one? ", "1"),
        ("Start URL, such as", start.as_str()),
        ("Region, such as", "eu-west-1"),
    ] {
        terminal.wait_for(prompt);
        if !typed.is_empty() {
            terminal.press(&format!("{typed}\r"));
        }
    }
    terminal.wait_for("Added acme.");
    assert_eq!(terminal.status(), 0);

    stage.add_pool("pool", keyfob_sandbox::SRP_CLIENT);
    stage.run("team show").fails(2, "TEAM-WHICH");
    stage.run("token").fails(2, "TEAM-WHICH");
    let mut terminal = stage.terminal("team show");
    terminal.wait_for("Which team?");
    terminal.press("2\r");
    terminal.wait_for("cognito");
    assert_eq!(terminal.status(), 0);
    let mut terminal = stage.terminal("team edit pool");
    terminal.wait_for("Region [eu-west-1]: ");
    // A question can be left, whichever it is.
    terminal.press("\x03");
    assert_eq!(terminal.status(), 130);
}

// F232
#[test]
fn a_removal_is_asked_for_and_can_be_undone_with_profiles_and_all() {
    let stage = Stage::demo();
    stage.add_portal("acme");
    stage.ok("profile add acme admin --account 111111111111 --role Admin --region eu-north-1");
    stage
        .command("profile add acme")
        .args(["R&D (prod)", "--account", "111111111111", "--role", "Dev"])
        .status()
        .unwrap();
    stage.ok("team pin acme");
    let before = stage.ok("team show acme --json");
    let asked = stage.run("team remove acme").fails(4, "REVIEW-NEEDED");
    assert!(asked.contains("--yes"), "{asked}");
    let mut terminal = stage.terminal("team remove acme");
    terminal.wait_for("its 2 profiles");
    terminal.wait_for("Remove it? [y/N] ");
    terminal.press("\r");
    terminal.wait_for("Nothing was removed.");
    assert_eq!(terminal.status(), 0);
    assert_eq!(stage.ok("team show acme --json"), before);

    let undo = stage.run("team remove acme --yes").ok_with_words().1;
    stage.run("team show acme").fails(7, "TEAM-UNKNOWN");
    let lines: String = undo.lines().filter_map(|line| Some(line.strip_prefix("  ")?.to_owned() + "\n")).collect();
    let folder = stage.program.parent().unwrap().display();
    let done = Command::new("sh")
        .args(["-ec", &lines])
        .env_clear()
        .envs(&stage.env)
        .env("PATH", format!("{folder}:/usr/bin:/bin"))
        .current_dir(stage.home())
        .output()
        .unwrap();
    assert!(done.status.success(), "{lines}{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(stage.ok("team show acme --json"), before);
}

// F232
#[test]
fn a_profile_that_no_command_can_write_comes_back_too() {
    let stage = Stage::demo();
    stage.add_portal("acme");
    stage.ok("profile add acme admin --account 111111111111 --role Admin");
    let chained = "[team.acme.profile.deploy]\nsource-profile = \"admin\"\nassume = [{ role-arn = \"arn:aws:iam::210987654321:role/Deploy\" }]\n";
    let text = std::fs::read_to_string(stage.config()).unwrap() + chained;
    std::fs::write(stage.config(), text).unwrap();
    let before = stage.ok("team show acme --json");
    let undo = stage.run("team remove acme --yes").ok_with_words().1;
    let lines = undo.split_once("\n\n").unwrap().1;
    std::fs::write(stage.config(), lines).unwrap();
    assert_eq!(stage.ok("team show acme --json"), before);
}

// F233
#[test]
fn states_have_colours_where_a_person_looks_and_nowhere_else() {
    let mut stage = Stage::demo();
    stage.add_portal("acme");
    assert!(!stage.ok("status").contains('\u{1b}'));
    let at_terminal = |stage: &Stage| {
        let mut terminal = stage.terminal("status");
        let shown = terminal.wait_for("acme") + &terminal.wait_for("\n");
        assert_eq!(terminal.status(), 0);
        shown
    };
    assert!(at_terminal(&stage).contains("\u{1b}[2m"));
    for (name, value) in [("NO_COLOR", "1"), ("CLICOLOR", "0"), ("TERM", "dumb")] {
        stage.env.insert(name.into(), value.into());
        assert!(!at_terminal(&stage).contains('\u{1b}'), "{name}");
        stage.env.remove(name);
    }
    stage.env.insert("CLICOLOR_FORCE".into(), "1".into());
    assert!(stage.ok("status").contains('\u{1b}'));
    assert!(!stage.ok("status --json").contains('\u{1b}'));
}

// F223
#[test]
fn a_team_is_found_however_its_name_is_typed() {
    let stage = Stage::demo();
    stage.add_portal("acme");
    let run = |words: &[&str]| stage.command("team").args(words).output().unwrap().status.code();
    assert_eq!(run(&["rename", "acme", "Mu\u{308}ller हिन्दी"]), Some(0));
    assert_eq!(run(&["show", "Müller हिन्दी"]), Some(0));
    assert_eq!(run(&["pin", "Mu\u{308}ller हिन्दी"]), Some(0));
    assert!(stage.ok("team list").contains("Müller हिन्दी"));
    assert_eq!(run(&["remove", "Mu\u{308}ller हिन्दी", "--yes"]), Some(0));
}
