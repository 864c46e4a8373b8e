//! Stories of accounts, and of a secret that is shown once.

use super::*;
use crate::doors::pipe::Reveal;
use crate::words::question::{Filled, USERNAME};

fn typed() -> Answer {
    Answer::Filled(Filled::default().with(USERNAME, Secret::new("ann")))
}

fn stranger() -> Vec<TeamEntry> {
    vec![TeamEntry { team: team("acme"), state: Default::default() }]
}

#[tokio::test]
async fn a_deed_takes_the_place_of_a_login_and_ends_in_a_way_on() {
    let story = tell(stranger());
    story.click(Action::LogIn { team: id("acme") }).await;
    story.click(Action::Account { team: id("acme"), deed: Deed::Forgot }).await;
    assert_eq!(*story.twin.cancelled.lock().unwrap(), 1, "the login ended first");
    let login = story.shell.model().teams[0].state.login.clone().unwrap();
    assert_eq!(login.deed, Some(Deed::Forgot));
    assert!(story.door.answer(login.id, typed()));
    story.clock.settle().await;
    assert_eq!(story.health("acme"), Health::SignedOut);
    let notice = story.shell.on_display().pop().unwrap();
    assert_eq!((notice.kind, notice.title.as_str()), (Kind::Done, "acme: your new password is set"));
    assert_eq!(notice.buttons[0].action, Action::LogIn { team: id("acme") });
}

#[tokio::test]
async fn a_cancelled_deed_stays_cancelled() {
    let story = tell(vec![logged_in("acme", session(start(), 60))]);
    story.click(Action::Account { team: id("acme"), deed: Deed::ChangePassword }).await;
    assert_eq!(story.health("acme"), Health::Working);
    let login = story.shell.model().teams[0].state.login.clone().unwrap();
    story.click(Action::CancelLogin { team: id("acme") }).await;
    assert!(!story.door.answer(login.id, typed()), "an answer was taken for a deed that is over");
    story.pass(MINUTE).await;
    assert_eq!((story.health("acme"), story.shell.titles()), (Health::Fresh, Vec::new()));
}

// Invariant 3: a secret that is shown once has a line of its own, and stands nowhere else.
#[tokio::test]
async fn a_seed_passes_model_events_and_view_by_and_is_gone_with_its_question() {
    const SEED: &str = "JBSW Y3DP EHPK 3PXP";
    let story = tell(stranger());
    *story.twin.shows.lock().unwrap() = Some(SEED);
    story.click(Action::LogIn { team: id("acme") }).await;
    let model = story.shell.model();
    let login = model.teams[0].state.login.clone().unwrap();
    let mut desk = crate::face::window::Desk::default();
    desk.open(Page::Login { team: id("acme") });
    let around = crate::face::window::Around::default();
    let view = crate::face::window::view(&model, &desk, &around, start(), &crate::testkit::zone());
    assert_eq!(view.reveals(), Some(login.id), "the view asks for the secret and does not hold it");
    let asked = Event::LoginAsked { team: id("acme"), login: login.id, question: login.asking.clone().unwrap() };
    let shown = story.door.revealed(login.id).unwrap();
    for text in [
        serde_json::to_string(&model).unwrap(),
        serde_json::to_string(&asked).unwrap(),
        serde_json::to_string(&view).unwrap(),
        format!("{model:?} {asked:?} {view:?} {shown:?} {:?}", story.door),
    ] {
        assert!(!text.contains("JBSW"), "{text}");
    }
    let line = Reveal::line(login.id, &shown);
    assert!(String::from_utf8_lossy(&line).contains(SEED), "the line of its own does not hold it");
    assert!(story.door.answer(login.id, Answer::code(Secret::new("123456"))));
    assert!(story.door.revealed(login.id).is_none(), "it outlives its question");
}
