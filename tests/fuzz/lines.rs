//! Lines of the pipe and of the socket: each is read and means what it says, or is refused; none makes more of itself.

use keyfob_core::doors::pipe::{MAX_LINE, Reveal, Up};
use keyfob_core::doors::ports::Revealed;
use keyfob_core::face::window::{Down, Heard};
use keyfob_core::words::login::LoginId;
use keyfob_core::words::secret::Secret;
use keyfob_platform::instance::{Ask, BadFrame, MAX_FRAME};
use serde_json::{Value, json};

use crate::driver::Target;

pub const UP: Target = Target { seeds: ups, words: WORDS, changes: 8, inputs: 5_000, holds: up_holds };
pub const DOWN: Target = Target { seeds: downs, words: WORDS, changes: 8, inputs: 400, holds: down_holds };
pub const FRAME: Target = Target { seeds: frames, words: WORDS, changes: 8, inputs: 5_000, holds: frame_holds };

const WORDS: &[&str] = &[
    "up",
    "act",
    "answer",
    "focus",
    "focused",
    "click",
    "typed",
    "action",
    "page",
    "team",
    "login",
    "values",
    "ticks",
    "down",
    "view",
    "reveal",
    "raise",
    "close",
    "token",
    "text",
    "uri",
    "keyfob",
    "say",
    "ask",
    "open",
    "here",
    "need",
    "from",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "LD_PRELOAD",
    ":1",
    "2",
    "aaaaaaaaaaaaaaaa",
    "../../x",
    "null",
    "\\u0000",
    "\\ud800",
    "\n",
    "home",
    "settings",
    "1e400",
    "-0",
];

fn ups() -> Vec<Vec<u8>> {
    let team = "aaaaaaaaaaaaaaaa";
    let filled = json!({ "answer": "filled", "values": { "username": "ana", "password": "typed-hunter2\n☃" }, "ticks": ["remember"] });
    let form = json!({
        "team": null, "name": "a", "provider": "cognito", "settings": { "region": "eu-west-1" },
        "secrets": { "client-secret": "typed-s3cr3t" },
    });
    let typed = |typed: Value| json!({ "up": "answer", "typed": typed });
    let mut all = vec![
        typed(json!({ "typed": "login", "team": team, "login": 7, "answer": filled })),
        typed(json!({ "typed": "login", "team": team, "login": 7, "answer": { "answer": "chosen", "choice": "sms" } })),
        typed(json!({ "typed": "login", "team": team, "login": u64::MAX, "answer": { "answer": "yes" } })),
        typed(json!({ "typed": "team", "form": form })),
        typed(json!({ "typed": "profile", "form": form })),
        typed(json!({ "typed": "import", "found": 2, "chosen": [{ "key": 1, "name": "b" }] })),
        typed(json!({ "typed": "profiles", "team": team, "found": 2, "keys": [0, 4] })),
        json!({ "up": "focus", "focused": true }),
    ];
    // Whatever can be clicked in the views that the page is tested with.
    for view in views() {
        clicks_in(&view, &mut all);
    }
    all.iter().map(|line| format!("{line}\n").into_bytes()).collect()
}

fn views() -> Vec<Value> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/fixtures");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let scenes = files.iter().map(|file| serde_json::from_slice::<Value>(&std::fs::read(file).unwrap()).unwrap());
    scenes.flat_map(|scene| scene["views"].as_array().cloned().unwrap_or_default()).collect()
}

fn clicks_in(node: &Value, all: &mut Vec<Value>) {
    if let Some(click) = node.get("click").filter(|click| click.is_object()) {
        let line = json!({ "up": "act", "click": click });
        if !all.contains(&line) {
            all.push(line);
        }
    }
    match node {
        Value::Object(fields) => fields.values().for_each(|inner| clicks_in(inner, all)),
        Value::Array(items) => items.iter().for_each(|inner| clicks_in(inner, all)),
        _ => {}
    }
}

