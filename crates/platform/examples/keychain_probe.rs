//! Asks the real keychain one thing and prints the kind of its answer; for tests, which give it a bus and a
//! state folder of their own.
//!
//! `keychain_probe STATE get|put|remove|unlock KEY [TIMES]`: a secret to put comes on stdin, one that was
//! got goes to stdout after the word `Some`. KEY is `canary`, `TEAM` or `TEAM.PROFILE`.

#![allow(clippy::print_stdout)]

use std::io::Read;
use std::path::Path;
use std::time::Instant;

use keyfob_core::ports::{SecretKey, SecretStore, StoreError};
use keyfob_core::secret::Secret;
use keyfob_core::team::Id;
use keyfob_platform::keychain::Keychain;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [state, what, key, rest @ ..] = &args[..] else { return Err("STATE get|put|remove|unlock KEY".into()) };
    let times = rest.first().map_or(Ok(1), |n| n.parse::<u32>())?;
    let key = key_of(key)?;
    let keychain = Keychain::new(Path::new(state));
    let mut text = String::new();
    if what == "put" {
        std::io::stdin().read_to_string(&mut text)?;
    }
    for _ in 0..times {
        let begun = Instant::now();
        let answer = match what.as_str() {
            "get" => keychain.get(&key).await.map(|found| match found {
                Some(secret) => format!("Some {}", secret.expose()),
                None => "None".to_owned(),
            }),
            "put" => keychain.put(&key, &Secret::new(text.clone())).await.map(|()| "Ok".to_owned()),
            "remove" => keychain.remove(&key).await.map(|()| "Ok".to_owned()),
            "unlock" => keychain.unlock().await.map(|()| "Ok".to_owned()),
            other => return Err(format!("{other}?").into()),
        };
        println!("{}", answer.unwrap_or_else(|error| kind(&error)));
        println!("in {} ms", begun.elapsed().as_millis());
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
        StoreError::NoKeychain { .. } => "NoKeychain",
        StoreError::Locked => "Locked",
        StoreError::Dismissed => "Dismissed",
        StoreError::TimedOut => "TimedOut",
        StoreError::DifferentKeychain => "DifferentKeychain",
        StoreError::Damaged { .. } => "Damaged",
        StoreError::ReadBack => "ReadBack",
        StoreError::Failed { .. } => "Failed",
    };
    format!("{name}: {error}")
}
