//! How one of many processes renews a session: what it does next, decided from what it heard last.
//!
//! `hands/sessions` does what stands here and decides nothing of it. Servers that rotate refresh tokens strictly take
//! each token once (RFC 9700 §4.14.2), so an order of steps that is wrong once in ten thousand times loses a session.
//! `tests` therefore walks through every order that six processes, three kills and three lost answers can make.

/// What a process does next. Generations count the writes of a session's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Next {
    /// Wait until no other process renews this session.
    Lock,
    /// Read the record, now that nobody else can change it.
    Look,
    /// Send the refresh token of the record that was read. What was `lost` once is sent once more, at once: the token
    /// may have been rotated, and many servers let the old one pass for a short while (fault F10).
    Ask { generation: u64, lost: bool },
    /// Read the record once more: the server refused, and a program that does not know our lock may have been here
    /// (fault F18).
    LookAgain { generation: u64 },
    /// Write what the server answered, as often as it takes. Nothing else may come before it.
    Keep,
    /// Write that the server ended the session, so that nobody tries again.
    KeepEnd,
    /// Come to an end.
    Leave(Outcome),
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The session of the record is good as it is.
    Usable,
    Renewed,
    /// The server ended it.
    Ended,
    /// There is no session.
    Absent,
    /// There is one that cannot be renewed.
    Lasting,
    /// The server did not answer, or said nothing about the session. The record is as it was.
    Unanswered,
    /// The record could not be read.
    Unread,
    /// The server renewed it, and the keychain would not take it. This is a loss.
    NotKept,
}

/// What came of the last step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Heard {
    Locked,
    Record {
        generation: u64,
        session: Found,
    },
    Unread,
    Renewed,
    /// The server says that the session is over.
    Refused,
    /// The server may have done it, and its answer did not come through.
    Lost,
    /// The server did nothing of it, or cannot be reached.
    Trouble,
    Kept,
    /// Whoever waits for it does not wait any longer.
    GivenUp,
}

/// What stands in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Found {
    Nothing,
    /// Good for what it is wanted for: somebody else renewed it, perhaps.
    Good,
    /// To be renewed.
    Due,
    /// The same, without a token to renew it by.
    Lasting,
}

/// The next step. What cannot be heard at a step changes nothing.
#[must_use]
pub fn next(at: Next, heard: Heard) -> Next {
    use Heard as H;
    match (at, heard) {
        (Next::Lock, H::Locked) => Next::Look,
        (Next::Look, H::Record { generation, session }) => match session {
            Found::Nothing => Next::Leave(Outcome::Absent),
            Found::Good => Next::Leave(Outcome::Usable),
            Found::Lasting => Next::Leave(Outcome::Lasting),
            Found::Due => Next::Ask { generation, lost: false },
        },
        (Next::Look | Next::LookAgain { .. }, H::Unread) => Next::Leave(Outcome::Unread),
        (Next::Ask { .. }, H::Renewed) => Next::Keep,
        (Next::Ask { generation, lost: false }, H::Lost) => Next::Ask { generation, lost: true },
        (Next::Ask { .. }, H::Lost | H::Trouble) => Next::Leave(Outcome::Unanswered),
        (Next::Ask { generation, .. }, H::Refused) => Next::LookAgain { generation },
        (Next::LookAgain { generation: asked }, H::Record { generation, session }) => match session {
            Found::Nothing => Next::Leave(Outcome::Absent),
            // The same record that was refused: it is over.
            _ if generation == asked => Next::KeepEnd,
            Found::Good | Found::Lasting => Next::Leave(Outcome::Usable),
            Found::Due => Next::Ask { generation, lost: true },
        },
        (Next::Keep, H::Kept) => Next::Leave(Outcome::Renewed),
        (Next::Keep, H::GivenUp) => Next::Leave(Outcome::NotKept),
        (Next::KeepEnd, H::Kept | H::GivenUp) => Next::Leave(Outcome::Ended),
        (at, _) => at,
    }
}

#[cfg(test)]
mod tests;
