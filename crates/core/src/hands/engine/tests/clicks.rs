//! Stories of people who click: log in, cancel, snooze, copy, quit.

use super::*;

// F82
#[tokio::test]
async fn a_cancelled_login_stays_cancelled() {
    let story = tell(vec![logged_in("acme", session(start(), 60))]);
    story.click(Action::LogIn { team: id("acme") }).await;
    assert_eq!(story.health("acme"), Health::Working);
    story.click(Action::CancelLogin { team: id("acme") }).await;
    assert_eq!(story.health("acme"), Health::Fresh, "back where it was");
    assert_eq!(*story.twin.cancelled.lock().unwrap(), 1, "the attempt itself ended at once");
    story.pass(MINUTE).await;
    assert_eq!(story.shell.titles(), ["Check the code: WDDH-KRPT"]);
    assert_eq!(story.shell.on_display(), []);
}

// F83
#[tokio::test]
async fn a_second_click_shows_the_login_under_way_and_two_teams_log_in_at_once() {
    let story = tell(["a", "b"].map(|n| TeamEntry { team: team(n), state: Default::default() }).into());
    for name in ["a", "a", "b", "a"] {
        story.door.click(Action::LogIn { team: id(name) });
    }
    story.clock.settle().await;
    assert_eq!(*story.twin.logins.lock().unwrap(), 2);
    assert_eq!(story.shell.opened(), [Page::Login { team: id("a") }, Page::Login { team: id("a") }]);
    story.pass(20).await;
    assert_eq!([story.health("a"), story.health("b")], [Health::Fresh, Health::Fresh]);
}

#[tokio::test]
async fn a_question_goes_to_the_window_and_its_answer_past_the_model() {
    let story = tell(vec![TeamEntry { team: team("acme"), state: Default::default() }]);
    *story.twin.asks.lock().unwrap() = true;
    story.click(Action::LogIn { team: id("acme") }).await;
    assert_eq!(story.shell.opened(), [Page::Login { team: id("acme") }]);
    let login = story.shell.model().teams[0].state.login.clone().unwrap();
    assert!(login.asking.is_some());
    assert!(story.door.answer(login.id, Answer::code(Secret::new("123456"))));
    assert!(!story.door.answer(login.id, Answer::code(Secret::new("123456"))), "one question, one answer");
    story.clock.settle().await;
    assert_eq!(story.health("acme"), Health::Fresh);
}

// F84
#[tokio::test]
async fn who_quits_sees_nothing_any_more_and_a_server_that_was_asked_is_waited_for() {
    for (renewal, waits) in [(Renewal::Slow(40), 40), (Renewal::Slow(300), 62), (Renewal::Stuck(300), 2)] {
        let story = tell(vec![logged_in("acme", session(start(), 60))]);
        story.pass(1).await;
        let shown = format!("{renewal:?}");
        story.twin.renewals.lock().unwrap().push_back(renewal);
        story.click(Action::Renew { team: id("acme") }).await;
        story.click(Action::Quit).await;
        assert_eq!(story.shell.left(), 1, "{shown}");
        story.pass(waits - 1).await;
        assert!(!story.running.is_finished(), "{shown}");
        story.pass(1).await;
        story.running.await.unwrap();
    }
}

