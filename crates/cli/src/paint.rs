//! Colours of states at a terminal.

use keyfob_core::face::phrase::Icon;

/// The colour of a state, as SGR has it (ECMA-48, 8.3.117); its shape and its words say the same.
pub fn colour(icon: Icon) -> &'static str {
    match icon {
        Icon::Solid => "32",
        Icon::Clock | Icon::Ask | Icon::Lock => "33",
        Icon::Bang | Icon::Cross => "31",
        Icon::Dots => "36",
        Icon::Hollow | Icon::Slash | Icon::HollowSlash => "2",
    }
}

pub fn painted(text: &str, colour: &str) -> String {
    format!("\u{1b}[{colour}m{text}\u{1b}[0m")
}

pub fn red(text: &str) -> String {
    painted(text, colour(Icon::Cross))
}
