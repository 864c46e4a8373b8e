#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeSet, VecDeque};
use std::sync::Mutex;

use async_trait::async_trait;
use jiff::tz::TimeZone;
use tokio::task::JoinHandle;

use super::*;
use crate::event::{Action, Page};
use crate::facts::TeamFacts;
use crate::model::{Health, Prefs, TeamEntry};
use crate::notice::Kind;
use crate::ports::{Answer, CodeKind, NoAnswer, Person, Question, Step};
use crate::provider::ProviderError;
use crate::session::SessionFacts;
use crate::testkit::{
    RecordingBrowser, RecordingShell, VirtualClock, about, at, fixed_session, id, profile, session, team,
};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// How the next renewals end; when the list is empty they work.
#[derive(Debug, Clone)]
enum Renewal {
    Works,
    Fails(ProviderError),
    Panics,
    /// Works after so many seconds.
    Slow(u64),
}

/// A server, a keychain and a facts file in a few lines: sessions of so many minutes.
#[derive(Debug)]
struct Twin {
    clock: Arc<VirtualClock>,
    minutes: i64,
    renewals: Mutex<VecDeque<Renewal>>,
    /// Answers every renewal when the list is empty.
    always: Mutex<Renewal>,
    tries: Mutex<Vec<(Id, Timestamp)>>,
    logins: Mutex<usize>,
    cancelled: Arc<Mutex<usize>>,
    asks: Mutex<bool>,
    facts: Mutex<Facts>,
}

struct CountsDrop(Arc<Mutex<usize>>);

impl Drop for CountsDrop {
    fn drop(&mut self) {
        *self.0.lock().unwrap() += 1;
    }
}

#[async_trait]
impl Hands for Twin {
    async fn login(&self, team: &Team, person: Arc<dyn Person>) -> Result<SessionFacts, Failure> {
        *self.logins.lock().unwrap() += 1;
        let unfinished = CountsDrop(self.cancelled.clone());
        let asks = *self.asks.lock().unwrap();
        if asks {
            let question = Question::Code { kind: CodeKind::Authenticator, sent_to: None, wrong: false };
            let answer = person.ask(question).await;
            if let Err(NoAnswer::Cancelled | NoAnswer::Nobody) = answer {
                return Err(problem::of_provider(&ProviderError::Cancelled, &team.name).into());
            }
        } else {
            person.show(&Step::ShowCode {
                code: "WDDH-KRPT".into(),
                url: "https://device.example.com/".into(),
                complete_url: "https://device.example.com/?user_code=WDDH-KRPT".into(),
                host: "device.example.com".into(),
                expires: expiry::after(self.clock.now(), SignedDuration::from_mins(10)),
                opened: true,
            });
            self.clock.sleep(Duration::from_secs(20)).await;
        }
        std::mem::forget(unfinished);
        Ok(session(self.clock.now(), self.minutes))
    }

    async fn renew(&self, team: &Team) -> Result<SessionFacts, Failure> {
        self.tries.lock().unwrap().push((team.id.clone(), self.clock.now()));
        let next = self.renewals.lock().unwrap().pop_front();
        let next = next.unwrap_or_else(|| self.always.lock().unwrap().clone());
        match next {
            Renewal::Works => {}
            Renewal::Slow(seconds) => self.clock.sleep(Duration::from_secs(seconds)).await,
            Renewal::Fails(error) => return Err(problem::of_provider(&error, &team.name).into()),
            Renewal::Panics => panic!("a task of the test panics on purpose"),
        }
        Ok(session(self.clock.now(), self.minutes))
    }

    async fn logout(&self, _team: &Team) -> Result<Option<Problem>, Problem> {
        Ok(None)
    }

    async fn unlock(&self) -> Result<(), Problem> {
        Ok(())
    }

    fn facts(&self) -> Facts {
        self.facts.lock().unwrap().clone()
    }
}

struct Story {
    clock: Arc<VirtualClock>,
    twin: Arc<Twin>,
    shell: Arc<RecordingShell>,
    browser: Arc<RecordingBrowser>,
    door: Door,
    running: JoinHandle<()>,
}

fn start() -> Timestamp {
    at("2026-11-20T11:00:00Z")
}

fn offline() -> ProviderError {
    ProviderError::Http(crate::ports::HttpError::Dns { host: "oidc.example.com".into() })
}

