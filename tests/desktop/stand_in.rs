//! Words with the program that stands in for the window: what it heard, and what a person does in it.

use std::fs;
use std::io::Write;

use keyfob_tests::support::desktop::until;
use serde_json::{Value, json};

use crate::stage::Stage;

/// What the stand-in has heard so far.
pub fn heard(stage: &Stage) -> Vec<Value> {
    let text = fs::read_to_string(stage.home().join("window.heard")).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

pub fn until_heard(stage: &Stage, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
    let mut found = None;
    until(what, || {
        let all = heard(stage);
        found = all.iter().rfind(|line| is_it(line)).cloned();
        found.is_some().then_some(()).ok_or_else(|| format!("{:?}\n{}", all.last(), stage.log()))
    });
    found.unwrap()
}

pub fn say(stage: &Stage, line: &Value) {
    let text = if line == "die" { "die".into() } else { line.to_string() };
    let mut pipe = fs::File::options().write(true).open(stage.home().join("window.say")).unwrap();
    writeln!(pipe, "{text}").unwrap();
}

/// How many windows were started so far.
pub fn born(stage: &Stage) -> usize {
    heard(stage).iter().filter(|line| line.get("born").is_some()).count()
}

pub fn page(line: &Value) -> &str {
    line["view"]["page"]["page"].as_str().unwrap_or_default()
}

/// Types the answer to the question of a login.
pub fn answer(stage: &Stage, team: &str, login: u64, answer: Value) {
    say(stage, &json!({"up": "answer", "typed": {"typed": "login", "team": team, "login": login, "answer": answer}}));
}
