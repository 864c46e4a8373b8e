//! What a team's session can be traded for.

use serde::Serialize;

use crate::words::id::Id;

/// What a team's session can be traded for: an account and a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Profile {
    pub id: Id,
    pub name: String,
    /// Twelve digits.
    pub account: String,
    pub role: String,
    /// Where its tools work; `None` means the team's own region.
    pub region: Option<String>,
}

/// Twelve digits.
pub fn check_account(account: &str) -> Result<(), String> {
    if account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) {
        Ok(())
    } else {
        Err(format!("an AWS account is 12 digits, not {account:?}"))
    }
}

/// 1 to 64 characters of `[\w+=,.@-]` (IAM API reference, RoleName).
pub fn check_role(role: &str) -> Result<(), String> {
    let fits =
        (1..=64).contains(&role.len()) && role.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b));
    if fits { Ok(()) } else { Err(format!("a role is 1 to 64 letters, digits and _ + = , . @ -, not {role:?}")) }
}
