//! Silent renewals: at which moment one may start, and who hears of what came of it.

use super::*;
use crate::mind::model::{Refresh, Running, Told};

/// All ways in which so many things can be true or not.
fn ways<const N: usize>() -> impl Iterator<Item = [bool; N]> {
    (0..1_u32 << N).map(|bits| std::array::from_fn(|place| bits & (1 << place) != 0))
}

fn renewing(asked: bool, focused: bool) -> Model {
    let mut model = Model { focused, ..with("acme", Some(session(start(), 60))) };
    model.teams[0].state.refresh.running = Some(Running { since: start(), asked });
    model
}

// F01
#[test]
fn a_try_is_due_half_a_minute_after_the_last_one_and_when_its_rest_is_over() {
    let due = |refresh: Refresh| {
        let mut entry = with("acme", Some(session(start(), 60))).teams.remove(0);
        entry.state.refresh = Refresh { wanted: true, ..refresh };
        renewals::is_due(&entry, &Prefs::default(), minutes(10))
    };
    let seconds = |count| expiry::after(minutes(10), SignedDuration::from_secs(count));
    let tried = |count| due(Refresh { last_try: Some(seconds(count)), ..Refresh::default() });
    // In the future, too: the clock may have been set back.
    assert_eq!([-31, -30, -29, 0, 29, 30].map(tried), [true, true, false, false, false, true]);
    let rested = |count| due(Refresh { not_before: Some(seconds(count)), ..Refresh::default() });
    assert_eq!([-1, 0, 1].map(rested), [true, true, false]);
}

// F107
#[test]
fn what_was_broken_off_is_begun_again_unless_that_is_impossible_or_under_way() {
    for [renews, running, leaving] in ways() {
        let facts = if renews { session(start(), 60) } else { fixed_session(start(), 60) };
        let mut model = with("acme", Some(facts));
        model.prefs.auto_renew = false;
        let state = &mut model.teams[0].state;
        state.refresh.running = running.then_some(Running { since: start(), asked: false });
        state.leaving = leaving;
        let begun = update(&mut model, Event::BrokenOff { team: id("acme") }, minutes(1));
        let expected = (renews && !running && !leaving).then(|| Effect::StartRenew { team: id("acme") });
        assert_eq!(begun, expected.into_iter().collect::<Vec<_>>(), "{renews} {running} {leaving}");
    }
}

#[test]
fn a_renewal_is_told_to_who_asked_for_it_or_was_warned_and_does_not_look_at_it() {
    for [asked, warned, ended, focused] in ways() {
        let mut model = renewing(asked, focused);
        model.teams[0].state.told = Told { hinted: false, warned, ended };
        let mut effects = Vec::new();
        renewals::renewed(&mut model, &id("acme"), session(minutes(5), 60), &mut effects);
        let told = (asked || warned || ended) && !focused;
        assert_eq!(effects == [Effect::Notify(Telling::Team(id("acme"), Kind::Renewed))], told);
        assert_eq!(effects.len(), usize::from(told));
    }
}

#[test]
fn a_trouble_that_passes_is_told_at_once_only_to_who_asked_and_does_not_look_at_it() {
    let (passing, refused) = (trouble(), ProviderError::UnknownClient { message: "no such client".into() });
    for [asked, passes, focused] in ways() {
        let mut model = renewing(asked, focused);
        let mut effects = Vec::new();
        let failure = problem::of_provider(if passes { &passing } else { &refused }, "acme").into();
        renewals::failed(&mut model, &id("acme"), failure, minutes(1), &mut effects);
        let told = asked && passes && !focused;
        assert_eq!(effects == [Effect::Notify(Telling::Team(id("acme"), Kind::CouldNotRenew))], told);
        assert_eq!(effects.len(), usize::from(told));
    }
}
