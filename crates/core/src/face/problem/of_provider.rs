//! What a provider or the network to it said, in words.

use super::account_errors::of_account_error;
use super::of_cause::{because, clock_off, said, sentence};
use super::of_challenge::of_challenge;
use super::of_environment::{unusable, with_source};
use crate::doors::ports::HttpError;
use crate::doors::provider::ProviderError;
use crate::face::export::sh_word;
use crate::face::talk::provider;
use crate::words::about::{BadSetting, Flow};
use crate::words::plain::clean;
use crate::words::problem::{Exit, Problem, Remedy};

/// What a provider's error means for the team of that name.
pub fn of_provider(error: &ProviderError, team: &str) -> Problem {
    with_source(worded(error, team, &format!("keyfob login {team}")), error.bare())
}

/// The same, for somebody who would try it once more with this command.
pub(super) fn worded(error: &ProviderError, team: &str, again: &str) -> Problem {
    use ProviderError as E;
    let kept = "You are still logged in as before.";
    match error {
        E::Cancelled => Problem::new("LOGIN-CANCELLED", Exit::Cancelled, "The login was cancelled").detail(kept_or(kept)),
        E::PersonNeeded => Problem::new("PERSON-NEEDED", Exit::PersonNeeded, format!("{team} needs you to log in"))
            .detail("There is nobody to ask here.")
            .hint(format!("Run `{again}` in a terminal."))
            .remedy(Remedy::LogIn),
        E::Account(error) => of_account_error(error, team, again),
        E::NotConfirmed => Problem::new("ACCOUNT-NOT-CONFIRMED", Exit::Refused, "This account is not confirmed yet")
            .detail("A code was sent to its address when it was made.")
            .hint(format!("Confirm it: `keyfob account {team} confirm`."))
            .remedy(Remedy::Confirm),
        E::ResetRequired => Problem::new("PASSWORD-RESET", Exit::Refused, "A new password is needed")
            .detail("An administrator has reset the password of this account.")
            .hint(format!("Choose a new one: `keyfob account {team} forgot`."))
            .remedy(Remedy::Forgot),
        E::Because { error, causes } => because(worded(error, team, again), error, causes, team),
        E::SessionEnded { code, said: words } => Problem::new("SESSION-ENDED", Exit::NotLoggedIn, format!("The session of {team} was ended by the server"))
            .detail(format!("Its answer was {code}. {}", said(words)).trim().to_owned())
            .hint(format!("Log in again: `{again}`."))
            .remedy(Remedy::LogIn),
        E::CodeExpired => Problem::new("CODE-EXPIRED", Exit::TimedOut, "The code ran out")
            .detail("Nobody approved the login in time.")
            .hint(format!("Get a new code: `{again}`."))
            .remedy(Remedy::LogIn),
        E::CodeRefused => Problem::new("CODE-REFUSED", Exit::Refused, "The request was refused in the browser")
            .detail("Nothing was kept of this try.")
            .hint(format!("If that was a mistake, start again: `{again}`."))
            .remedy(Remedy::LogIn),
        E::PortTaken { port } => Problem::new("PORT-TAKEN", Exit::Other, format!("Port {port} of this computer is in use by another program"))
            .detail("The browser would be sent back to that port. No page was opened.")
            .hint("End that program, or have another address registered at the provider and set `redirect-port` or `redirect-uri` to it.")
            .remedy(Remedy::TryAgain),
        E::PortBusy { port } => Problem::new("LOGIN-BUSY", Exit::PersonNeeded, format!("Another login waits for your browser on port {port} already"))
            .detail("Two cannot wait on one port. No page was opened.")
            .hint(format!("Finish that one in the browser, or cancel it, then start again: `{again}`."))
            .remedy(Remedy::TryAgain),
        E::NoCallback { why } => Problem::new("CALLBACK-NOT-HEARD", Exit::Other, "This computer cannot hear what the browser brings back")
            .detail(format!("{} No page was opened.", sentence(why)))
            .hint(format!("Log in with a code instead: `{again} --flow code`."))
            .remedy(Remedy::TryAgain),
        E::WrongPassword => Problem::new("PASSWORD-WRONG", Exit::Refused, "User name or password is not right")
            .detail("Nothing was kept of this try.")
            .hint(format!("Check user name and password, and try again: `{again}`."))
            .remedy(Remedy::LogIn),
        E::TooManyTries => Problem::new("TOO-MANY-TRIES", Exit::Refused, "Too many tries")
            .detail("The server has stopped listening to this account for a while.")
            .hint("Wait a few minutes before the next try.")
            .remedy(Remedy::TryAgain),
        E::WrongCode => Problem::new("CODE-WRONG", Exit::Refused, "The one-time code is not right")
            .detail("Nothing was kept of this try.")
            .hint("Each code works once: use the next one, and check that the clock of the device that shows it is right.")
            .remedy(Remedy::LogIn),
        E::TooLate => Problem::new("LOGIN-TOO-LATE", Exit::TimedOut, "The time to answer was over")
            .detail("The server gives a few minutes for each step.")
            .hint(format!("Start again: `{again}`."))
            .remedy(Remedy::LogIn),
        E::BadNewPassword { rules } => Problem::new("NEW-PASSWORD-REFUSED", Exit::Refused, "The new password was refused")
            .detail(said(rules))
            .hint(format!("Choose another one: `{again}`."))
            .remedy(Remedy::LogIn),
        E::PasswordNotAllowed { host } => Problem::new("PASSWORD-NOT-SENT", Exit::PersonNeeded, format!("Your password was not sent to {host}"))
            .detail("This team takes the password only as it is, over TLS, instead of proving it by SRP. That needs your approval once.")
            .hint(format!("Run `{again}` in a terminal and approve the host, or ask your administrator to allow USER_SRP_AUTH."))
            .remedy(Remedy::LogIn),
        E::FlowNotAllowed { flow } => Problem::new("FLOW-NOT-ALLOWED", Exit::Refused, "This team does not allow password login this way")
            .detail(format!("Its app client refuses {flow}."))
            .hint("Ask your administrator to allow USER_SRP_AUTH and REFRESH_TOKEN_AUTH on the app client."),
        E::UnknownChallenge { name, wants } => of_challenge(name, wants),
        E::UnknownClient { message } => Problem::new("CLIENT-UNKNOWN", Exit::Refused, format!("The login settings of {team} look wrong"))
            .detail(said(message))
            .hint(if message.to_ascii_lowercase().contains("secret") {
                format!("The app client's secret is missing here, or was replaced: pipe the one of your administrator into `keyfob team edit {} --client-secret-stdin`.", sh_word(team))
            } else {
                format!("Compare the settings with your administrator's: `keyfob team show {}`.", sh_word(team))
            })
            .remedy(Remedy::EditTeam),
        E::KeyUnknown { key_id } => Problem::new("KEY-UNKNOWN", Exit::Refused, format!("AWS does not know the access key {key_id}"))
            .detail("It was deleted or switched off, or belongs to another partition of AWS.")
            .hint(format!("Make a new one in the console (Security credentials), then pipe its secret into `keyfob team edit {} --set access-key-id=… --secret-access-key-stdin`.", sh_word(team)))
            .remedy(Remedy::EditTeam),
        E::ConsoleNotAllowed { team } => Problem::new("CONSOLE-NOT-ALLOWED", Exit::Refused, format!("Who is signed in to the console may not use it for {team}"))
            .detail("Credentials of a console session need a permission of their own.")
            .hint("Ask your administrator for the managed policy SignInLocalDevelopmentAccess, then log in again.")
            .remedy(Remedy::LogIn),
        E::WrongSecretKey { key_id } => Problem::new("KEY-SECRET-WRONG", Exit::Refused, format!("The secret access key does not belong to {key_id}"))
            .detail("What was signed with it was not taken.")
            .hint(format!("Pipe the right one into `keyfob team edit {} --secret-access-key-stdin`, or make a new key in the console.", sh_word(team)))
            .remedy(Remedy::EditTeam),
        E::RoleGone { account, role } => Problem::new("ROLE-GONE", Exit::Refused, format!("The role {role} in account {account} is not offered to you"))
            .detail("The session itself is fine.")
            .hint(format!("See what is offered: `keyfob profile discover {team}`.")),
        E::OtherAccount => Problem::new("OTHER-ACCOUNT", Exit::Refused, "The server answered for somebody else")
            .detail("Nothing was kept of that answer.")
            .hint("Log out in the browser, then log in with the account of this team."),
        E::Throttled { host, retry_after } => Problem::new("NET-BUSY", Exit::Offline, format!("{host} asks to slow down"))
            .detail(match retry_after {
                Some(seconds) => format!("It wants {seconds} s of rest. The session is kept."),
                None => "The session is kept.".into(),
            })
            .hint("Try again in a minute.")
            .remedy(Remedy::TryAgain),
        E::ServerTrouble { host, status } => Problem::new("NET-SERVER", Exit::Offline, format!("{host} has trouble of its own"))
            .detail(format!("It answered with status {status}. The session is kept."))
            .hint("Try again in a few minutes.")
            .remedy(Remedy::TryAgain),
        E::CaptivePortal { host } => Problem::new("NET-PORTAL", Exit::Offline, "This network asks for a sign-in of its own")
            .detail(format!("{host} could not be reached through it. The session is kept."))
            .hint("Open any page in the browser, sign in to the network, then try again.")
            .remedy(Remedy::TryAgain),
        E::Unexpected { host, what } => Problem::new("NET-UNEXPECTED", Exit::Other, format!("{host} gave an answer that makes no sense"))
            .detail(format!("{} The session is kept.", sentence(what)))
            .hint(format!("Check the address in `keyfob team show {team}`, and any proxy between."))
            .remedy(Remedy::TryAgain),
        E::OverAlready { host } => Problem::new("NET-UNEXPECTED", Exit::Other, format!("What {host} gave had ended before it came"))
            .detail("The session is kept.")
            .hint("Check date, time and time zone of this computer, then try again.")
            .remedy(Remedy::TryAgain),
        E::Unproven { host, what } => Problem::new("PROOF-WRONG", Exit::Refused, format!("What {host} gave does not prove who you are"))
            .detail(format!("{} It was not used, and nothing else was changed.", sentence(&clean(what))))
            .hint(format!("Start again: `{again}`. If this stays, show these lines to your administrator."))
            .remedy(Remedy::LogIn),
        E::ClockOff { host, here, there } => clock_off(host, *here, *there, again),
        E::Refused { host, code, message } => Problem::new("SERVER-REFUSED", Exit::Refused, format!("{host} refused: {code}"))
            .detail(said(message))
            .hint(of_refusal(code)),
        E::Http(error) => of_http(error),
        E::Setting(error) => set_by(error, team, &format!("keyfob team edit {} --set", sh_word(team))),
        E::Unsupported { what } => Problem::new("UNSUPPORTED", Exit::Usage, format!("{what} is not something {team} can do"))
            .hint(format!("See `keyfob team show {team}`.")),
    }
}

