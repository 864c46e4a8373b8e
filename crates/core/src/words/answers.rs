//! Who answers when an AWS tool is asked for a profile of some name.

/// What the files of AWS tools say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answers {
    /// There is no section of that name.
    Nobody,
    /// There is one, which leads to no credentials.
    Empty(Place),
    /// This program does, for this profile.
    Keyfob,
    /// Something that comes first.
    Other(By, Place),
}

/// What comes first, as the tools look for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A role to assume, with the credentials of something else.
    Role,
    /// The tools' own login.
    Sso,
    /// Access keys that are written down.
    Keys,
    /// Another program, or this one for another profile.
    Process,
}

/// A line of one of the two files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub file: AwsFile,
    /// Counts from 1.
    pub line: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwsFile {
    Config,
    Credentials,
}
