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
