//! The config file as the engine hears of it.

use keyfob_core::hands::config::file::ConfigFile;
use keyfob_core::hands::engine::Door;
use keyfob_core::mind::event::Event;
use keyfob_core::words::problem::Problem;
use keyfob_core::words::team::Team;

/// The teams, or those of the last good file with what is wrong with the present one.
pub async fn read(file: &ConfigFile) -> (Vec<Team>, Option<Problem>) {
    match file.load_or_last_good().await {
        Ok((config, broken)) => (config.teams, broken),
        Err(problem) => (Vec::new(), Some(problem)),
    }
}

/// Tells the engine what the file says now.
pub async fn tell(file: &ConfigFile, door: &Door) {
    door.send(match file.load().await {
        Ok(config) => Event::TeamsChanged { teams: config.teams },
        Err(problem) => Event::ConfigBroken { problem },
    });
}
