//! Copies what stands on each line of stdin and says `ok`, or why it could not; for the tests beside it.
//!
//! Lines: `plain TEXT`, `secret MILLISECONDS TEXT`, `end`. It goes on handing the text out until stdin closes.

#![allow(clippy::print_stdout)]

use std::time::Duration;

use keyfob_core::secret::Secret;
use keyfob_platform::clipboard::SystemClipboard;
use tokio::io::{AsyncBufReadExt, BufReader};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let clipboard = SystemClipboard::default();
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let words: Vec<&str> = line.splitn(3, ' ').collect();
        let copied = match words[..] {
            ["plain", text] => clipboard.copy(&Secret::new(text), None),
            ["secret", after, text] => clipboard.copy(&Secret::new(text), Some(Duration::from_millis(after.parse()?))),
            ["end"] => {
                clipboard.end();
                Ok(())
            }
            _ => return Err(format!("{line}?").into()),
        };
        match copied {
            Ok(()) => println!("ok"),
            Err(error) => println!("{error}"),
        }
    }
    Ok(())
}
