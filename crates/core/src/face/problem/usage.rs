//! What a person asked for and cannot have as it was asked, in words.

use super::of_cause::sentence;
use crate::face::export::{Refused, sh_word};
use crate::face::phrase::capital;
use crate::words::mistake::EditError;
use crate::words::problem::{Exit, Problem, Remedy};
use crate::words::profile::Profile;
use crate::words::shell::Shell;

/// No team of that name; `near` is the closest name there is.
pub fn unknown_team(name: &str, near: Option<&str>) -> Problem {
    Problem::new("TEAM-UNKNOWN", Exit::UnknownTeam, format!("There is no team called {name}")).hint(match near {
        Some(near) => format!("Did you mean {near}? `keyfob team list` shows all."),
        None => "`keyfob team list` shows all; `keyfob team add` makes one.".into(),
    })
}

/// The same with the file that was looked in: a tool may see another home than the person does.
pub fn looked_in(problem: Problem, path: &str) -> Problem {
    problem.detail(format!("It was looked for in {path}."))
}

/// There is no team at all.
pub fn no_teams() -> Problem {
    Problem::new("TEAM-NONE", Exit::UnknownTeam, "There are no teams yet")
        .hint("Add one with `keyfob team add`, or look for some with `keyfob import`.")
}

/// No team was named and none was used before.
pub fn which_team() -> Problem {
    Problem::new("TEAM-WHICH", Exit::Usage, "Which team?")
        .hint("Name one, or set IOT_TEAM. `keyfob team list` shows all.")
}

/// A team has no profile of that name.
pub fn unknown_profile(team: &str, profile: &str, profiles: &[Profile]) -> Problem {
    Problem::new("PROFILE-UNKNOWN", Exit::Usage, format!("{team} has no profile called {profile}"))
        .hint(has_profiles(team, profiles))
}

/// Keys were asked for and it is not clear for which profile.
pub fn which_profile(team: &str, profiles: &[Profile]) -> Problem {
    Problem::new("PROFILE-WHICH", Exit::Usage, format!("Which profile of {team}?")).hint(has_profiles(team, profiles))
}

fn has_profiles(team: &str, profiles: &[Profile]) -> String {
    if profiles.is_empty() {
        return format!("It has none yet: `keyfob profile discover {}` shows what there could be.", sh_word(team));
    }
    let names: Vec<&str> = profiles.iter().map(|p| p.name.as_str()).collect();
    format!("It has: {}.", names.join(", "))
}

/// A file that is not written as it should be, with the place.
pub fn malformed_file(path: &str, line: usize, column: usize, why: &str) -> Problem {
    Problem::new("CONFIG-BROKEN", Exit::Other, format!("{path}, line {line}, column {column}: {why}"))
        .detail("Nothing was changed.")
        .hint("Mend that line, then try again.")
        .remedy(Remedy::EditConfig)
}

/// A file that was named is not there.
pub fn no_such_file(path: &str) -> Problem {
    Problem::new("FILE-NONE", Exit::Usage, format!("{path} is not there")).hint("Check the path.")
}

/// A variable names a file that is not there.
pub fn missing_by_variable(variable: &str, path: &str) -> Problem {
    Problem::new("FILE-NONE", Exit::Usage, format!("{variable} names {path}, which is not there"))
        .detail("AWS tools look there and nowhere else, so they find no profiles.")
        .hint(format!("Correct {variable}, or unset it to use the usual file."))
}

/// A file is another program's than the one it was taken for.
pub fn strange_file(path: &str, program: &str, next: &str) -> Problem {
    Problem::new("FILE-STRANGE", Exit::Usage, format!("{path} is a file of {program}")).hint(next)
}

/// A folder holds none of the files that are known.
pub fn nothing_known_in(path: &str) -> Problem {
    Problem::new("FILE-NONE", Exit::Usage, format!("{path} holds no file that Keyfob knows"))
        .hint("Name the config file of `aws`, its folder, or a folder of the `iot` CLI with a config.json in it.")
}

/// A change of the config that cannot be made.
pub fn of_edit(error: &EditError) -> Problem {
    let title = match error {
        // A name stays as people write it.
        EditError::NoProfile { .. } | EditError::ProfileTaken { .. } | EditError::Reserved(_) => error.to_string(),
        _ => capital(&error.to_string()),
    };
    let usage = |code: &str| Problem::new(code, Exit::Usage, title).detail("Nothing was changed.");
    match error {
        EditError::NoTeam(name) => unknown_team(name, None),
        EditError::Name(_) => usage("NAME-BAD").hint("Choose another name."),
        EditError::Taken(name) => usage("TEAM-TAKEN").hint(format!("See it with `keyfob team show {name}`.")),
        EditError::Alike(..) => usage("TEAM-ALIKE").hint("Choose a name that stays apart from it."),
        EditError::NoProfile { team, .. } => {
            usage("PROFILE-UNKNOWN").hint(format!("See them with `keyfob profile list {team}`."))
        }
        EditError::ProfileTaken { .. } => usage("PROFILE-TAKEN").hint("Choose another name, or remove that one first."),
        EditError::Reserved(_) => usage("SETTING-RESERVED").hint("Use the command made for it."),
        EditError::Malformed(_) => {
            usage("CONFIG-BROKEN").hint("Mend that line of Keyfob's config file, then try again.")
        }
    }
}

