//! `keyfob login`: signs a person in at a terminal, or with what a script gave.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use keyfob_core::doors::ports::{Browser, Clock};
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::face::{problem, talk};
use keyfob_core::hands::sessions::HowToLogIn;
use keyfob_core::words::about::Flow;
use keyfob_core::words::login::Wish;
use keyfob_core::words::problem::{Exit, Problem};
use keyfob_core::words::secret::Secret;
use keyfob_core::words::team::Team;

use crate::absent::StaysClosed;
use crate::args::LoginArgs;
use crate::terminal::{AtTerminal, Given};
use crate::world::World;

pub async fn run(world: &World, args: LoginArgs) -> Result<(), Problem> {
    let config = world.config().await?;
    let team = world.which(&config, args.team.named()).await?;
    let given = given(world, team, &args)?;
    let how = HowToLogIn {
        clear: args.clear,
        new_password: given.password.is_some(),
        username: given.username.clone(),
        wish: Wish { flow: wanted_flow(team, &args)?, new_session: args.new_session },
    };
    let browser: Arc<dyn Browser> = if args.no_open { Arc::new(StaysClosed) } else { world.browser.clone() };
    // Who signs in by a browser is there, also without a terminal.
    let sessions =
        world.sessions_where(world.console.has_person() || (given.password.is_none() && given.code.is_none()));
    let person = Arc::new(AtTerminal::new(world, &team.name, given));
    let cx = world.cx(person.clone(), browser);

    // Dropping the login is what cancels it: it leaves nothing behind.
    let outcome = tokio::select! {
        outcome = sessions.login(team, how, &cx) => outcome,
        Exit::Cancelled = world.ends.told() => Err(problem::of_provider(&ProviderError::Cancelled, &team.name)),
        () = over(&*world.clock, args.timeout) => Err(problem::login_timed_out(&team.name)),
    };
    person.quiet();
    let facts = outcome?;
    world.console.talk(&talk::logged_in(&team.name, &facts, world.now(), &world.time_zone()));
    Ok(())
}

/// Where no browser is to open, the person may be anywhere.
fn wanted_flow(team: &Team, args: &LoginArgs) -> Result<Option<Flow>, Problem> {
    let offered = keyfob_providers::find(&team.provider).map_or(&[][..], |provider| provider.about().flows);
    match args.flow {
        Some(flow) if !offered.contains(&flow) => Err(problem::no_such_flow(&team.name, offered)),
        Some(flow) => Ok(Some(flow)),
        None => Ok(args.no_open.then_some(Flow::Code)),
    }
}

/// What the flags and the environment already answer.
fn given(world: &World, team: &Team, args: &LoginArgs) -> Result<Given, Problem> {
    let password = if args.password_stdin {
        let read = world.console.read_secret().map_err(|e| problem::stdin_unreadable(&e.to_string()))?;
        if read.is_empty() {
            return Err(problem::stdin_unreadable("it is empty"));
        }
        Some(read)
    } else if let Some(password) = &args.password {
        world.console.talk(talk::PASSWORD_IN_ARGV);
        Some(Secret::new(unquoted(password.expose())))
    } else if let Some(password) = world.var("IOT_PASSWORD")? {
        world.console.talk(&talk::using_env_password(&team.name));
        Some(Secret::new(unquoted(&password)))
    } else {
        None
    };
    let username = match &args.username {
        Some(username) => Some(username.clone()),
        None => world.var("IOT_USERNAME")?,
    };
    Ok(Given { username, password, code: args.code.clone(), remember: args.remember })
}

/// The iot CLI strips a pair of quotes that a shell left around a password; scripts rely on it.
fn unquoted(password: &str) -> &str {
    let inner = |quote: char| password.strip_prefix(quote).and_then(|p| p.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(password)
}

/// Waits by the wall clock in short steps, so that a computer that slept is not late.
pub(super) async fn over(clock: &dyn Clock, limit: Duration) {
    let end = clock.now().checked_add(SignedDuration::try_from(limit).unwrap_or(SignedDuration::MAX));
    let end = end.unwrap_or(Timestamp::MAX);
    loop {
        let left = end.duration_since(clock.now());
        match Duration::try_from(left) {
            Ok(left) if !left.is_zero() => clock.sleep(left.min(Duration::from_secs(30))).await,
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_of_quotes_around_a_password_is_stripped_as_the_iot_cli_does() {
        assert_eq!(unquoted("'a b'"), "a b");
        assert_eq!(unquoted("\"a'\""), "a'");
        assert_eq!(unquoted("'a\""), "'a\"");
        assert_eq!(unquoted("'"), "'");
    }
}
