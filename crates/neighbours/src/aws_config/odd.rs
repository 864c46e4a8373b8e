//! What in the files is not as AWS tools would have it, in words.

use super::Place;

/// Something that was read differently than it is written, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    pub place: Place,
    /// The header or key that it is about; may be empty.
    pub text: String,
    pub what: Odd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Odd {
    Utf16,
    /// A header that holds bytes which are no text.
    NotText,
    /// A setting before the first section.
    Homeless,
    /// A header that does not end.
    Torn,
    Nameless,
    NoProfile,
    Twice,
    TwiceKey,
    NoSetting,
    NoNested,
    /// A header that is a part of the setting above it.
    Indented,
}

impl Oddity {
    /// A section is lost by it whose name nobody can tell.
    pub fn hides(&self) -> bool {
        self.what == Odd::NotText
    }

    /// The name of the section that is lost by it, as far as it can be told.
    pub fn lost(&self) -> Option<&str> {
        if !matches!(self.what, Odd::Torn | Odd::Nameless | Odd::NoProfile | Odd::Indented) {
            return None;
        }
        let inside = self.text.trim_matches(['[', ']', ' ', '\t']);
        let name = inside.split_once([' ', '\t']).map_or(inside, |(_, name)| name);
        Some(name.trim_matches([' ', '\t', '"', '\'']))
    }

    /// What the warning is about, as it is written in the file.
    pub fn field(&self) -> Option<String> {
        match self.what {
            Odd::Torn | Odd::Indented => Some(self.text.clone()),
            Odd::TwiceKey | Odd::NoNested => Some(self.text.clone()),
            _ if self.text.is_empty() => None,
            _ => Some(format!("[{}]", self.text)),
        }
    }

    /// What is wrong and what to do, each as a sentence.
    pub fn words(&self) -> (String, String) {
        let (why, next) = match self.what {
            Odd::Utf16 => ("The file is UTF-16, which AWS tools cannot read; Keyfob can.", "Save it as UTF-8."),
            Odd::NotText => {
                ("The name of this section is no UTF-8 text, so the section was left out.", "Save the file as UTF-8.")
            }
            Odd::Homeless => (
                "This line stands before the first section, so it belongs to none; the AWS CLI refuses the whole file for it.",
                "Put it below a section such as [profile name], or take it away.",
            ),
            Odd::Torn => (
                "This section does not end with ], so it was left out; the AWS CLI refuses the whole file for it.",
                "Write it like [profile name].",
            ),
            Odd::Nameless => (
                "This section has no single name, so AWS tools leave it out, and so does Keyfob.",
                "Put quotes around a name with blanks: [profile \"a b\"].",
            ),
            Odd::NoProfile => (
                "AWS tools read a section without the word “profile” in the credentials file only, so it was left out.",
                "If it should be a profile, write it as [profile name].",
            ),
            Odd::Twice => (
                "This section is there a second time. Both were read as one; the AWS CLI refuses the whole file for it.",
                "Make one of the two.",
            ),
            Odd::TwiceKey => (
                "This setting is there a second time in its section. The last one was read; the AWS CLI refuses the whole file for it.",
                "Take one of the two away.",
            ),
            Odd::NoSetting => (
                "This line is no section and no setting, so it was left out; the AWS CLI refuses the whole file for it.",
                "Write it as name = value, or put # in front of it.",
            ),
            Odd::NoNested => (
                "The lines below this setting are not all written as name = value; the AWS CLI refuses the whole file for it.",
                "Mend the line, or put # in front of it.",
            ),
            Odd::Indented => (
                "This section is indented more than the setting above it, so AWS tools take it for a part of that setting.",
                "Move it to the beginning of the line.",
            ),
        };
        (why.into(), next.into())
    }
}