/// A profile that cannot be added.
pub fn malformed_profile(why: &str) -> Problem {
    Problem::new("PROFILE-MALFORMED", Exit::Usage, why)
        .detail("Nothing was changed.")
        .hint("`keyfob profile add --help` says how it is written.")
}

/// Lines that cannot be written for a terminal, in words.
pub fn of_export(refused: &Refused, shell: Shell) -> Problem {
    Problem::new("EXPORT-REFUSED", Exit::Usage, refused.to_string())
        .detail("No line was written: it could be misread as a command.")
        .hint(match refused {
            Refused::Misfit(_) => {
                "Check the names and the region of the team and the profile: `keyfob team show`.".to_owned()
            }
            Refused::Unquotable { .. } => {
                format!("Another shell than {} may take this value: see `--shell`.", shell.label())
            }
        })
        .remedy(Remedy::EditTeam)
}

/// A value that no shell may see.
pub fn not_exportable(why: &str) -> Problem {
    Problem::new("NOT-EXPORTABLE", Exit::Refused, "These values cannot be put into a terminal safely")
        .detail(sentence(why))
        .hint("Mend the team's or the profile's settings; `keyfob team show` lists them.")
        .remedy(Remedy::EditTeam)
}

/// A team was written in a way that no id could be put beside it.
pub fn ids_not_written(path: &str) -> Problem {
    Problem::new(
        "CONFIG-IDS",
        Exit::Other,
        format!("{path} has a team without an id, and none could be written into it"),
    )
    .detail("Nothing was changed. Without an id of its own a team could not find its keychain entry again.")
    .hint("Write the team as [team.NAME] with its settings below, or give it a line such as id = \"acmeprod1\".")
    .remedy(Remedy::EditConfig)
}

/// Secrets would end up on the screen; `instead` is a command that uses them unseen.
pub fn would_reveal(what: &str, instead: &str) -> Problem {
    Problem::new("WOULD-REVEAL", Exit::Usage, format!("{what} would be shown on the screen")).hint(instead)
}

/// A token is to be shown as it is, and would do more than show.
pub fn token_not_plain() -> Problem {
    Problem::new("TOKEN-NOT-PLAIN", Exit::Refused, "The token would act on your terminal")
        .detail("It holds characters that no token may hold (RFC 6749, appendix A).")
        .hint("Whoever runs the server should know. Another program gets the token as it is: `keyfob token | …`.")
}

/// A secret was typed where other programs can see it.
pub fn secret_in_argv(key: &str) -> Problem {
    Problem::new("SECRET-IN-ARGV", Exit::Usage, format!("{key} is a secret: other programs can see the command line"))
        .detail("Nothing was changed.")
        .hint(format!("Use `--{key}-stdin` and pipe it in."))
}

/// Nothing usable came from stdin.
pub fn stdin_unreadable(why: &str) -> Problem {
    Problem::new("STDIN", Exit::Usage, "The secret could not be read from stdin")
        .detail(sentence(why))
        .hint("Pipe it in: `printf %s \"$PASSWORD\" | keyfob …`.")
}

/// Something that a person would be asked for, where there is none; `how` is the whole command.
pub fn not_given(what: &str, how: &str) -> Problem {
    Problem::new("MISSING", Exit::Usage, format!("{what} is missing"))
        .detail("Nothing was changed.")
        .hint(format!("Such as `{how}`. In a terminal it is asked for."))
}

/// The sessions of a team's provider are traded for nothing.
pub fn no_profiles(team: &str, provider: &str) -> Problem {
    let word = sh_word(team);
    Problem::new(
        "PROFILE-NONE",
        Exit::Usage,
        format!("{team} has no AWS profiles: {provider} gives no AWS credentials"),
    )
    .hint(format!("Its token is there: `keyfob token {word}`, or `keyfob env {word} --with token`."))
}

/// A team was to be removed and nobody is there to say yes.
pub fn removal_unasked(team: &str) -> Problem {
    Problem::new("REVIEW-NEEDED", Exit::PersonNeeded, format!("Nobody was asked whether {team} is to be removed"))
        .detail("Nothing was changed.")
        .hint(format!("Run it in a terminal, or add --yes: `keyfob team remove {} --yes`.", sh_word(team)))
}

/// Something was to be reviewed by a person and there is none.
pub fn review_needed() -> Problem {
    Problem::new("REVIEW-NEEDED", Exit::PersonNeeded, "Somebody has to look at this first")
        .detail("Nothing was changed.")
        .hint("Run it in a terminal, or add --yes.")
}

/// Lines that were taken out of another program's file could not be put back.
pub fn not_put_back(place: &str, why: &str) -> Problem {
    Problem::new("KEYS-NOT-BACK", Exit::Other, format!("The keys could not be put back into {place}"))
        .detail(sentence(why))
        .hint("They are still in the keychain, and the team goes on with them. Make a new key in the console if a file is to hold one.")
}

/// Nothing to say, for commands whose exit status says it all.
pub fn silent(exit: Exit) -> Problem {
    Problem::new("", exit, "")
}
