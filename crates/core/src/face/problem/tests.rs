//! The list of all problems, with code, cause and next step: docs/problems.md says what the program says.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "it writes a file of the source tree, for which there is no port")]

mod chains;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::Path;

use super::*;
use crate::doors::ports::{BrowserError, CopyError, FileError, HttpError, StoreError};
use crate::doors::provider::{AccountError, ProviderError};
use crate::face::export::{Misfit, Refused, Unquotable};
use crate::testkit::at;
use crate::words::about::{BadSetting, Deed, Flow};
use crate::words::cause::{Cause, Source};
use crate::words::mistake::{EditError, Malformed};
use crate::words::problem::{Exit, Problem};
use crate::words::shell::Shell;

const TEAM: &str = "acme";
const HOST: &str = "oidc.eu-west-1.amazonaws.com";
const MORE: &str = "Each command ends with the status in the second column and shows the rest, in a terminal as in a window or a notice. \
Scripts can rely on code and status; `…` stands for what differs.";

fn said() -> String {
    "…".into()
}

fn host() -> String {
    HOST.into()
}

fn of_providers() -> Vec<ProviderError> {
    use ProviderError as E;
    let given = |key: &str, value: &str, source| Cause::Given { key: key.into(), value: value.into(), source };
    let refused = |code: &str| E::Refused { host: host(), code: code.into(), message: said() };
    let clock = |ahead| Cause::Clock { host: host(), ahead };
    vec![
        E::Cancelled,
        E::PersonNeeded,
        E::SessionEnded { code: "InvalidGrantException".into(), said: said() },
        E::CodeExpired,
        E::CodeRefused,
        E::PortTaken { port: 8765 },
        E::PortBusy { port: 8765 },
        E::NoCallback { why: "no port is free on both loopbacks".into() },
        E::WrongPassword,
        E::WrongPassword.because(vec![clock(7200)]),
        E::TooManyTries,
        E::WrongCode,
        E::TooLate,
        E::BadNewPassword { rules: said() },
        E::NotConfirmed,
        E::ResetRequired,
        E::PasswordNotAllowed { host: host() },
        E::FlowNotAllowed { flow: "USER_SRP_AUTH and USER_PASSWORD_AUTH".into() },
        E::UnknownClient { message: said() }.because(vec![
            given("client-id", "1h57kf5cpq17", Source::Settings),
            given("region", "eu-west-1", Source::Settings),
        ]),
        E::UnknownClient { message: "Unable to verify secret hash for client …".into() },
        E::RoleGone { account: "123456789012".into(), role: "ReadOnly".into() },
        E::KeyUnknown { key_id: "AKIA…".into() },
        E::WrongSecretKey { key_id: "AKIA…".into() },
        E::ConsoleNotAllowed { team: TEAM.into() },
        E::OtherAccount,
        E::Unsupported { what: "…".into() },
        refused("InvalidRequestException").because(vec![
            given("start-url", "https://acme.awsapps.com/start", Source::Settings),
            given("region", "eu-west-1", Source::Settings),
        ]),
        refused("InvalidScopeException").because(vec![given("scopes", "sso:account:access", Source::Default)]),
        refused("InvalidSignatureException").because(vec![clock(-7200)]),
        refused("ForbiddenException"),
        refused("UnexpectedLambdaException"),
        refused("InvalidSmsRoleAccessPolicyException"),
        refused("SoftwareTokenMFANotFoundException"),
        refused("ConcurrentModificationException"),
        refused("…"),
        E::OverAlready { host: host() },
        E::OverAlready { host: host() }.because(vec![clock(7200)]),
        E::Unproven { host: host(), what: "its ID token has a signature that is not its own".into() },
        E::ClockOff { host: host(), here: at("2026-11-21T10:12:00Z"), there: at("2026-11-21T10:00:00Z") },
    ]
}

fn of_challenges() -> Vec<ProviderError> {
    let asked = |name: &str, wants: &[&str]| ProviderError::UnknownChallenge {
        name: name.into(),
        wants: wants.iter().map(|name| (*name).to_owned()).collect(),
    };
    vec![
        asked("NEW_PASSWORD_REQUIRED", &["email"]),
        asked("MFA_SETUP", &["SMS_MFA"]),
        asked("MFA_SETUP", &[]),
        asked("SELECT_MFA_TYPE", &["WEB_AUTHN"]),
        asked("SELECT_MFA_TYPE", &[]),
        asked("DEVICE_SRP_AUTH", &[]),
        asked("WEB_AUTHN", &[]),
        asked("CUSTOM_CHALLENGE", &[]),
        asked("PASSWORD_SRP", &[]),
        asked("…", &[]),
    ]
}

