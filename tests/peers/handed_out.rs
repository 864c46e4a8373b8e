//! What we hand out, read by boto3; and the embedded cloud itself, judged by boto3 and the API models it ships.

use std::process::{Command, Stdio};

use keyfob_tests::support::peers::{Peer, keyfob, python, root, stdout_of, venv};
use serde_json::Value;

#[test]
fn boto3_gets_an_answer_from_sts_with_the_keys_that_our_credential_process_hands_out() {
    let (cloud, moto) = (Peer::cloud(), Peer::moto());
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(root().join("scripts/session.sh"))
        .arg(home.path())
        .arg(venv("python"))
        .arg(root().join("tests/peers/boto3_reads_keyfob.py"))
        .arg(keyfob())
        .args([&cloud.facts.to_string(), &moto.url])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let seen: Value = serde_json::from_str(&stdout_of(&output)).unwrap();

    // The sandbox's STS checks the signature, so these are the keys of the person who approved the code.
    assert_eq!(seen["strict"]["account"], "222222222222", "{seen}");
    assert!(seen["strict"]["arn"].as_str().unwrap().contains("Developer"), "{seen}");
    // moto believes any key; that it answers shows that a whole SDK request was made from what we printed.
    assert!(seen["stranger"]["arn"].as_str().unwrap().starts_with("arn:aws:"), "{seen}");
    for answer in [&seen["strict"], &seen["stranger"]] {
        assert_eq!(answer["method"], "custom-process", "{seen}");
    }
    assert_eq!(seen["strict"]["key"], seen["stranger"]["key"], "the second process did not answer from the keychain");
    assert_eq!(seen["minted"], 0, "the login told its name by them, and they were kept: {seen}");
    let chained = seen["chained"]["arn"].as_str().unwrap();
    assert!(chained.starts_with("arn:aws:sts::111111111111:assumed-role/Deploy/"), "{seen}");
    let foreign = seen["foreign"]["arn"].as_str().unwrap();
    assert!(foreign.contains(":assumed-role/Moto/"), "{seen}");
}

#[test]
fn every_answer_of_the_embedded_cloud_is_one_that_the_api_models_allow() {
    let cloud = Peer::cloud();
    let said = stdout_of(&python("sandbox_boto3.py", &[&cloud.url]));
    let last = said.lines().last().unwrap_or_default();
    assert!(last.ends_with(" passed, 0 failed") && !last.starts_with('0'), "{said}");
}
