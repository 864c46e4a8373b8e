//! Asks the real keychain what it is told on stdin, one line each, and says the answer; for the tests beside it.
//!
//! `keychain-probe STATE`, then lines `get KEY`, `put KEY SECRET`, `remove KEY`, `ready`. A KEY is `canary`, `TEAM` or
//! `TEAM.PROFILE`. A line that begins with `person` is asked for somebody who answers prompts. Answers: `some SECRET`, `none`, `ok`, or the kind of the error and its words.

#![allow(clippy::print_stdout)]

use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use keyfob_core::doors::ports::{SecretKey, SecretStore, StoreError};
use keyfob_core::words::id::Id;
use keyfob_core::words::secret::Secret;
use keyfob_platform::keychain::Keychain;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let state = std::env::args().nth(1).ok_or("STATE?")?;
    let keychain = Keychain::new(Path::new(&state));
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (store, asked): (Arc<dyn SecretStore>, _) = match line.strip_prefix("person ") {
            Some(asked) => (keychain.for_person(), asked),
            None => (Arc::new(keychain.clone()), &*line),
        };
        let words: Vec<&str> = asked.splitn(3, ' ').collect();
        let answer = match words[..] {
            ["get", key] => store.get(&key_of(key)?).await.map(|found| match found {
                Some(secret) => format!("some {}", secret.expose()),
                None => "none".to_owned(),
            }),
            ["put", key, secret] => store.put(&key_of(key)?, &Secret::new(secret)).await.map(|()| "ok".to_owned()),
            ["remove", key] => store.remove(&key_of(key)?).await.map(|()| "ok".to_owned()),
            ["ready"] => store.ready().await.map(|()| "ok".to_owned()),
            _ => return Err(format!("{line}?").into()),
        };
        println!("{}", answer.unwrap_or_else(|error| kind(&error)));
    }
    Ok(())
}

fn key_of(text: &str) -> Result<SecretKey, Box<dyn std::error::Error>> {
    let id = |text: &str| Id::try_from(text.to_owned());
    Ok(match text.split_once('.') {
        Some((team, profile)) => SecretKey::Credential(id(team)?, id(profile)?),
        None if text == "canary" => SecretKey::Canary,
        None => SecretKey::Team(id(text)?),
    })
}

fn kind(error: &StoreError) -> String {
    let name = match error {
        StoreError::NoKeychain { .. } => "no-keychain",
        StoreError::Locked => "locked",
        StoreError::Dismissed => "dismissed",
        StoreError::NotGranted => "not-granted",
        StoreError::TimedOut => "timed-out",
        StoreError::DifferentKeychain => "different-keychain",
        StoreError::Damaged { .. } => "damaged",
        StoreError::ReadBack => "read-back",
        StoreError::Starved { .. } => "starved",
        StoreError::Failed { .. } => "failed",
    };
    format!("{name}: {error}")
}