fn logged_in(name: &str, facts: SessionFacts) -> TeamEntry {
    let mut entry = TeamEntry { team: team(name), state: crate::model::TeamState::default() };
    entry.team.pinned = true;
    entry.state.since = Some(facts.issued);
    entry.state.session = Some(facts);
    entry
}

/// Starts the engine with these teams; renewed sessions last an hour.
fn tell(teams: Vec<TeamEntry>) -> Story {
    tell_with(Model { teams, providers: vec![about("aws-sso")], ..Model::default() })
}

fn tell_with(model: Model) -> Story {
    let clock = Arc::new(VirtualClock::at(start()));
    let twin = Arc::new(Twin {
        clock: clock.clone(),
        minutes: 60,
        renewals: Mutex::default(),
        always: Mutex::new(Renewal::Works),
        tries: Mutex::default(),
        logins: Mutex::default(),
        cancelled: Arc::default(),
        asks: Mutex::default(),
        facts: Mutex::new(Facts::parse(b"")),
    });
    let (shell, browser) = (Arc::new(RecordingShell::default()), Arc::new(RecordingBrowser::default()));
    let world = World {
        clock: clock.clone(),
        hands: twin.clone(),
        shell: shell.clone(),
        browser: browser.clone(),
        options: tray::Options::default(),
    };
    let (engine, door) = Engine::new(model, world);
    let running = tokio::spawn(engine.run());
    Story { clock, twin, shell, browser, door, running }
}

impl Story {
    async fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds)).await;
    }

    async fn click(&self, action: Action) {
        self.door.click(action);
        self.clock.settle().await;
    }

    fn health(&self, name: &str) -> Health {
        let model = self.shell.model();
        model.entry(&id(name)).unwrap().health(&model, self.clock.now())
    }

    fn tries(&self) -> usize {
        self.twin.tries.lock().unwrap().len()
    }

    fn always(&self, renewal: Renewal) {
        *self.twin.always.lock().unwrap() = renewal;
    }
}

#[tokio::test]
async fn a_session_renews_in_silence_until_the_server_ends_it_and_that_is_said_once() {
    let story = tell(vec![TeamEntry { team: team("acme"), state: Default::default() }]);
    story.click(Action::LogIn { team: id("acme") }).await;
    assert_eq!(story.shell.titles(), ["Check the code: WDDH-KRPT"]);
    story.pass(20).await;
    assert_eq!(story.health("acme"), Health::Fresh);
    assert_eq!(story.shell.on_display(), []);

    story.pass(5 * HOUR).await;
    assert!(story.tries() >= 5, "an hour's session was renewed {} times in five hours", story.tries());
    assert_eq!(story.shell.titles().len(), 1, "renewing said something: {:?}", story.shell.titles());

    story.always(Renewal::Fails(ProviderError::SessionEnded { code: "invalid_grant".into() }));
    story.pass(4 * HOUR).await;
    let tries = story.tries();
    assert_eq!(story.health("acme"), Health::Ended);
    assert_eq!(story.shell.titles()[1..], ["acme has ended"]);
    story.pass(8 * HOUR).await;
    assert_eq!(story.tries(), tries, "F18: an ended session is not tried again");
    assert_eq!(story.shell.titles().len(), 2);
}

#[tokio::test]
async fn nobody_hears_twice_of_an_end_and_after_twelve_hours_it_is_a_log_out_like_any_other() {
    let story = tell(vec![logged_in("acme", fixed_session(start(), 60))]);
    story.pass(HOUR + 30).await;
    assert_eq!(story.shell.titles(), ["acme ends in 10 min", "acme has ended"]);
    assert_eq!(story.health("acme"), Health::Ended);
    story.pass(12 * HOUR).await;
    assert_eq!(story.health("acme"), Health::SignedOut);
    assert_eq!(story.shell.on_display(), [], "the old notice went away by itself");
    assert_eq!(story.shell.titles().len(), 2);
}

// F52
#[tokio::test]
async fn a_night_of_sleep_ends_in_exactly_one_notice_and_it_is_right() {
    let mut teams: Vec<_> = ["a", "b", "c"].map(|name| logged_in(name, session(start(), 60))).into();
    teams.push(logged_in("fixed", fixed_session(start(), 90)));
    let story = tell(teams);
    story.pass(10 * MINUTE).await;
    story.twin.renewals.lock().unwrap().extend([
        Renewal::Slow(2),
        Renewal::Fails(ProviderError::SessionEnded { code: "invalid_grant".into() }),
        Renewal::Slow(5),
    ]);
    story.clock.jump(SignedDuration::from_hours(8)).await;
    story.pass(40).await;
    assert_eq!(story.shell.titles(), ["2 teams have ended"]);
    assert_eq!(story.shell.on_display()[0].body, "b, fixed");
    assert_eq!(
        [story.health("a"), story.health("b"), story.health("c")],
        [Health::Fresh, Health::Ended, Health::Fresh]
    );
    story.pass(HOUR).await;
    assert_eq!(story.shell.titles().len(), 1);
}

