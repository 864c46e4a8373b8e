//! How each shell writes a text so that it means exactly that text and nothing else.
//!
//! The allow-lists in `variable.rs` keep hostile values out already; quoting does not rely on them.

use shell_quote::{Fish, QuoteRefExt, Sh};

use crate::words::plain::is_plain;
use crate::words::shell::Shell;

/// Why a text cannot be written for a shell, as the end of a sentence that begins with its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unquotable {
    /// Control characters act on the terminal before the shell quotes anything (security M11); those of
    /// direction hide what a line says.
    #[error("holds a control or invisible character")]
    Control,
    /// Nothing but the name follows `=`; shells would unset the variable or read on.
    #[error("is empty")]
    Empty,
    #[error("holds {0:?}, which cannot be quoted for this shell")]
    Character(char),
}

/// The command that sets a variable for this shell and what it starts, or one line of a file.
///
/// `variable` must be a plain name of letters, digits and `_`.
pub fn assignment(shell: Shell, variable: &str, value: &str) -> Result<String, Unquotable> {
    if value.is_empty() {
        return Err(Unquotable::Empty);
    }
    if value.chars().any(is_hidden) {
        return Err(Unquotable::Control);
    }
    let plain = value.bytes().all(is_harmless);
    Ok(match shell {
        Shell::Bash | Shell::Zsh | Shell::Sh => format!("export {variable}={}", quoted_posix(value)),
        Shell::Fish => format!("set -gx {variable} {}", quoted_fish(value)),
        Shell::Pwsh => format!("$env:{variable} = {}", quoted_pwsh(value)),
        Shell::Cmd => format!("set \"{variable}={}\"", checked_cmd(value)?),
        Shell::Nu => format!("$env.{variable} = {}", quoted_nu(value)),
        Shell::Elvish if plain => format!("set-env {variable} {value}"),
        Shell::Elvish => format!("set-env {variable} '{}'", value.replace('\'', "''")),
        Shell::Tcsh => format!("setenv {variable} {}", quoted_tcsh(value)),
        Shell::Dotenv if plain => format!("{variable}={value}"),
        Shell::Dotenv => format!("{variable}={}", quoted_dotenv(value)?),
        Shell::Json => format!("\"{variable}\": {}", serde_json::Value::from(value)),
    })
}

/// A word as a POSIX shell reads it back, for command lines that people may copy. zsh puts the path of a program in place
/// of its name behind `=` (zshexpn, "`=' expansion").
pub fn sh_word(word: &str) -> String {
    let plain = word.bytes().all(|b| is_harmless(b) || b":=@,+%".contains(&b));
    if plain && !word.is_empty() && !word.starts_with('=') { word.to_owned() } else { quoted_posix(word) }
}

/// The command that takes a variable away, and ends well where there is none; a `.env` file has no such thing, it just
/// does not name it.
pub fn unsetting(shell: Shell, variable: &str) -> Option<String> {
    Some(match shell {
        Shell::Bash | Shell::Zsh | Shell::Sh => format!("unset {variable}"),
        // It ends with 4 where there is nothing to erase.
        Shell::Fish => format!("set -e {variable}; or true"),
        Shell::Pwsh => format!("$env:{variable} = $null"),
        // It ends with 1 likewise; the brackets keep the next command out of the condition.
        Shell::Cmd => format!("(if defined {variable} set \"{variable}=\")"),
        Shell::Nu => format!("hide-env --ignore-errors {variable}"),
        Shell::Elvish => format!("unset-env {variable}"),
        Shell::Tcsh => format!("unsetenv {variable}"),
        Shell::Dotenv => return None,
        Shell::Json => format!("\"{variable}\": null"),
    })
}

/// Means itself in every shell and file form, wherever it stands in a word.
fn is_harmless(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-./".contains(&byte)
}

/// Cannot be seen, or changes how its neighbours are seen. Private-use and non-characters are among them:
/// fish up to 3.6.1 takes some for its own marks.
fn is_hidden(c: char) -> bool {
    !is_plain(c)
        || matches!(c,
            '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{10ffff}')
}

/// Single quotes where any are needed, which end only at the next one (POSIX.1-2017, Shell Command Language, 2.2.2). The
/// form is right for bash and zsh, too, and `!` is safe in it.
fn quoted_posix(value: &str) -> String {
    // It only adds ASCII to what is UTF-8 already, so nothing is lost.
    String::from_utf8_lossy(&Sh::quote_vec(value)).into_owned()
}

fn quoted_fish(value: &str) -> String {
    value.quoted(Fish)
}

/// PowerShell ends a verbatim string at any of five quotation marks and takes two of them for one
/// (about_Quoting_Rules; `IsSingleQuote` in its tokenizer).
fn quoted_pwsh(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('\'');
    for c in value.chars() {
        if matches!(c, '\'' | '\u{2018}'..='\u{201b}') {
            out.push(c);
        }
        out.push(c);
    }
    out.push('\'');
    out
}

/// Between the quotes of `set "…"`, cmd takes all characters as they are but three: `"` ends the quoting,
/// `%` and, with delayed expansion on, `!` are replaced even inside it, and cannot be escaped at a prompt.
fn checked_cmd(value: &str) -> Result<&str, Unquotable> {
    match value.chars().find(|c| matches!(c, '"' | '%' | '!')) {
        Some(c) => Err(Unquotable::Character(c)),
        None => Ok(value),
    }
}

/// Double quotes, in which only `"` and `\` mean something else than themselves. Raw strings would need no
/// escapes, but Nushell 0.115 takes the opening quote of `r#'#a'#` for the closing one.
fn quoted_nu(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for c in value.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// A backslash before everything that could mean something. Quotes would not do: in them `!` still looks
/// up the history, and a backslash means itself or not as `backslash_quote` is set.
fn quoted_tcsh(value: &str) -> String {
    let mut out = String::with_capacity(value.len() * 2);
    for c in value.chars() {
        if c.is_ascii() && !is_harmless(c as u8) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Single quotes, in which readers of `.env` files replace nothing. They disagree on backslashes there
/// and on how to write the quote itself, so neither is taken.
fn quoted_dotenv(value: &str) -> Result<String, Unquotable> {
    match value.chars().find(|c| matches!(c, '\'' | '\\')) {
        Some(c) => Err(Unquotable::Character(c)),
        None => Ok(format!("'{value}'")),
    }
}

#[cfg(test)]
mod tests;