/// Who can do what about a refusal that has no words of its own elsewhere.
fn of_refusal(code: &str) -> &'static str {
    match code {
        "ForbiddenException" => {
            "A firewall in front of the service may not let this network through: try another one, or show these lines to your administrator."
        }
        "UnexpectedLambdaException" | "InvalidLambdaResponseException" => {
            "Code of your team's own (a Lambda trigger) failed at the server: show these lines to your administrator."
        }
        "InvalidSmsRoleAccessPolicyException"
        | "InvalidSmsRoleTrustRelationshipException"
        | "InvalidEmailRoleAccessPolicyException" => {
            "The user pool is not allowed to send codes: show these lines to your administrator."
        }
        "MFAMethodNotFoundException" | "SoftwareTokenMFANotFoundException" => {
            "This account has no second factor that the user pool asks for: ask your administrator to set one up."
        }
        "invalid_grant" => "The login took too long, or what it brought back was used already: start again.",
        // A code is good for one try (RFC 6749 §4.1.2).
        "InvalidGrantException" => "What the browser brought back was used before, or has run out: start again.",
        "ConcurrentModificationException" | "InternalServerException" => "Try again in a minute.",
        _ => "If this stays, show these lines to your administrator.",
    }
}

fn kept_or(kept: &str) -> String {
    format!("If you were logged in: {}", kept.to_lowercase())
}

