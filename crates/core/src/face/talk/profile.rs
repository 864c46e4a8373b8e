//! A profile, as a terminal shows it.

use crate::face::chain;
use crate::face::export::sh_word;
use crate::face::left_out::LeftOut;
use crate::words::about::Field;
use crate::words::answers::{Answers, AwsFile, By, Place};
use crate::words::facts::Allowed;
use crate::words::plain::{clean, is_plain};
use crate::words::profile::Profile;
use crate::words::team::Team;

/// What it stands for, line by line; `way` is where its credentials begin and each role after that.
pub fn show(team: &Team, profile: &Profile, way: &[String], allowed: Option<Allowed>) -> String {
    let mut text = format!("{}\n  team  {}\n", profile.name, team.name);
    for (key, field) in &profile.target {
        text.push_str(&format!("  {}  {}\n", clean(key), clean(field)));
    }
    if profile.is_chained() {
        text.push_str(&format!("  assumes  {}\n", clean(&way.join(" → "))));
    }
    for role in &profile.chain {
        text.push_str(&format!("  role-arn  {}\n", clean(&role.role_arn)));
        for (key, value) in role.parts().filter(|(key, _)| *key != "duration") {
            text.push_str(&format!("  {key}  {}\n", clean(&value)));
        }
        if let Some(seconds) = role.duration {
            let last = std::ptr::eq(role, profile.chain.last().unwrap_or(role));
            let less =
                allowed.filter(|_| last).map(|allowed| format!("; STS allows {}", chain::so_long(allowed.given)));
            text.push_str(&format!("  duration  {}{}\n", chain::so_long(seconds), less.unwrap_or_default()));
        }
        for (key, value) in &role.tags {
            text.push_str(&format!("  tag  {}={}\n", clean(key), clean(value)));
        }
    }
    if let Some(region) = profile.region.as_deref().or_else(|| team.setting("region")) {
        text.push_str(&format!("  region  {}\n", clean(region)));
    }
    text
}

/// STS gave a role for less time than it was asked for.
pub fn shortened(profile: &Profile, allowed: Allowed) -> String {
    let (asked, given) = (chain::so_long(allowed.asked), chain::so_long(allowed.given));
    format!("{} asks for {asked} and gets {given}: STS allows no more.\n", clean(&profile.name))
}

/// A part of a role, without the role.
pub fn no_role(part: &str) -> String {
    format!("--{part} belongs to a role to assume: add --role-arn")
}

/// A profile that has a source, and was given a target beside it.
pub fn both(name: &str) -> String {
    format!("{name} begins with another profile, so it has no account, role or other field of its own beside it")
}

/// A profile that has a source, and no role on top.
pub fn no_role_on_top(name: &str) -> String {
    format!("{name} begins with another profile and assumes no role: add --role-arn")
}

pub fn changed(profile: &str) -> String {
    format!("Changed {}.\n", clean(profile))
}

/// Whose credentials a profile has.
pub fn caller(account: &str, arn: &str, user_id: &str) -> String {
    format!("account  {}\narn      {}\nuser id  {}\n", clean(account), clean(arn), clean(user_id))
}

/// A `--set` that is no pair, as the end of a sentence.
pub fn no_pair(flag: &str, given: &str) -> String {
    format!("{flag} takes KEY=VALUE, not {given}")
}

pub const NAME: &str = "What are AWS tools to call it? ";

/// Asks for a field of what it stands for.
pub fn field(field: &Field) -> String {
    format!("{}, such as {}: ", field.label, field.example)
}

/// After a profile was added: the section by which every AWS SDK finds it.
pub fn added(team: &Team, profile: &Profile, program: &str) -> String {
    format!(
        "Added {}. For AWS tools, put this into ~/.aws/config:\n\n{}\n",
        clean(&profile.name),
        section(team, profile, program)
    )
}

/// Why a name that is put into `AWS_PROFILE` does not lead here, and the lines by which it does; nothing where it does.
pub fn unanswered(team: &Team, profile: &Profile, answers: &Answers, program: &str) -> Option<String> {
    let next = match answers {
        Answers::Keyfob => return None,
        Answers::Nobody => "Put these lines into ~/.aws/config",
        Answers::Empty(_) | Answers::Other(_, Place { file: AwsFile::Config, .. }) => {
            "Put these lines in place of that section"
        }
        Answers::Other(_, Place { file: AwsFile::Credentials, .. }) => {
            "Take that section out, and put these lines into ~/.aws/config"
        }
    };
    Some(format!("{} {next}:\n\n{}\n", why_unanswered(profile, answers)?, section(team, profile, program)))
}

/// The same without the lines, where there is room for a sentence or two.
pub fn unanswered_briefly(team: &Team, profile: &Profile, answers: &Answers) -> Option<String> {
    let command = format!("keyfob env {} --profile {}", sh_word(&team.name), sh_word(&profile.name));
    Some(format!("{} `{command}` prints the lines that change it.", why_unanswered(profile, answers)?))
}

fn why_unanswered(profile: &Profile, answers: &Answers) -> Option<String> {
    let name = clean(&profile.name);
    Some(match answers {
        Answers::Keyfob => return None,
        Answers::Nobody => format!("AWS tools find no profile called {name} yet."),
        Answers::Empty(place) => format!("AWS tools find {name} in {}, without credentials.", self::place(place)),
        Answers::Other(by, place) => {
            let what = match by {
                By::Role => "a role to assume",
                By::Sso => "their own login (`aws sso login`)",
                By::Keys => "access keys that are written there",
                By::Process => "another command",
            };
            format!("For {name}, AWS tools use {what} and not Keyfob: {}.", self::place(place))
        }
    })
}

