//! A text that must not be seen: it is wiped when dropped and cannot be printed or serialised.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A password, token or key. It has no `Display`, no `Serialize`, and its `Debug` shows nothing, so the
/// compiler refuses it wherever something could be shown, logged or sent to the window.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Takes over a text; the caller keeps no copy.
    pub fn new(text: impl Into<String>) -> Self {
        Secret(text.into())
    }

    /// Reads the text. Every use of this is a place to look at in a review.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// True when there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_nothing_of_a_secret() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
    }

    #[test]
    fn a_secret_is_empty_only_without_a_character() {
        assert!(Secret::new("").is_empty());
        assert!(!Secret::new(" ").is_empty());
    }

    // F150
    #[cfg(target_os = "linux")]
    #[test]
    #[allow(clippy::unwrap_used)]
    fn a_secret_is_wiped_when_it_is_dropped() {
        let mut sought = crate::testkit::Sought::default();
        let secret = sought.planted("a secret");
        let copy = secret.clone();
        assert_eq!(sought.found("self").unwrap().len(), 4, "the middle and the end of both");
        drop(copy);
        assert_eq!(sought.found("self").unwrap().len(), 2);
        drop(secret);
        assert_eq!(sought.found("self").unwrap(), [""; 0]);
    }
}