fn of_accounts() -> Vec<AccountError> {
    use AccountError as A;
    vec![
        A::NameTaken,
        A::AddressTaken,
        A::UnknownUser,
        A::SignUpClosed,
        A::AlreadyConfirmed,
        A::CodeOver,
        A::NotDelivered { message: said() },
        A::NotResettable { message: said() },
        A::NotTaken { message: said() },
        A::AgainstRules { message: said() },
        A::Barred { message: said() },
    ]
}

fn of_networks() -> Vec<ProviderError> {
    use ProviderError as E;
    let region = Cause::Given { key: "region".into(), value: "eu-wset-1".into(), source: Source::Settings };
    let endpoint =
        Cause::Given { key: "AWS_ENDPOINT_URL".into(), value: "https://…".into(), source: Source::Environment };
    vec![
        E::Http(HttpError::Dns { host: "oidc.eu-wset-1.amazonaws.com".into() }).because(vec![region]),
        E::Http(HttpError::Connect { host: host(), why: "the connection was refused".into() }),
        E::Refused { host: host(), code: "InvalidRequestException".into(), message: said() }.because(vec![endpoint]),
        E::Http(HttpError::Unusable { what: "HTTPS_PROXY".into(), why: "it is no address".into() }),
        E::Http(HttpError::TimedOut { host: host() }),
        E::Http(HttpError::Tls { host: host(), why: "its certificate was issued by somebody unknown".into() }),
        E::Http(HttpError::Tls { host: host(), why: "its certificate is not valid yet".into() }),
        E::Http(HttpError::Cut { host: host() }),
        E::Http(HttpError::TooLarge { host: host() }),
        E::Http(HttpError::Proxy { why: "it wants a user name and password (407)".into() }),
        E::Http(HttpError::Malformed { why: said() }),
        E::Throttled { host: host(), retry_after: Some(60) },
        E::ServerTrouble { host: host(), status: 503 },
        E::CaptivePortal { host: host() },
        E::Unexpected { host: host(), what: said() },
    ]
}

fn of_stores() -> Vec<StoreError> {
    use StoreError as S;
    vec![
        S::NoKeychain { why: said() },
        S::Locked,
        S::Dismissed,
        S::NotGranted,
        S::TimedOut,
        S::DifferentKeychain,
        S::Damaged { why: said() },
        S::ReadBack,
        S::Starved { why: said() },
        S::Failed { why: said() },
    ]
}

fn of_files() -> Vec<FileError> {
    use FileError as F;
    let path = || "FILE".into();
    vec![
        F::Io { path: path(), why: said() },
        F::NotAFile { path: path() },
        F::TooLarge { path: path(), limit: 1_048_576 },
        F::Unwritable { path: path(), why: said() },
        F::Changed { path: path() },
        F::Locked { path: path(), pid: Some(4242) },
    ]
}

fn of_settings() -> Vec<BadSetting> {
    vec![
        BadSetting::Missing { key: "region".into(), example: "eu-west-1".into() },
        BadSetting::MissingSecret { key: "client-secret".into() },
        BadSetting::Malformed {
            key: "region".into(),
            why: "is not the name of an AWS region".into(),
            example: "eu-west-1".into(),
        },
        BadSetting::Unknown { key: "colour".into(), known: vec!["start-url".into(), "region".into()] },
        BadSetting::NoProfiles,
    ]
}

fn of_edits() -> Vec<EditError> {
    use EditError as E;
    let (team, profile) = (|| TEAM.to_owned(), || "admin".to_owned());
    vec![
        E::Malformed(Malformed { line: 3, column: 1, why: said() }),
        E::Name(crate::words::name::check_name("").unwrap_err()),
        E::Taken(team()),
        E::Alike(team(), "Acme!".into()),
        E::NoTeam(team()),
        E::NoProfile { team: team(), profile: profile() },
        E::ProfileTaken { team: team(), profile: profile() },
        E::Reserved("id".into()),
    ]
}