// F52
#[tokio::test]
async fn the_first_look_after_waking_up_comes_within_thirty_seconds() {
    let story = tell(vec![logged_in("acme", session(start(), 60))]);
    story.pass(7).await;
    story.clock.jump(SignedDuration::from_hours(8)).await;
    let woke = story.clock.now();
    story.pass(30).await;
    let first = story.twin.tries.lock().unwrap()[0].1;
    assert!(first.duration_since(woke) <= SignedDuration::from_secs(30));
}

// F53
#[tokio::test]
async fn waking_up_without_a_network_raises_no_alarm() {
    let story = tell(vec![logged_in("acme", session(start(), 60))]);
    story.pass(MINUTE).await;
    story.always(Renewal::Fails(offline()));
    story.clock.jump(SignedDuration::from_hours(8)).await;
    story.pass(2 * MINUTE).await;
    assert_eq!(story.health("acme"), Health::Offline);
    assert_eq!(story.shell.titles(), Vec::<String>::new());
    story.always(Renewal::Works);
    story.door.send(Event::NetworkReturned);
    story.pass(30).await;
    assert_eq!(story.health("acme"), Health::Fresh);
    assert_eq!(story.shell.titles(), Vec::<String>::new());
}

// F51
#[tokio::test]
async fn a_clock_that_jumps_is_noticed_and_ends_no_session_that_renews() {
    for hours in [2, -2, 3 * 24, -10 * 365 * 24] {
        let story = tell(vec![logged_in("acme", session(start(), 60))]);
        story.pass(20 * MINUTE).await;
        let before = story.tries();
        story.clock.jump(SignedDuration::from_hours(hours)).await;
        story.pass(MINUTE).await;
        assert!(story.tries() > before, "{hours} h: not renewed within a minute");
        assert_eq!(story.health("acme"), Health::Fresh, "{hours} h");
        assert_eq!(story.shell.titles(), Vec::<String>::new(), "{hours} h");
        story.clock.jump(SignedDuration::from_hours(-hours)).await;
        story.pass(30 * MINUTE).await;
        assert_eq!(story.health("acme"), Health::Fresh, "{hours} h and back");
        assert_eq!(story.shell.titles(), Vec::<String>::new(), "{hours} h and back");
    }
}

// F51
#[tokio::test]
async fn an_end_that_the_clock_took_back_is_told_when_it_really_comes() {
    let story = tell(vec![logged_in("acme", fixed_session(start(), 120))]);
    story.clock.jump(SignedDuration::from_hours(5)).await;
    story.pass(30).await;
    assert_eq!(story.shell.titles(), ["acme has ended"]);
    story.clock.jump(SignedDuration::from_hours(-5)).await;
    story.pass(30).await;
    assert_eq!(story.health("acme"), Health::Fresh);
    assert_eq!(story.shell.on_display(), []);
    story.pass(2 * HOUR).await;
    assert_eq!(story.shell.titles()[1..], ["acme ends in 10 min", "acme has ended"]);
}

// F54
#[tokio::test]
async fn a_change_of_time_zone_changes_words_and_no_decisions() {
    let story = tell(vec![logged_in("acme", fixed_session(start(), 120))]);
    story.pass(MINUTE).await;
    story.shell.set_zone(TimeZone::posix("JST-9").unwrap());
    let tries = story.tries();
    story.pass(109 * MINUTE + 1).await;
    assert_eq!(story.tries(), tries);
    assert_eq!(story.shell.titles(), ["acme ends in 10 min"]);
    story.pass(10 * MINUTE).await;
    assert_eq!(story.shell.on_display()[0].body, "Ended at 22:00. Commands will fail until you log in.");
}

