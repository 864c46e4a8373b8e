//! What `keyfob demo` tells between the commands it runs.

pub fn opening(url: &str) -> String {
    format!(
        "A cloud of its own runs at {url}. It speaks like IAM Identity Center and Cognito; nothing leaves this\n\
         computer, the keychain is in memory, and everything is gone when this ends. Its clock runs fast.\n"
    )
}

pub const ADD: &str = "A team is a place to log in. This one is an IAM Identity Center portal.";
pub const LOG_IN: &str =
    "Logging in shows a code to compare and opens the browser. Here somebody approves it on the page.";
pub const LOG_IN_BY_HAND: &str = "Logging in shows a code to compare and opens the browser. Approve it there.";
pub const DISCOVER: &str =
    "The session can be traded for every account and role it reaches. One of them becomes a profile.";
pub const CREDENTIALS: &str = "Any AWS SDK gets its keys through credential_process; a kept key needs no network.";
pub const EXPORT: &str = "One line sets up a terminal; names are quoted for its shell.";
pub const POOL: &str = "A Cognito user pool takes user name and password, proven by SRP: the password is never sent.";
pub const TOTP: &str = "Some of its people need one more step. The code is asked for, and typed by the demo.";
pub const WRONG: &str = "A wrong password is told as such, with the next step, and an exit status for scripts.";
pub const STATUS: &str = "Who is logged in where, and until when: for people, for scripts, for a shell prompt.";
pub const LATER: &str =
    "Fifty-seven minutes later. The access token is nearly over; the next use renews it without anybody.";
pub const REVOKED: &str = "An administrator ends all sessions. Keyfob believes the server and says what to do.";
pub const LOG_OUT: &str = "Logging out tells the server, and empties the keychain.";
pub const CLOSING: &str = "That is all of it. Begin with `keyfob team add`, or with `keyfob import`.\n";

pub fn step(number: usize, words: &str) -> String {
    format!("\n{number}. {words}\n")
}

pub fn exit_status(status: u8) -> String {
    format!("  (exit status {status})\n")
}

pub const PASSED: &str = "Ten minutes passed.\n";

/// What a person can do with the demo on their screen.
pub fn on_screen() -> String {
    "Keyfob is on your screen, on a cloud of its own: no AWS account, nothing leaves this computer, nothing is kept.\n\
     Its icon is near the clock. Where there is none, the window is all you need.\n\n  \
     acme-prod     is logged in\n  \
     acme-staging  ends soon: renew it from the notice, the menu or the window\n  \
     field-lab     has ended: log in again, and approve the code on the page\n  \
     sensors       asks for a password: ann, Correct-Horse-7; tom has a one-time code as well\n\n\
     Enter lets ten minutes pass · tom and Enter shows his one-time code · q and Enter ends the demo\n"
        .into()
}

/// The one-time code of somebody in the demo's pool.
pub fn code(user: &str, code: &str) -> String {
    match code {
        "" => format!("{user} has no authenticator: tom has.\n"),
        code => format!("The authenticator of {user} shows {code}.\n"),
    }
}

pub const NO_DESKTOP: &str = "The tray and the window are not installed, so this is the demo for the terminal.\n\n";

/// There is no display, and no virtual one can be made.
pub fn no_display(packages: &[&str]) -> String {
    format!(
        "There is no display. To see the tray and the window on a virtual one: apt install {}\n\
         This is the demo for the terminal.\n\n",
        packages.join(" ")
    )
}

pub fn virtual_display(folder: &str) -> String {
    format!("There is no display, so the demo runs on a virtual one and leaves pictures in {folder}.\n\n")
}

pub const FOUR_TEAMS: &str =
    "Four teams in four states. The icon shows the most urgent one, and a notice says who needs you";
pub const MENU: &str = "The tray menu: who is logged in until when, and what can be done about it";
pub const CODE: &str = "A click on Log in again: the code in a notice and in the menu, to compare with the page";
pub const CODE_AND_QR: &str = "The same in the window, with a QR code for a phone and the time that is left";
pub const LOGGED_IN: &str = "Approved on the page, and logged in";
pub const ENDED: &str = "The clock runs fast: acme-staging has ended, and says so once";
pub const PASSWORD: &str = "A user pool asks for name and password; the password is proven, never sent";
pub const ONE_TIME_CODE: &str = "One more step: the code of an authenticator";
pub const TEAM: &str = "Logged in: both clocks of the team, and its line for the terminal";
pub const ENDS_SOON: &str = "Later: a notice ten minutes before field-lab ends, with a button that renews it";
pub const RENEWED: &str = "A click on that button, and it goes on";
pub const SETTINGS: &str = "What can be set";

pub fn copied(line: &str, pasted: &str) -> String {
    format!("One click copies `{line}`; a shell that it is pasted into says {pasted}")
}

/// One line for each step; the file says which one it is.
pub fn pictured(file: &str, text: &str) -> String {
    format!("{file:<36}  {text}.\n")
}

pub fn journey_over(folder: &str) -> String {
    format!("\nQuit: the icon is gone, and everybody stays logged in. The pictures are in {folder}.\n")
}