/// A heading, and the problems under it.
type Section = (&'static str, Vec<Problem>);

fn sections() -> Vec<Section> {
    let provider = |errors: Vec<ProviderError>| errors.iter().map(|error| of_provider(error, TEAM)).collect();
    let accounts = of_accounts().into_iter().map(|error| {
        let forgot =
            matches!(error, AccountError::UnknownUser | AccountError::CodeOver | AccountError::NotResettable { .. });
        of_account(&error.into(), if forgot { Deed::Forgot } else { Deed::SignUp }, TEAM)
    });
    let deeds = [ProviderError::Cancelled, ProviderError::PersonNeeded, ProviderError::WrongPassword].into_iter();
    let deeds = deeds.map(|error| of_account(&error, Deed::ChangePassword, TEAM));
    let none = StoreError::Locked;
    vec![
        ("Logging in, and what a server refuses", provider(of_providers())),
        ("Challenges of a Cognito user pool", provider(of_challenges())),
        (
            "Accounts",
            accounts
                .chain(deeds)
                .chain([account_timed_out(Deed::Forgot, TEAM), no_such_deed(TEAM, Deed::SignUp, &[Deed::Forgot])])
                .collect(),
        ),
        ("The network", provider(of_networks())),
        ("The keychain", of_stores().iter().map(of_store).chain([in_memory()]).collect()),
        (
            "Files",
            of_files()
                .iter()
                .map(of_file)
                .chain([
                    no_places("HOME is not set"),
                    no_such_file("FILE"),
                    missing_by_variable("AWS_CONFIG_FILE", "FILE"),
                    strange_file("FILE", "saml2aws", "…"),
                    nothing_known_in("FOLDER"),
                ])
                .collect(),
        ),
        (
            "Sessions",
            vec![
                not_logged_in(TEAM),
                session_ended(TEAM),
                cannot_renew(TEAM),
                not_kept(&none, TEAM),
                renewal_not_kept(&none, TEAM),
                login_under_way(TEAM, Some(4242)),
                login_timed_out(TEAM),
            ],
        ),
        (
            "Settings and names",
            of_settings()
                .iter()
                .map(|error| of_setting(error, TEAM))
                .chain(of_settings().into_iter().take(2).map(|error| of_provider(&error.into(), TEAM)))
                .chain(of_settings().iter().take(3).map(|error| of_profile_field(error, TEAM)))
                .chain(of_edits().iter().map(of_edit))
                .chain([
                    no_such_provider("…", &["aws-sso", "cognito"]),
                    no_such_flow(TEAM, &[Flow::Password]),
                    unknown_provider("…", TEAM),
                    unknown_team("acne", Some(TEAM)),
                    unknown_team("…", None),
                    no_teams(),
                    which_team(),
                    unknown_profile(TEAM, "…", &[]),
                    which_profile(TEAM, &[]),
                    malformed_file("config.toml", 3, 1, "…"),
                    malformed_profile("…"),
                    ids_not_written("config.toml"),
                    no_profiles(TEAM, "Cognito"),
                    not_given("A name", "keyfob team add acme"),
                ])
                .collect(),
        ),
        ("Roles behind roles", chains::examples()),
        (
            "Terminals and scripts",
            vec![
                would_reveal("The token", "Pipe it on, or add --reveal."),
                secret_in_argv("client-secret"),
                stdin_unreadable("it is empty"),
                review_needed(),
                not_put_back("~/.aws/credentials", "it is gone"),
                removal_unasked(TEAM),
                token_not_plain(),
                unknown_team_in("IOT_TEAM", "acne", Some(TEAM)),
                not_text("IOT_TEAM"),
                foreign_shell("xonsh"),
                mistyped(&Mistyped::Argument { typed: "--teem".into(), near: Some("--team".into()) }, "keyfob env"),
                of_export(&Refused::Misfit(Misfit { variable: "AWS_REGION", why: "is no Region".into() }), Shell::Bash),
                of_export(&Refused::Unquotable { variable: "IOT_TEAM", why: Unquotable::Character('%') }, Shell::Cmd),
                not_exportable("…"),
                stdout_closed("…"),
                system("…"),
                internal(),
            ],
        ),
        (
            "The desktop",
            vec![
                of_browser(&BrowserError { why: said() }, "https://…"),
                of_copy(&CopyError { why: said() }, "keyfob env acme"),
                no_display(),
                bus_gone(),
                session_over(),
                desktop_usage("--tray"),
                other_instance("…"),
                runs_already(),
                no_window("…"),
                window_ended(),
                no_autostart("…"),
                no_demo("…"),
                no_tray_program("…"),
                demo_stopped(DemoStop::Failed { part: "…", why: "…" }),
                demo_stopped(DemoStop::Missing("…")),
                demo_stopped(DemoStop::NoRow("…")),
                demo_stopped(DemoStop::Ended),
            ],
        ),
    ]
}

fn page() -> String {
    let mut page = format!("# Problems\n\nWritten by `crates/core/src/face/problem/tests.rs`. {MORE}\n");
    for (heading, problems) in sections() {
        page.push_str(&format!(
            "\n## {heading}\n\n| Code | Status | What happened | Why | Next step |\n|---|---|---|---|---|\n"
        ));
        let mut seen = BTreeSet::new();
        for problem in problems {
            let cell = |text: &str| text.replace('|', "\\|");
            let row = format!(
                "| `{}` | {} | {} | {} | {} |\n",
                problem.code,
                problem.exit.status(),
                cell(&problem.title),
                cell(&problem.detail),
                cell(&problem.hint)
            );
            if seen.insert(row.clone()) {
                page.push_str(&row);
            }
        }
    }
    page
}

// F190, F193
#[test]
fn the_list_of_problems_says_what_the_program_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/problems.md");
    if std::env::var_os("KEYFOB_WRITE").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == page(), "docs/problems.md: `KEYFOB_WRITE=1 cargo test -p keyfob-core problem::` writes it anew");
}

