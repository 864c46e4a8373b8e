//! What was noticed beside a failure that may be why it failed: the server's words, a value and its source, the clock.

/// Something that may be why. None of it is ever a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// What the server said, in its own words.
    Said { words: String },
    /// A value that was used, and where it came from.
    Given { key: String, value: String, source: Source },
    /// This computer's clock is so many seconds ahead of that of the host; behind it where they are negative.
    Clock { host: String, ahead: i64 },
}

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The team's settings in the config file.
    Settings,
    /// Nobody chose it.
    Default,
    /// A variable of the environment, which the key names.
    Environment,
}
