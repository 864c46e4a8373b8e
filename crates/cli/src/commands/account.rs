//! `keyfob account`: what can be done with the account that a person logs in with, asked at a terminal.

use std::sync::Arc;

use keyfob_core::doors::provider::ProviderError;
use keyfob_core::face::export::sh_word;
use keyfob_core::face::{deed, problem, talk};
use keyfob_core::words::about::Deed;
use keyfob_core::words::problem::{Exit, Problem};

use super::login::over;
use crate::args::AccountArgs;
use crate::terminal::{AtTerminal, Given};
use crate::world::World;

pub async fn run(world: &World, args: AccountArgs) -> Result<(), Problem> {
    let AccountArgs { team, deed, timeout } = args;
    let config = world.config().await?;
    let team = world.which(&config, team.as_deref()).await?;
    let deed = match deed {
        Some(deed) => deed,
        None => {
            let offers = Deed::ALL.map(deed::offer);
            let nobody =
                problem::not_given("What is to be done", &format!("keyfob account {} forgot", sh_word(&team.name)));
            *Deed::ALL.get(world.choose(talk::WHICH_DEED, &offers, nobody).await?).unwrap_or(&Deed::Forgot)
        }
    };
    let person = Arc::new(AtTerminal::new(world, &team.name, Given::default()));
    let cx = world.cx(person.clone(), world.browser.clone());
    let sessions = world.sessions();
    let outcome = tokio::select! {
        outcome = sessions.account(team, deed, &cx) => outcome,
        Exit::Cancelled = world.ends.told() => Err(problem::of_account(&ProviderError::Cancelled, deed, &team.name)),
        () = over(&*world.clock, timeout) => Err(problem::account_timed_out(deed, &team.name)),
    };
    person.quiet();
    outcome?;
    world.console.talk(&talk::account_done(deed, &team.name));
    Ok(())
}
