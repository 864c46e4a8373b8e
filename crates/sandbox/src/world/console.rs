//! What the sign-in service remembers: codes on their way to a program, and the tokens that renew its session.

#[derive(Debug)]
pub(crate) struct ConsoleCode {
    pub client_id: String,
    pub redirect_uri: String,
    pub challenge: String,
    pub arn: String,
    pub ends: u64,
}

#[derive(Debug)]
pub(crate) struct ConsoleRefresh {
    pub client_id: String,
    pub arn: String,
    /// The key that it is bound to.
    pub key: String,
    pub ends: u64,
}