// F55
#[tokio::test]
async fn sessions_from_the_edges_of_time_do_no_harm() {
    let odd = |issued: &str, expires: &str| SessionFacts {
        who: "admin".into(),
        issued: at(issued),
        expires: at(expires),
        limit: None,
        renews: true,
    };
    let far = "9999-12-30T21:59:59Z";
    let story = tell(vec![
        logged_in("old", odd("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z")),
        logged_in("far", odd("2026-11-20T10:00:00Z", far)),
        logged_in("backwards", odd(far, "1970-01-01T00:00:00Z")),
        logged_in("2038", odd("2026-11-20T10:00:00Z", "2038-01-19T03:14:08Z")),
    ]);
    story.pass(10 * MINUTE).await;
    for name in ["old", "far", "backwards", "2038"] {
        assert_eq!(story.health(name), Health::Fresh, "{name}");
    }
    assert_eq!(story.shell.titles(), Vec::<String>::new());
}

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
    assert!(story.door.answer(login.id, Answer::Code(Secret::new("123456"))));
    assert!(!story.door.answer(login.id, Answer::Code(Secret::new("123456"))), "one question, one answer");
    story.clock.settle().await;
    assert_eq!(story.health("acme"), Health::Fresh);
}

// F84
#[tokio::test]
async fn quitting_waits_for_a_renewal_but_no_longer_than_three_seconds() {
    for (seconds, waits) in [(2, 2), (60, 3)] {
        let story = tell(vec![logged_in("acme", session(start(), 60))]);
        story.pass(1).await;
        story.twin.renewals.lock().unwrap().push_back(Renewal::Slow(seconds));
        story.click(Action::Renew { team: id("acme") }).await;
        story.click(Action::Quit).await;
        assert_eq!(story.shell.quits(), 0, "it did not wait for a renewal of {seconds} s");
        story.pass(waits - 1).await;
        assert_eq!(story.shell.quits(), 0);
        story.pass(1).await;
        assert_eq!(story.shell.quits(), 1, "{seconds} s");
        story.running.await.unwrap();
    }
}

#[tokio::test]
async fn quitting_ends_a_login_at_once() {
    let story = tell(vec![TeamEntry { team: team("acme"), state: Default::default() }]);
    story.click(Action::LogIn { team: id("acme") }).await;
    story.click(Action::Quit).await;
    assert_eq!(story.shell.quits(), 1);
    assert_eq!(*story.twin.cancelled.lock().unwrap(), 1);
}

// F85
#[tokio::test]
async fn a_team_deleted_while_it_renews_leaves_no_trace() {
    let story = tell(vec![logged_in("acme", session(start(), 60)), logged_in("lab", session(start(), 60))]);
    story.pass(1).await;
    story.twin.renewals.lock().unwrap().push_back(Renewal::Slow(5));
    story.click(Action::Renew { team: id("acme") }).await;
    let mut renamed = team("lab");
    renamed.name = "laboratory".into();
    story.door.send(Event::TeamsChanged { teams: vec![renamed] });
    story.pass(10).await;
    let model = story.shell.model();
    assert_eq!(model.teams.len(), 1);
    assert_eq!(model.teams[0].team.name, "laboratory");
    assert_eq!(story.health("lab"), Health::Fresh, "a rename keeps the session");
    assert_eq!(story.shell.titles(), Vec::<String>::new());
}

// F79
#[tokio::test]
async fn a_renewal_that_panics_is_tried_again_and_takes_nobody_along() {
    let story = tell(vec![logged_in("acme", session(start(), 60)), logged_in("lab", session(start(), 60))]);
    story.twin.renewals.lock().unwrap().push_back(Renewal::Panics);
    story.pass(HOUR).await;
    assert_eq!([story.health("acme"), story.health("lab")], [Health::Fresh, Health::Fresh]);
    assert_eq!(story.shell.titles(), Vec::<String>::new());
    let tried: BTreeSet<Id> = story.twin.tries.lock().unwrap().iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(tried.len(), 2);
}

// F01
#[tokio::test]
async fn an_hour_without_a_network_is_no_storm_no_alarm_and_heals_by_itself() {
    let story = tell(vec![logged_in("acme", session(start(), 60))]);
    story.pass(30 * MINUTE).await;
    story.always(Renewal::Fails(offline()));
    story.pass(HOUR).await;
    assert_eq!(story.health("acme"), Health::Offline);
    let times: Vec<Timestamp> = story.twin.tries.lock().unwrap().iter().map(|(_, at)| *at).collect();
    for pair in times.windows(2) {
        assert!(pair[1].duration_since(pair[0]) >= SignedDuration::from_secs(30), "{pair:?}");
    }
    story.always(Renewal::Works);
    story.pass(2 * MINUTE + 30).await;
    assert_eq!(story.health("acme"), Health::Fresh, "F14: the longest pause is two minutes");
    assert_eq!(story.shell.titles(), Vec::<String>::new());
}

