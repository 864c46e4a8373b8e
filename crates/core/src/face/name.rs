//! How a name reads where there is little room.

/// The longest a team's name is in a menu or a tooltip, in characters.
const NAME_IN_MENUS: usize = 24;

/// A name that fits a menu: the middle is left out when it is long.
pub fn menu_name(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= NAME_IN_MENUS {
        return name.to_owned();
    }
    let half = NAME_IN_MENUS / 2;
    let head: String = letters[..half].iter().collect();
    let tail: String = letters[letters.len() - (NAME_IN_MENUS - half - 1)..].iter().collect();
    format!("{head}…{tail}")
}
