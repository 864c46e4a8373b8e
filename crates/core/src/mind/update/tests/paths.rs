//! Any path of the clock: runs, sleeps, jumps and drift (security P11). Warnings and renewals come in time.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone, Copy)]
enum Leg {
    /// Awake for so many seconds.
    Run(i64),
    /// Asleep for so many seconds.
    Sleep(i64),
    /// Somebody moves the clock by so many seconds.
    Set(i64),
}

fn legs(with_set: bool) -> impl Strategy<Value = Vec<Leg>> {
    let run = (1..5_000_i64).prop_map(Leg::Run);
    let sleep = prop_oneof![1..120_i64, 120..40_000_i64].prop_map(Leg::Sleep);
    let set = prop_oneof![60..10_000_i64, -10_000..-60_i64].prop_map(Leg::Set);
    let weight = u32::from(with_set);
    prop::collection::vec(prop_oneof![4 => run, 2 => sleep, weight => set], 1..12)
}

/// A computer: the loop of the engine without its tasks, and a server that keeps true time.
struct Computer {
    model: Model,
    wall: Timestamp,
    /// True seconds since the start, asleep or awake, in milliseconds.
    truth: i64,
    /// Wall-clock milliseconds for 1,000 true ones.
    rate: i64,
    last_look: Timestamp,
    /// True time at which the server will end the current token.
    token_ends: i64,
    life: i64,
    /// True time at which the computer last woke or its clock was set.
    disturbed: i64,
    said: Vec<(Timestamp, Effect)>,
}

impl Computer {
    fn new(facts: SessionFacts, life: i64, rate: i64) -> Self {
        let model = with("acme", Some(facts));
        Computer {
            model,
            wall: start(),
            truth: 0,
            rate,
            last_look: start(),
            token_ends: life * 1000,
            life,
            disturbed: -1_000_000,
            said: Vec::new(),
        }
    }

    /// Between two disturbances the computer is awake for a moment: a sleep whose length is taken off the
    /// clock before anybody looks is the one thing that a wall clock cannot tell.
    fn walk(&mut self, legs: &[Leg]) {
        for leg in legs {
            self.run(31);
            match *leg {
                Leg::Run(seconds) => self.run(seconds),
                Leg::Sleep(seconds) => {
                    self.truth += seconds * 1000;
                    self.wall = expiry::after(self.wall, SignedDuration::from_secs(seconds));
                    self.disturbed = self.truth;
                }
                Leg::Set(seconds) => {
                    self.wall = expiry::after(self.wall, SignedDuration::from_secs(seconds));
                    self.disturbed = self.truth;
                }
            }
        }
    }

    fn run(&mut self, seconds: i64) {
        let until = self.truth + seconds * 1000;
        while self.truth < until {
            let wait = expiry::next_look(&self.model, self.wall).as_millis().max(1);
            assert!(wait <= 30_000, "D18: a sleep of {wait} ms");
            let wait = i64::try_from(wait).unwrap();
            self.truth += wait;
            self.wall = expiry::after(self.wall, SignedDuration::from_micros(wait * self.rate));
            self.look();
            assert!(
                !self.renews() || self.truth < self.token_ends || self.truth - self.disturbed <= 65_000,
                "the token ended {} s ago",
                (self.truth - self.token_ends) / 1000
            );
        }
    }

    fn look(&mut self) {
        let jumped = self.wall.duration_since(self.last_look);
        self.last_look = self.wall;
        if jumped > SignedDuration::from_secs(35) || jumped < SignedDuration::from_secs(-2) {
            self.take_in(Event::Woke { jumped });
        }
        self.take_in(Event::Ticked);
    }

    fn take_in(&mut self, event: Event) {
        for effect in update(&mut self.model, event, self.wall) {
            match effect {
                Effect::StartRenew { .. } => {
                    self.token_ends = self.truth + self.life * 1000;
                    let mut facts = session(self.wall, 0);
                    facts.expires = expiry::after(self.wall, SignedDuration::from_secs(self.life));
                    self.take_in(Event::Renewed { team: id("acme"), facts });
                }
                other => self.said.push((self.wall, other)),
            }
        }
    }

    fn renews(&self) -> bool {
        self.model.teams[0].state.session.as_ref().is_some_and(|session| session.renews)
    }

    fn told(&self, kind: Kind) -> Vec<Timestamp> {
        let wanted = Effect::Notify(Telling::Team(id("acme"), kind));
        self.said.iter().filter(|(_, effect)| *effect == wanted).map(|(at, _)| *at).collect()
    }
}

fn lasting(seconds: i64, renews: bool) -> SessionFacts {
    SessionFacts { expires: expiry::after(start(), SignedDuration::from_secs(seconds)), renews, ..session(start(), 0) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(500), failure_persistence: None, ..ProptestConfig::default() })]

    // P11, G22
    #[test]
    fn on_any_path_of_the_clock_a_session_is_renewed_in_time_and_nobody_is_alarmed(
        legs in legs(true), life in 300..40_000_i64, rate in 990..1_010_i64
    ) {
        let mut computer = Computer::new(lasting(life, true), life, rate);
        computer.walk(&legs);
        computer.run(90);
        prop_assert_eq!(&computer.said, &[]);
    }

    // P11, G23
    #[test]
    fn on_any_path_without_resets_the_end_is_warned_of_and_told_once_and_in_time(
        legs in legs(false), life in 300..40_000_i64
    ) {
        let mut computer = Computer::new(lasting(life, false), life, 1000);
        computer.walk(&legs);
        computer.run(90);
        let end = expiry::after(start(), SignedDuration::from_secs(life));
        let (warned, ended) = (computer.told(Kind::NeedsPerson), computer.told(Kind::Ended));
        prop_assert!(warned.len() <= 1 && ended.len() <= 1, "{:?}", computer.said);
        let warn_at = expiry::warn_at(&computer.model.teams[0].state, &computer.model.prefs);
        prop_assert!(warned.iter().all(|at| warn_at.is_some_and(|due| due <= *at && *at < end)));
        prop_assert!(ended.iter().all(|at| end <= *at));
        let over = computer.wall.duration_since(end).as_secs();
        if (60..12 * 3600).contains(&over) {
            prop_assert_eq!(ended.len(), 1, "an end {} s ago was not told", over);
        }
        if !legs.iter().any(|leg| matches!(leg, Leg::Sleep(_))) {
            let late = |told: &[Timestamp], due: Timestamp| told[0].duration_since(due).as_secs();
            if over >= 0 {
                prop_assert!(late(&ended, end) <= 30);
                if let Some(due) = warn_at {
                    prop_assert!(late(&warned, due) <= 30);
                }
            }
        }
    }

    // P11, F51
    #[test]
    fn on_any_path_at_all_an_end_that_holds_has_been_told(legs in legs(true), life in 300..40_000_i64) {
        let mut computer = Computer::new(lasting(life, false), life, 1000);
        computer.walk(&legs);
        computer.run(90);
        let end = expiry::after(start(), SignedDuration::from_secs(life));
        if (60..12 * 3600).contains(&computer.wall.duration_since(end).as_secs()) {
            prop_assert!(!computer.told(Kind::Ended).is_empty());
            prop_assert!(computer.model.teams[0].state.told.ended);
        }
    }
}