// F14
#[tokio::test]
async fn a_server_in_trouble_is_mentioned_only_when_little_time_is_left() {
    let story = tell(vec![logged_in("acme", session(start(), 60))]);
    story.pass(30 * MINUTE).await;
    story.always(Renewal::Fails(ProviderError::ServerTrouble { host: "oidc.example.com".into(), status: 503 }));
    story.pass(19 * MINUTE).await;
    assert!(story.tries() > 1);
    assert_eq!(story.shell.titles(), Vec::<String>::new());
    story.pass(11 * MINUTE).await;
    assert_eq!(story.shell.titles(), ["Could not renew acme"]);
    story.always(Renewal::Works);
    story.pass(3 * MINUTE).await;
    assert_eq!(story.shell.titles()[1..], ["acme renewed"]);
    assert_eq!(story.health("acme"), Health::Fresh);
}

#[tokio::test]
async fn three_teams_that_end_within_five_minutes_share_their_notices() {
    let story = tell(
        [("a", 60), ("b", 62), ("c", 64), ("later", 90)]
            .map(|(name, minutes)| logged_in(name, fixed_session(start(), minutes)))
            .into(),
    );
    story.pass(50 * MINUTE + 1).await;
    assert_eq!(story.shell.titles(), ["3 teams end soon"]);
    assert_eq!(story.shell.on_display()[0].body, "a, b, c");
    story.pass(15 * MINUTE).await;
    assert_eq!(story.shell.titles()[1..], ["a has ended", "2 teams have ended", "3 teams have ended"]);
    assert_eq!(story.shell.on_display().len(), 1);
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
async fn what_another_keyfob_process_did_is_seen_within_thirty_seconds() {
    let story = tell(vec![TeamEntry { team: team("acme"), state: Default::default() }]);
    story.pass(10).await;
    let there =
        TeamFacts { name: "acme".into(), session: Some(session(story.clock.now(), 60)), ..TeamFacts::default() };
    story.twin.facts.lock().unwrap().teams.insert(id("acme"), there);
    story.pass(30).await;
    assert_eq!(story.health("acme"), Health::Fresh);
    let gone = TeamFacts { name: "acme".into(), ..TeamFacts::default() };
    story.twin.facts.lock().unwrap().teams.insert(id("acme"), gone);
    story.pass(30).await;
    assert_eq!(story.health("acme"), Health::SignedOut);
    story.twin.facts.lock().unwrap().teams.clear();
    story.pass(30).await;
    assert_eq!(story.shell.titles(), Vec::<String>::new());
}

#[tokio::test]
async fn a_facts_file_that_cannot_be_read_logs_nobody_out() {
    let story = tell(vec![logged_in("acme", session(start(), 60))]);
    let there = TeamFacts { name: "acme".into(), session: Some(session(start(), 60)), ..TeamFacts::default() };
    story.twin.facts.lock().unwrap().teams.insert(id("acme"), there);
    story.pass(60).await;
    *story.twin.facts.lock().unwrap() = Facts::parse(b"{ half a fil");
    story.pass(60).await;
    assert_eq!(story.health("acme"), Health::Fresh);
}

#[tokio::test]
async fn copying_says_what_was_copied_and_a_missing_clipboard_what_to_do_instead() {
    let mut entry = logged_in("acme", session(start(), 60));
    entry.team.profiles.push(profile("admin"));
    let story = tell(vec![entry]);
    let shell = ExportShell::Bash;
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
async fn nothing_is_drawn_anew_that_looks_the_same() {
    let far = SessionFacts { limit: Some(at("2026-11-28T11:00:00Z")), ..session(start(), 600) };
    let story = tell(vec![logged_in("acme", far)]);
    story.pass(MINUTE).await;
    let before = story.shell.renders();
    story.pass(20 * MINUTE).await;
    assert_eq!(story.shell.renders(), before, "“7 days” stays “7 days”");
}

// D18
#[tokio::test]
async fn the_loop_never_sleeps_longer_than_thirty_seconds() {
    let story = tell_with(Model {
        teams: vec![logged_in("acme", session(start(), 60))],
        prefs: Prefs { early_hint: true, ..Prefs::default() },
        ..Model::default()
    });
    story.pass(HOUR).await;
    assert!(story.clock.longest_sleep() <= Duration::from_secs(30));
}