// F193
#[test]
fn every_problem_tells_the_next_step_or_that_there_is_none() {
    // What a person did themselves needs no advice.
    let plain = ["LOGIN-CANCELLED", "ACCOUNT-CANCELLED", "STDOUT"];
    for problem in sections().into_iter().flat_map(|(_, problems)| problems) {
        let advised = !problem.hint.is_empty();
        assert_eq!(advised, !plain.contains(&problem.code.as_str()), "{problem:?}");
        assert!(!problem.title.is_empty() && !problem.title.ends_with('.'), "{problem:?}");
        for part in [&problem.detail, &problem.hint] {
            assert!(part.is_empty() || part.ends_with(['.', '…', '`', '?', '/']), "no end of a sentence: {problem:?}");
            let begins = part.starts_with(HOST) || !part.starts_with(|c: char| c.is_ascii_lowercase());
            assert!(begins, "no beginning of a sentence: {problem:?}");
        }
    }
}

/// The names of the variants of an enum in that source.
fn variants(source: &str, name: &str) -> BTreeSet<String> {
    let body = source.split_once(&format!("pub enum {name} {{\n")).unwrap().1.split_once("\n}").unwrap().0;
    let one = |line: &str| {
        let line = line.strip_prefix("    ").filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))?;
        Some(line.chars().take_while(char::is_ascii_alphanumeric).collect())
    };
    body.lines().filter_map(one).collect()
}

fn names<T: Debug>(examples: &[T]) -> BTreeSet<String> {
    let name = |example: &T| format!("{example:?}").chars().take_while(char::is_ascii_alphanumeric).collect();
    examples.iter().map(name).collect()
}

// F193
#[test]
fn no_kind_of_failure_is_left_out_of_the_list() {
    let (ports, provider) = (include_str!("../../doors/ports.rs"), include_str!("../../doors/provider.rs"));
    let mut errors: Vec<ProviderError> = [of_providers(), of_challenges(), of_networks()].concat();
    let https: Vec<HttpError> = errors
        .iter()
        .filter_map(|error| match error.bare() {
            ProviderError::Http(error) => Some(error.clone()),
            _ => None,
        })
        .collect();
    errors.extend(errors.clone().iter().map(|error| error.bare().clone()));
    errors.extend(of_accounts().into_iter().map(ProviderError::from));
    errors.extend(of_settings().into_iter().map(ProviderError::from));
    // Those that hold another error show as it.
    assert_eq!(names(&errors), variants(provider, "ProviderError"));
    assert_eq!(names(&https), variants(ports, "HttpError"));
    assert_eq!(names(&of_accounts()), variants(provider, "AccountError"));
    assert_eq!(names(&of_stores()), variants(ports, "StoreError"));
    assert_eq!(names(&of_files()), variants(ports, "FileError"));
    assert_eq!(names(&of_settings()), variants(include_str!("../../words/about.rs"), "BadSetting"));
    assert_eq!(names(&of_edits()), variants(include_str!("../../words/mistake.rs"), "EditError"));
}

// F193
#[test]
fn every_code_is_in_the_list() {
    let sources = [
        include_str!("account_errors.rs"),
        include_str!("of_account.rs"),
        include_str!("mistyped.rs"),
        include_str!("of_cause.rs"),
        include_str!("of_chain.rs"),
        include_str!("of_desktop.rs"),
        include_str!("of_environment.rs"),
        include_str!("of_ports.rs"),
        include_str!("of_provider.rs"),
        include_str!("of_session.rs"),
        include_str!("usage.rs"),
    ];
    let is_code = |text: &&str| {
        let capitals = text.chars().all(|c| c.is_ascii_uppercase() || c == '-');
        capitals && text.len() > 3
    };
    let made: BTreeSet<&str> =
        sources.iter().flat_map(|source| source.split('"').skip(1).step_by(2)).filter(is_code).collect();
    let listed: BTreeSet<String> =
        sections().into_iter().flat_map(|(_, problems)| problems).map(|problem| problem.code).collect();
    let left_out: Vec<&str> = made.into_iter().filter(|code| !listed.contains(*code)).collect();
    assert!(left_out.is_empty(), "{left_out:?}");
}

// F193
#[test]
fn one_line_holds_title_reason_and_next_step_however_long_they_are() {
    let long = "x ".repeat(900);
    let problem = Problem::new("CODE", Exit::Other, &long).detail(&long).hint(format!("{}end", "y ".repeat(100)));
    assert!(problem.one_line().ends_with("y end") && problem.one_line().contains("(CODE)"));
    let forged = Problem { title: "a\nb\u{1b}".into(), ..problem };
    assert!(forged.one_line().starts_with("a b (CODE)."), "{}", forged.one_line());
}