fn place(place: &Place) -> String {
    let file = match place.file {
        AwsFile::Config => "~/.aws/config",
        AwsFile::Credentials => "~/.aws/credentials",
    };
    format!("{file}, line {}", place.line)
}

fn section(team: &Team, profile: &Profile, program: &str) -> String {
    let region = profile.region.as_deref().or_else(|| team.setting("region"));
    let region = region.map_or(String::new(), |region| format!("region = {}\n", clean(region)));
    format!("[{}]\n{}\n{region}", header(&profile.name), process_line(team, profile, program))
}

/// The line by which AWS tools get credentials for the profile.
pub fn process_line(team: &Team, profile: &Profile, program: &str) -> String {
    format!(
        "credential_process = {} credential-process --team {} --profile {}",
        program_word(program),
        plain_or(&team.name, team.id.as_str()),
        plain_or(&profile.name, profile.id.as_str())
    )
}

/// As the section of a profile is headed: what is more than one word to AWS tools stands in quotes.
fn header(name: &str) -> String {
    let word = name.chars().all(|c| c.is_alphanumeric() || "_-/.%@:+".contains(c));
    match name {
        "default" => name.to_owned(),
        _ if word => format!("profile {name}"),
        _ => format!("profile '{name}'"),
    }
}

/// SDKs split or hand this line to a shell, each in its own way: names with anything but letters, digits,
/// `_` and `-` are replaced by ids (security D15).
fn plain_or<'a>(name: &'a str, id: &'a str) -> &'a str {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if plain { name } else { id }
}

/// The path of the program as one word to all of them, or its bare name where no quotes would do.
fn program_word(path: &str) -> String {
    let harmless = |c: char| c.is_alphanumeric() || "/._-+@:~".contains(c) || (cfg!(windows) && c == '\\');
    let quoted = |c: char| harmless(c) || " ()&,=[]{}".contains(c);
    if path.chars().all(harmless) {
        path.to_owned()
    } else if path.chars().all(|c| quoted(c) && is_plain(c)) {
        format!("\"{path}\"")
    } else {
        "keyfob".to_owned()
    }
}

pub const LOOKING: &str = "Asking the server for accounts ·";

/// How far a look through accounts has come.
pub fn looking(tried: usize, of: usize) -> String {
    format!("Looking through accounts: {tried} of {of} ·")
}

/// Somebody ended the look.
pub fn stopped(done: usize, of: usize, would_add: bool) -> String {
    let added = if would_add { " Nothing was added." } else { "" };
    format!("Stopped: {done} of {of} accounts were looked through.{added}\n")
}

/// Accounts that are missing from the list above, and why.
pub fn left_out(left_out: &LeftOut) -> String {
    let why = &left_out.why;
    let mut text = format!("! Not looked through: {}\n  {} ({})\n", left_out.names().join(", "), why.title, why.code);
    for line in [&why.detail, &why.hint] {
        if !line.is_empty() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit;

    #[test]
    fn the_line_for_aws_tools_holds_nothing_that_a_parser_could_split() {
        let profile = testkit::profile("a b.c", "123456789012", "R");
        let text = added(&testkit::team("acme"), &profile, "/opt/keyfob");
        let line = text.lines().find(|l| l.starts_with("credential_process")).unwrap_or("");
        let id = &profile.id;
        assert_eq!(line, format!("credential_process = /opt/keyfob credential-process --team acme --profile {id}"));
        assert!(text.contains("[profile 'a b.c']\n") && text.contains("region = eu-west-1\n"), "{text}");
    }

    // F227
    #[test]
    fn a_path_is_one_word_to_every_tool_or_is_left_out() {
        assert_eq!(program_word("/opt/zürich/keyfob"), "/opt/zürich/keyfob");
        assert_eq!(program_word("/opt/my tools (x)/keyfob"), "\"/opt/my tools (x)/keyfob\"");
        for odd in
            ["/opt/$x/keyfob", "/opt/a\"b/keyfob", "/opt/`x`/keyfob", "/opt/#/keyfob", "/opt/a\nb", "/opt/%x%/keyfob"]
        {
            assert_eq!(program_word(odd), "keyfob", "{odd}");
        }
    }

    // F227
    #[test]
    fn a_name_that_leads_elsewhere_is_told_with_the_lines_that_lead_here() {
        let (team, profile) = (testkit::team("acme"), testkit::profile("admin", "123456789012", "R"));
        let said = |answers| unanswered(&team, &profile, &answers, "/opt/keyfob").unwrap_or_default();
        assert_eq!(said(Answers::Keyfob), "");
        insta::assert_snapshot!(said(Answers::Nobody), @r"
        AWS tools find no profile called admin yet. Put these lines into ~/.aws/config:

        [profile admin]
        credential_process = /opt/keyfob credential-process --team acme --profile admin
        region = eu-west-1
        ");
        let sso = said(Answers::Other(By::Sso, Place { file: AwsFile::Config, line: 7 }));
        assert!(sso.starts_with("For admin, AWS tools use their own login (`aws sso login`) and not Keyfob: ~/.aws/config, line 7. Put these lines in place of that section:"), "{sso}");
        let keys = said(Answers::Other(By::Keys, Place { file: AwsFile::Credentials, line: 2 }));
        assert!(keys.contains("~/.aws/credentials, line 2. Take that section out"), "{keys}");
    }
}
