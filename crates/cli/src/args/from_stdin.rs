//! The flags of settings that are secret: each is piped in, and never typed on a command line.

use clap::Args;

/// One flag for each; a test holds them against what the providers declare.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct FromStdin {
    /// Read the secret of the app client from stdin
    #[arg(long)]
    client_secret_stdin: bool,
    /// Read the secret access key from stdin
    #[arg(long)]
    secret_access_key_stdin: bool,
}

impl FromStdin {
    /// The setting that is piped in.
    pub fn key(&self) -> Option<&'static str> {
        let flags = [("client-secret", self.client_secret_stdin), ("secret-access-key", self.secret_access_key_stdin)];
        flags.into_iter().find_map(|(key, given)| given.then_some(key))
    }
}