fn of_http(error: &HttpError) -> Problem {
    let offline = |title: String| {
        Problem::new("NET-OFFLINE", Exit::Offline, title)
            .detail("What you have keeps working until it ends.")
            .hint("Check the network, then try again.")
            .remedy(Remedy::TryAgain)
    };
    match error {
        HttpError::Dns { host } => {
            let mut p = offline(format!("The name {host} could not be looked up (DNS)"));
            p.code = "NET-DNS".into();
            p
        }
        HttpError::Connect { host, why } => {
            let p = offline(format!("{host} cannot be reached"));
            let detail = format!("{} {}", sentence(why), p.detail);
            p.detail(detail)
        }
        HttpError::TimedOut { host } => {
            let mut p = offline(format!("{host} did not answer in time"));
            p.code = "NET-TIMEOUT".into();
            p
        }
        HttpError::Tls { host, why } => Problem::new("NET-TLS", Exit::Refused, format!("The secure connection to {host} failed"))
            .detail(format!("{} Nothing was sent.", sentence(why)))
            .hint(if why.contains("expired") || why.contains("not valid yet") {
                "Check date, time and time zone of this computer. If they are right, whoever runs that server, or the proxy between, has to renew its certificate."
            } else {
                "A proxy or firewall may change secure traffic: have its certificate installed in the system, or name a file of certificates in AWS_CA_BUNDLE. Keyfob has no switch to go on."
            }),
        HttpError::Cut { host } => {
            let mut p = offline(format!("The connection to {host} broke"));
            p.code = "NET-CUT".into();
            p
        }
        HttpError::TooLarge { host } => Problem::new("NET-UNEXPECTED", Exit::Other, format!("{host} gave an answer that makes no sense"))
            .detail("It is larger than 1 MiB. The session is kept.")
            .hint("Check the address in the team's settings, and any proxy between."),
        HttpError::Proxy { why } => Problem::new("NET-PROXY", Exit::Offline, "The proxy did not let the request through")
            .detail(sentence(why))
            .hint("Check that variable. NO_PROXY names the hosts that are reached without a proxy."),
        HttpError::Unusable { what, why } => unusable(what, why),
        HttpError::Malformed { why } => Problem::new("NET-REQUEST", Exit::Other, "A request could not be made")
            .detail(sentence(why))
            .hint("Check the addresses in the team's settings."),
    }
}