fn up_holds(input: &[u8]) {
    let mut line = input.to_vec();
    let up = Up::parse(&mut line);
    assert!(line.iter().all(|byte| *byte == 0), "what was typed is still there");
    let Ok(up) = up else { return };
    assert!(input.len() <= MAX_LINE, "it is too long to be read");
    assert!(!format!("{up:?}").contains("typed-"), "what was typed is printed");
    let mut again = up.line();
    assert_eq!(again.iter().filter(|byte| **byte == b'\n').count(), 1, "not one line");
    assert!(again.len() <= 2 * input.len() + 256, "it makes {} bytes of {}", again.len(), input.len());
    assert_eq!(Up::parse(&mut again), Ok(up), "written, it says something else");
}

fn downs() -> Vec<Vec<u8>> {
    let shown =
        Revealed { text: Secret::new("typed-JBSWY3DP"), uri: Secret::new("otpauth://totp/x?secret=typed-JBSWY3DP") };
    let mut all = vec![
        Down::Raise { token: None }.line(),
        Down::Raise { token: Some("token".into()) }.line(),
        Down::Close.line(),
        Reveal::line(LoginId(7), &shown).to_vec(),
    ];
    all.extend(
        views().iter().take(20).map(|view| format!("{}\n", json!({ "down": "view", "view": view })).into_bytes()),
    );
    all
}

fn down_holds(input: &[u8]) {
    let Ok(line) = std::str::from_utf8(input) else { return };
    match Heard::parse(line) {
        Ok(Heard::View { view }) => assert!(view.to_string().len() <= 2 * input.len() + 256),
        Ok(Heard::Reveal(reveal)) => {
            assert!(!format!("{reveal:?}").contains("typed-"), "a secret is printed");
            let shown = Revealed { text: reveal.text.0, uri: reveal.uri.0 };
            let again = Heard::parse(std::str::from_utf8(&Reveal::line(reveal.login, &shown)).unwrap());
            let Ok(Heard::Reveal(again)) = again else { panic!("written, it says something else") };
            assert_eq!((again.text.0, again.uri.0), (shown.text, shown.uri));
        }
        Ok(Heard::Raise { token }) => {
            let again = Down::Raise { token: token.clone() }.line();
            assert_eq!(Heard::parse(std::str::from_utf8(&again).unwrap()), Ok(Heard::Raise { token }));
        }
        Ok(Heard::Close) => {}
        Err(bad) => assert!(!bad.to_string().contains("typed-")),
    }
}

fn frames() -> Vec<Vec<u8>> {
    let place = json!({ "DISPLAY": ":1", "XAUTHORITY": "/run/user/1000/x", "XDG_ACTIVATION_TOKEN": "t_1" });
    let say = |say: Value, from: &Value| json!({ "keyfob": 1, "say": say, "from": from });
    let all = [
        say(json!({ "ask": "raise" }), &place),
        say(json!({ "ask": "here" }), &json!({ "WAYLAND_DISPLAY": "wayland-0" })),
        say(json!({ "ask": "open", "open": { "page": "home" } }), &place),
        say(json!({ "ask": "open", "open": { "page": "team", "team": "aaaaaaaaaaaaaaaa" } }), &json!({})),
        json!({ "keyfob": 1, "say": { "ask": "need", "team": "aaaaaaaaaaaaaaaa" } }),
    ];
    all.iter().map(|line| format!("{line}\n").into_bytes()).inspect(|line| assert!(Ask::parse(line).is_ok())).collect()
}

fn frame_holds(input: &[u8]) {
    match Ask::parse(input) {
        Ok(ask) => {
            assert!(input.len() <= MAX_FRAME, "it is too long to be read");
            let line = ask.line();
            assert!(line.len() <= MAX_FRAME && line.iter().filter(|byte| **byte == b'\n').count() == 1);
            assert_eq!(Ask::parse(&line), Ok(ask), "written, it says something else");
        }
        Err(BadFrame::Version) => {
            let tree = serde_json::from_slice::<Value>(input);
            assert!(tree.is_err() || tree.is_ok_and(|tree| tree["keyfob"] != 1), "it is our version");
        }
        Err(BadFrame::Unreadable) => {}
    }
}
