//! What is done with an account: an attempt like a login, which says nothing of the session.

use super::*;
use crate::doors::provider::AccountError;
use crate::words::question::Question;

fn click(model: &mut Model, action: Action) -> Vec<Effect> {
    update(model, Event::Clicked(action), start())
}

fn account(deed: Deed) -> Action {
    Action::Account { team: id("acme"), deed }
}

fn log_in() -> Action {
    Action::LogIn { team: id("acme") }
}

fn broken(error: AccountError, deed: Deed) -> Failure {
    problem::of_account(&error.into(), deed, "acme").into()
}

#[test]
fn whoever_has_forgotten_the_password_leaves_the_login_for_a_new_one() {
    let mut model = with("acme", None);
    let team = id("acme");
    click(&mut model, log_in());
    let effects = click(&mut model, account(Deed::Forgot));
    let stop = Effect::StopLogin { team: team.clone(), login: LoginId(0) };
    let begin = Effect::StartAccount { team: team.clone(), login: LoginId(1), deed: Deed::Forgot };
    assert_eq!(effects, [stop, begin]);
    assert_eq!(health(&model, start()), Health::Working);
    // The same once more shows the one under way, and so does a login.
    for action in [account(Deed::Forgot), log_in()] {
        assert_eq!(click(&mut model, action), [Effect::OpenWindow(Page::Login { team: team.clone() })]);
    }
    // Words of the login that was left are not believed.
    let question = Question::password("", false);
    assert_eq!(update(&mut model, Event::LoginAsked { team: team.clone(), login: LoginId(0), question }, start()), []);
    let effects = click(&mut model, Action::CancelLogin { team: team.clone() });
    assert_eq!(effects, [Effect::StopLogin { team, login: LoginId(1) }]);
    assert_eq!(health(&model, start()), Health::SignedOut);
}

#[test]
fn what_is_done_is_told_once_and_takes_away_why_nobody_could_log_in() {
    let mut model = with("acme", None);
    let team = id("acme");
    click(&mut model, log_in());
    let failure = problem::of_provider(&ProviderError::NotConfirmed, "acme").into();
    update(&mut model, Event::LoginFailed { team: team.clone(), login: LoginId(0), failure }, start());
    assert_eq!(health(&model, start()), Health::Broken);
    click(&mut model, account(Deed::Confirm));
    let done = || Event::AccountDone { team: team.clone(), login: LoginId(1), deed: Deed::Confirm };
    let effects = update(&mut model, done(), start());
    assert_eq!(effects, [Effect::Notify(Telling::Done(team.clone(), Deed::Confirm))]);
    assert_eq!(health(&model, start()), Health::SignedOut);
    assert_eq!(update(&mut model, done(), start()), [], "a stale word was believed");
}

#[test]
fn what_did_not_work_with_an_account_says_nothing_of_the_session() {
    for facts in [None, Some(session(start(), 60))] {
        let mut model = with("acme", facts.clone());
        let before = health(&model, start());
        click(&mut model, account(Deed::ChangePassword));
        let failure = broken(AccountError::UnknownUser, Deed::ChangePassword);
        let said = failure.problem.clone();
        let effects = update(&mut model, Event::LoginFailed { team: id("acme"), login: LoginId(0), failure }, start());
        assert_eq!(effects, [Effect::Notify(Telling::Failed(said.clone()))]);
        let state = &model.teams[0].state;
        assert_eq!((health(&model, start()), &state.problem, &state.session), (before, &None, &facts));
        assert_eq!(state.undone.as_ref().map(|undone| &undone.problem), Some(&said));
        let copied = click(&mut model, Action::CopyProblem { team: id("acme") });
        assert_eq!(copied, [Effect::Copy { text: said.one_line() }]);
        // Whatever is tried next takes its place.
        click(&mut model, log_in());
        assert_eq!(model.teams[0].state.undone, None);
    }
}