#[tokio::test]
async fn quitting_ends_a_login_at_once() {
    let story = tell(vec![TeamEntry { team: team("acme"), state: Default::default() }]);
    story.click(Action::LogIn { team: id("acme") }).await;
    story.click(Action::Quit).await;
    assert_eq!(story.shell.left(), 1);
    assert_eq!(*story.twin.cancelled.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_snoozed_warning_comes_back_after_five_minutes() {
    let story = tell(vec![logged_in("acme", fixed_session(start(), 60))]);
    story.pass(50 * MINUTE + 1).await;
    let notice = story.shell.on_display().remove(0);
    let snooze = notice.buttons.iter().find(|b| b.label == "Remind me in 5 min").unwrap().action.clone();
    story.click(snooze).await;
    assert_eq!(story.shell.on_display(), []);
    story.pass(4 * MINUTE).await;
    assert_eq!(story.shell.titles().len(), 1);
    story.pass(MINUTE).await;
    assert_eq!(story.shell.titles()[1..], ["acme ends in 4 min"]);
}

#[tokio::test]
async fn a_window_that_has_the_focus_says_it_by_itself() {
    let story = tell(vec![logged_in("acme", fixed_session(start(), 60))]);
    story.door.send(Event::FocusChanged { focused: true });
    story.pass(HOUR + MINUTE).await;
    assert_eq!(story.shell.titles(), Vec::<String>::new());
    assert_eq!(story.health("acme"), Health::Ended);
}

#[tokio::test]
async fn a_login_closes_the_notice_that_asked_for_it() {
    let story = tell(vec![logged_in("acme", fixed_session(start(), 60))]);
    story.pass(HOUR).await;
    let notice = story.shell.on_display().remove(0);
    assert_eq!((notice.kind, notice.buttons[0].label), (Kind::Ended, "Log in again"));
    story.click(notice.buttons[0].action.clone()).await;
    story.pass(20).await;
    assert_eq!(story.shell.on_display(), []);
    assert_eq!(story.health("acme"), Health::Fresh);
}

#[tokio::test]
async fn copying_says_what_was_copied_and_a_missing_clipboard_what_to_do_instead() {
    let mut entry = logged_in("acme", session(start(), 60));
    entry.team.profiles.push(profile("admin", "123456789012", "Admin"));
    let story = tell(vec![entry]);
    let shell = Shell::Bash;
    story.click(Action::CopyExport { team: id("acme"), profile: None, shell }).await;
    assert_eq!(story.shell.copied()[0], (Secret::new(" export IOT_TEAM=acme"), None));
    story.click(Action::CopyExport { team: id("acme"), profile: Some(id("admin")), shell }).await;
    assert!(story.shell.copied()[1].0.expose().contains("AWS_PROFILE=admin"));
    story.click(Action::CopyExport { team: id("acme"), profile: Some(id("gone")), shell }).await;
    assert_eq!(story.shell.copied().len(), 2);
    assert_eq!(story.shell.on_display()[0].title, "Copied");
    // F91
    story.shell.lose_clipboard();
    story.click(Action::CopyExport { team: id("acme"), profile: None, shell }).await;
    assert_eq!(story.shell.on_display()[0].title, "Nothing could be copied");
    assert!(story.shell.on_display()[0].body.contains("keyfob env"));
}

// T16
#[tokio::test]
async fn a_secret_is_copied_on_request_only_for_half_a_minute_and_without_a_word_of_it() {
    let mut entry = logged_in("acme", session(start(), 60));
    entry.team.profiles.push(profile("admin", "123456789012", "Admin"));
    let lab = TeamEntry { team: team("lab"), state: Default::default() };
    let story = tell(vec![entry, lab]);
    let shell = Shell::Bash;
    let click = async |team, profile| story.click(Action::CopySecret { team, profile, shell }).await;
    click(id("acme"), None).await;
    click(id("acme"), Some(id("admin"))).await;
    let half_a_minute = Some(Duration::from_secs(30));
    let copied = story.shell.copied();
    assert_eq!(copied, [(Secret::new("the token"), half_a_minute), (Secret::new("the keys"), half_a_minute)]);
    let said = &story.shell.on_display()[0];
    assert_eq!(said.title, "Copied a secret");
    assert_eq!(said.body, "AWS keys of admin in acme. The clipboard is cleared in 30 seconds.");

    // Neither of a profile that is gone nor of a team that nobody is logged in to.
    click(id("acme"), Some(id("gone"))).await;
    click(id("lab"), None).await;
    assert_eq!(story.shell.copied().len(), 2);
    story.shell.lose_clipboard();
    click(id("acme"), None).await;
    let said = &story.shell.on_display()[0];
    assert_eq!(said.title, "Nothing could be copied");
    assert!(said.body.contains("keyfob token"), "{said:?}");
}

#[tokio::test]
async fn a_code_is_shown_copied_and_its_page_opened_again_only_while_it_is_current() {
    let story = tell(vec![TeamEntry { team: team("acme"), state: Default::default() }]);
    story.click(Action::LogIn { team: id("acme") }).await;
    story.click(Action::CopyCode { team: id("acme") }).await;
    story.click(Action::OpenPage { team: id("acme") }).await;
    assert_eq!(story.shell.copied()[0].0.expose(), "WDDH-KRPT");
    assert_eq!(story.browser.opened(), ["https://device.example.com/?user_code=WDDH-KRPT"]);
    story.pass(20).await;
    story.click(Action::CopyCode { team: id("acme") }).await;
    story.click(Action::OpenPage { team: id("acme") }).await;
    assert_eq!((story.shell.copied().len(), story.browser.opened().len()), (1, 1));
}

#[tokio::test]
async fn what_went_wrong_is_copied_in_one_line() {
    let mut entry = TeamEntry { team: team("acme"), state: Default::default() };
    entry.state.problem = Some(problem::demo_stopped(problem::DemoStop::Missing("it\nbroke")));
    let story = tell(vec![entry]);
    story.click(Action::CopyProblem { team: id("acme") }).await;
    let copied = story.shell.copied()[0].0.expose().to_owned();
    assert!(copied.starts_with("The demo stopped (DEMO). it"), "{copied}");
    assert!(!copied.contains('\n'), "{copied}");
}
