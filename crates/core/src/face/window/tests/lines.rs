//! The lines of the pipe between tray and window.

use super::*;
use crate::doors::pipe::Reveal;
use crate::doors::ports::Revealed;

fn lines() -> Vec<Up> {
    let answers = [
        filled([("username", "ana"), ("password", "hunter\"2\n☃")], &["remember"]),
        filled([("code", "123456")], &[]),
        LoginAnswer::Chosen { choice: "sms".into() },
        LoginAnswer::Yes,
        LoginAnswer::No,
    ];
    let mut ups: Vec<Up> = answers
        .into_iter()
        .map(|answer| Up::Answer { typed: Typed::Login { team: id("lab"), login: LoginId(7), answer } })
        .collect();
    let secrets = BTreeMap::from([("client-secret".to_owned(), Entered(Secret::new("s3cr3t")))]);
    let form = TeamForm { team: None, name: "a".into(), provider: "p".into(), settings: TeamSettings::new(), secrets };
    ups.push(Up::Answer { typed: Typed::Team { form } });
    ups.push(Up::Answer { typed: Typed::Import { found: 2, chosen: vec![Chosen { key: 1, name: "b".into() }] } });
    ups.push(Up::Answer { typed: Typed::Profiles { team: id("lab"), found: 2, keys: vec![0, 4] } });
    ups.push(Up::Focus { focused: true });
    ups.push(Up::Act { click: Click::SetPrefs { prefs: Prefs::default() } });
    ups.push(Up::Act { click: Click::act(Action::CopyExport { team: id("lab"), profile: None, shell: Shell::Fish }) });
    ups
}

#[test]
fn every_line_from_the_window_is_understood_by_the_tray() {
    for up in lines() {
        let mut line = up.line();
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1, "one line: {up:?}");
        assert_eq!(line.last(), Some(&b'\n'));
        assert_eq!(line.capacity(), line.len(), "the buffer was moved and left a copy behind: {up:?}");
        assert_eq!(Up::parse(&mut line), Ok(up));
    }
}

#[test]
fn what_a_person_typed_is_wiped_from_the_line_and_never_printed() {
    for up in lines() {
        let mut line = up.line();
        let _ = Up::parse(&mut line);
        assert!(line.iter().all(|byte| *byte == 0));
        let printed = format!("{up:?}");
        for secret in ["hunter", "123456", "s3cr3t"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
    let mut broken =
        br#"{"up":"answer","typed":{"typed":"login","answer":{"answer":"code","code":"123456"}}}"#.to_vec();
    assert_eq!(Up::parse(&mut broken), Err(BadLine));
    assert!(broken.iter().all(|byte| *byte == 0), "a line that cannot be read is wiped, too");
    assert!(!BadLine.to_string().contains("123456"));
}

#[test]
fn a_line_that_is_too_long_is_refused() {
    let mut line = vec![b' '; MAX_LINE];
    line.extend_from_slice(br#"{"up":"focus","focused":true}"#);
    assert_eq!(Up::parse(&mut line), Err(BadLine));
}

#[test]
fn the_window_understands_every_line_from_the_tray() {
    let view = ok().view();
    let line = Down::View { view: view.clone() }.line();
    let heard = Heard::parse(std::str::from_utf8(&line).unwrap()).unwrap();
    assert_eq!(heard, Heard::View { view: serde_json::to_value(&view).unwrap() });
    let token = || Some("token".to_owned());
    for (down, heard) in [
        (Down::Raise { token: None }, Heard::Raise { token: None }),
        (Down::Raise { token: token() }, Heard::Raise { token: token() }),
        (Down::Close, Heard::Close),
    ] {
        assert_eq!(Heard::parse(std::str::from_utf8(&down.line()).unwrap()), Ok(heard));
    }
    assert_eq!(Heard::parse("{}"), Err(BadLine));
}

proptest! {
    #[test]
    fn no_bytes_from_the_window_do_harm(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Up::parse(&mut bytes);
    }

    #[test]
    fn no_click_does_harm_in_any_situation(which in 0_usize..64, page in 0_usize..16, at in -100_000_i64..100_000) {
        let situations = all();
        let (_, mut scenario) = situations[which % situations.len()].clone();
        let clicks: Vec<Click> = clicks_of(&serde_json::to_value(scenario.view()).unwrap());
        let chosen = clicks[page % clicks.len()].clone();
        let _ = click(&mut scenario, chosen, later(at));
        let _ = scenario.desk.tick(later(at));
        let _ = view_at(&scenario, later(at));
    }
}

/// Every click in a view, wherever it stands.
fn clicks_of(value: &serde_json::Value) -> Vec<Click> {
    let own = serde_json::from_value(value.clone()).ok();
    let inner: Vec<Click> = match value {
        serde_json::Value::Object(map) => map.values().flat_map(clicks_of).collect(),
        serde_json::Value::Array(list) => list.iter().flat_map(clicks_of).collect(),
        _ => Vec::new(),
    };
    own.into_iter().chain(inner).collect()
}

#[test]
fn a_secret_to_be_shown_has_a_line_of_its_own_and_is_never_printed() {
    let shown = Revealed { text: Secret::new("JBSWY3DP"), uri: Secret::new("otpauth://totp/x?secret=JBSWY3DP") };
    let line = Reveal::line(LoginId(7), &shown);
    let text = std::str::from_utf8(&line).unwrap();
    assert_eq!(text.matches('\n').count(), 1);
    let Ok(Heard::Reveal(reveal)) = Heard::parse(text) else { panic!("not understood: {text}") };
    assert_eq!((reveal.login, reveal.text.0.expose()), (LoginId(7), "JBSWY3DP"));
    assert!(!format!("{reveal:?}{shown:?}").contains("JBSWY3DP"));
}

// F151
#[test]
fn whatever_a_view_is_made_of_it_is_plain_when_it_reaches_the_page() {
    let hostile = "a\u{1b}]0;\u{7}\u{9b}\u{7f}\u{202e}\u{2028}\u{e0041}b";
    let mut scenario = super::ok();
    scenario.model.teams[1].team.name = hostile.into();
    let line = Down::View { view: scenario.view() }.line();
    let Heard::View { view } = Heard::parse(str::from_utf8(&line).unwrap()).unwrap() else { panic!("a view") };
    let text = view.to_string();
    assert!(text.contains("\"a]0;b\""), "{text}");
    assert!(!text.contains("\\u00") && text.chars().all(crate::words::plain::is_plain), "{text}");
}
