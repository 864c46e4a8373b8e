//! Teams that come, change and go, as a terminal tells it.

use crate::face::export::sh_word;
use crate::words::about::Field;
use crate::words::plain::clean;
use crate::words::profile::Profile;
use crate::words::settings::Settings;
use crate::words::team::Team;

pub const NAME: &str = "What is the team to be called? ";
pub const NEW_NAME: &str = "What is it to be called? ";
pub const REMOVE: &str = "Remove it? [y/N] ";
/// Its keys were taken out of a file.
pub const KEYS_GO: &str = "Its access keys were taken out of a file and are in the keychain only: `keyfob import --undo` puts them back first.\n";
pub const NOT_REMOVED: &str = "Nothing was removed.\n";

/// Asks for a setting. Enter alone leaves what is there as it is.
pub fn setting(field: &Field, now: Option<&str>) -> String {
    match now {
        Some(now) => format!("{} [{}]: ", field.label, clean(now)),
        None if field.secret => format!("{}: ", field.label),
        None => format!("{}, such as {}: ", field.label, field.example),
    }
}

/// Asks for a secret setting that may be there. Enter alone leaves it as it is.
pub fn secret_as_it_is(field: &Field) -> String {
    format!("{} (Enter alone keeps the one that is there): ", field.label)
}

/// What goes with a team, before it is asked whether it is to go.
pub fn to_remove(team: &Team) -> String {
    let profiles = match team.profiles.len() {
        0 => String::new(),
        1 => ", its profile".into(),
        many => format!(", its {many} profiles"),
    };
    format!("{} is logged out and removed{profiles} and all that is kept for it in the keychain.\n", team.name)
}

/// After it was removed: what brings it back, in commands, or where a profile has more than commands can say in the
/// lines that the config file had.
pub fn removed(team: &Team, lines: &str, config: &str) -> String {
    let done = format!("Removed {} and all that was kept for it. To have it back", team.name);
    if team.profiles.iter().any(Profile::is_chained) {
        return format!("{done}, put these lines into {config}:\n\n{lines}\n");
    }
    let mut text = format!("{done}:\n");
    text.push_str(&command(
        format!("team add {} --provider {}", sh_word(&team.name), sh_word(&team.provider)),
        &team.settings,
        None,
    ));
    for profile in &team.profiles {
        let add = format!("profile add {} {}", sh_word(&team.name), sh_word(&profile.name));
        text.push_str(&command(add, &profile.target, profile.region.as_deref()));
    }
    if team.pinned {
        text.push_str(&format!("  keyfob team pin {}\n", sh_word(&team.name)));
    }
    text
}

fn command(begin: String, settings: &Settings, region: Option<&str>) -> String {
    let mut line = format!("  keyfob {begin}");
    for (key, value) in settings {
        line.push_str(&format!(" --set {}", sh_word(&format!("{key}={value}"))));
    }
    if let Some(region) = region {
        line.push_str(&format!(" --region {}", sh_word(region)));
    }
    line + "\n"
}