/// A setting that was given on a command line and cannot be used, in words.
pub fn of_setting(error: &BadSetting, team: &str) -> Problem {
    set_by(error, team, "--set")
}

/// `set` is what a setting is set by.
fn set_by(error: &BadSetting, team: &str, set: &str) -> Problem {
    match error {
        BadSetting::Missing { key, example } => {
            Problem::new("SETTING-MISSING", Exit::Usage, format!("{team}: {key} is missing"))
                .hint(format!("Give it with `{set} {key}={example}`."))
        }
        BadSetting::MissingSecret { key } => {
            Problem::new("SETTING-MISSING", Exit::Usage, format!("{team}: {key} is missing"))
                .detail("It is a secret and goes into the keychain alone.")
                .hint(format!("Pipe it into `{}--{key}-stdin`.", set.trim_end_matches("--set")))
        }
        BadSetting::Malformed { key, why, example } => {
            Problem::new("SETTING-MALFORMED", Exit::Usage, format!("{team}: {key} {why}"))
                // Variables of the environment are the only keys in capitals.
                .hint(if key.starts_with(|c: char| c.is_ascii_uppercase()) {
                    format!("It is a variable of the environment and looks like `{example}`: `unset {key}`, or set it right.")
                } else {
                    format!("It looks like `{example}`: give it with `{set} {key}=…`.")
                })
        }
        BadSetting::Unknown { key, known } => {
            Problem::new("SETTING-UNKNOWN", Exit::Usage, format!("{team}: {key} is not a setting of this provider"))
                .hint(format!("It has: {}.", known.join(", ")))
        }
        BadSetting::NoProfiles => {
            Problem::new("UNSUPPORTED", Exit::Usage, format!("Having profiles is not something {team} can do"))
                .hint(format!("See `keyfob team show {team}`."))
        }
    }
    .remedy(Remedy::EditTeam)
}

/// A field of a profile that cannot be used, in words.
pub fn of_profile_field(error: &BadSetting, team: &str) -> Problem {
    let code = |problem: Problem, code: &str| Problem { code: code.into(), ..problem };
    match error {
        BadSetting::Unknown { key, known } => {
            Problem::new("PROFILE-FIELD", Exit::Usage, format!("{key} is not part of a profile of {team}"))
                .hint(format!("It has: {}.", known.join(", ")))
        }
        BadSetting::NoProfiles => of_setting(error, team),
        other => code(of_setting(other, team), "PROFILE-FIELD"),
    }
    .remedy(Remedy::None)
}

/// A way to log in that the team's provider does not have.
pub fn no_such_flow(team: &str, offered: &[Flow]) -> Problem {
    let offered: Vec<&str> = offered.iter().map(|flow| provider::flow(*flow)).collect();
    Problem::new("FLOW-UNKNOWN", Exit::Usage, format!("{team} does not log in that way"))
        .hint(format!("It logs in by: {}. Leave `--flow` out.", offered.join(", ")))
}

/// A name that is no provider's.
pub fn no_such_provider(provider: &str, known: &[&str]) -> Problem {
    Problem::new("PROVIDER-UNKNOWN", Exit::Usage, format!("There is no provider called {provider}"))
        .hint(format!("There are: {}.", known.join(", ")))
}

/// A provider that this Keyfob does not know.
pub fn unknown_provider(provider: &str, team: &str) -> Problem {
    Problem::new("PROVIDER-UNKNOWN", Exit::Usage, format!("{team}: there is no provider called {provider}"))
        .hint("`keyfob provider list` names them.")
        .remedy(Remedy::EditTeam)
}
