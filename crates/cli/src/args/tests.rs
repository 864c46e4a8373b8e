//! That the command line is whole: each argument has its sentence, each example can be pasted.
#![allow(clippy::unwrap_used)]

use super::*;
use clap::CommandFactory;

#[test]
fn the_command_line_is_well_formed() {
    Cli::command().debug_assert();
}

/// Every command that can be typed, with the words that lead to it.
fn all(command: &clap::Command, path: &str) -> Vec<(String, clap::Command)> {
    let below = command.get_subcommands().filter(|one| one.get_name() != "help");
    let below = below.flat_map(|one| all(one, &format!("{path} {}", one.get_name())));
    std::iter::once((path.to_owned(), command.clone())).chain(below).collect()
}

// F228
#[test]
fn each_argument_has_its_sentence() {
    for (path, command) in all(&Cli::command(), "keyfob") {
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some_and(|help| !help.to_string().is_empty()), "{path}: {argument}");
        }
    }
}

// F228
#[test]
fn each_command_has_an_example_that_can_be_pasted() {
    for (path, command) in all(&Cli::command(), "keyfob") {
        let help = command.clone().term_width(80).render_help().to_string();
        let (_, examples) = help.split_once("Example").unwrap_or_else(|| panic!("{path} has no example:\n{help}"));
        let lines = examples.replace("\\\n", " ");
        let lines: Vec<&str> = lines.lines().filter_map(|line| line.strip_prefix("  ")).collect();
        assert!(!lines.is_empty() && examples.lines().all(|line| line.chars().count() <= 80), "{path}:\n{help}");
        for line in lines {
            let words = line.split_once("keyfob ").map(|(_, rest)| rest.split([')', '|']).next().unwrap());
            let words = words.unwrap_or_else(|| panic!("{line}")).split_whitespace();
            let typed = Cli::try_parse_from(std::iter::once("keyfob").chain(words));
            assert!(typed.is_ok(), "{path}: {line}: {}", typed.unwrap_err());
        }
    }
}

#[test]
fn times_are_read_the_way_people_write_them() {
    assert_eq!(duration("15m").unwrap(), Duration::from_secs(900));
    assert_eq!(duration("1h30m").unwrap(), Duration::from_secs(5400));
    assert_eq!(duration("90").unwrap(), Duration::from_secs(90));
    for bad in ["", "soon", "-5m", "1d5"] {
        assert!(duration(bad).is_err(), "{bad}");
    }
}

#[test]
fn each_secret_setting_has_a_flag_that_reads_it_from_stdin() {
    for about in keyfob_providers::registry().iter().map(|provider| provider.about()) {
        for field in about.fields.iter().filter(|field| field.secret) {
            let flag = format!("--{}-stdin", field.key);
            let typed = Cli::try_parse_from(["keyfob", "team", "edit", "acme", &flag]);
            let Ok(Cli { command: Command::Team(TeamCommand::Edit { secret, .. }) }) = typed else { panic!("{flag}") };
            assert_eq!(secret.key(), Some(field.key));
        }
    }
}
