//! Copies what stands on each line of stdin and says `ok`, or why it could not; for the tests beside it.
//!
//! Lines: `plain TEXT`, `secret MILLISECONDS TEXT`, `end`. It goes on handing the text out until stdin closes.

#![allow(clippy::print_stdout)]

use std::sync::Arc;
use std::time::Duration;

use keyfob_core::words::secret::Secret;
use keyfob_platform::clipboard::SystemClipboard;
use keyfob_platform::clock::SystemClock;
use tokio::io::{AsyncBufReadExt, BufReader};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let clipboard = SystemClipboard::new(Arc::new(SystemClock));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let copied = match line.split_once(' ') {
            Some(("plain", text)) => clipboard.copy(&Secret::new(text), None).await,
            Some(("secret", rest)) => {
                let (after, text) = rest.split_once(' ').ok_or("no text")?;
                clipboard.copy(&Secret::new(text), Some(Duration::from_millis(after.parse()?))).await
            }
            None if line == "end" => {
                clipboard.end().await;
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
