//! Walks through every order of steps that several processes can make, with kills and lost answers, and looks for a
//! session that is lost without need.

use stateright::{Checker, Model, Property};

use super::*;

/// What the keychain holds. Tokens are numbered as the server gives them out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Record {
    generation: u64,
    /// None once the session was found to be over.
    token: Option<u8>,
    due: bool,
}

/// Takes each token once; with grace, the one that was used last goes on until its successor is used (as Okta, Auth0
/// and Cognito have it). Who brings an older one is taken for a thief: the session is over for all (RFC 9700 §4.14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Server {
    issued: u8,
    used: u8,
    over: bool,
}

impl Server {
    fn takes(self, token: u8, grace: bool) -> bool {
        !self.over && (token > self.used || (grace && token == self.used))
    }

    /// The new token, or a refusal.
    fn ask(&mut self, token: u8, grace: bool) -> Option<u8> {
        if !self.takes(token, grace) {
            self.over = true;
            return None;
        }
        self.used = token;
        self.issued += 1;
        Some(self.issued)
    }
}

/// One process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum One {
    /// It has not looked yet.
    Outside,
    /// It found the session due, and renews it.
    Renewing {
        at: Next,
        read: Record,
        holds_lock: bool,
        answer: Answer,
    },
    Gone,
}

/// What is on its way from the server, or has come and is not kept yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Answer {
    NotAsked,
    OnItsWay(Option<u8>),
    Here(u8),
}

impl Answer {
    fn token(self) -> Option<u8> {
        match self {
            Answer::OnItsWay(token) => token,
            Answer::Here(token) => Some(token),
            Answer::NotAsked => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct World {
    server: Server,
    record: Record,
    /// Always in order: who is who makes no difference.
    ones: Vec<One>,
    kills: u8,
    losses: u8,
    /// How often time may pass until the session is due again.
    hours: u8,
    /// Something happened that strict rotation does not forgive: an answer was lost on its way, or a process was
    /// killed after the server had rotated and before the token was kept.
    unforgivable: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Happens {
    Step(usize),
    /// The answer of the server comes through, or not; or the request did not.
    Arrives(usize),
    IsLost(usize),
    RequestIsLost(usize),
    Killed(usize),
    AnHourPasses,
}

#[derive(Clone)]
struct Protocol {
    processes: usize,
    grace: bool,
    next: fn(Next, Heard) -> Next,
}

impl Protocol {
    fn step(&self, world: &mut World, who: usize) -> Option<()> {
        let record = world.record;
        let locked = world.ones.iter().any(|one| matches!(one, One::Renewing { holds_lock: true, .. }));
        let one = world.ones.get_mut(who)?;
        match one {
            One::Gone => return None,
            // The usual look without a lock.
            One::Outside => {
                *one = match record {
                    Record { token: Some(_), due: true, .. } => {
                        One::Renewing { at: Next::Lock, read: record, holds_lock: false, answer: Answer::NotAsked }
                    }
                    _ => One::Gone,
                };
            }
            One::Renewing { at, read, holds_lock, answer } => {
                let found = |record: Record| match record {
                    Record { token: None, .. } => Found::Nothing,
                    Record { due: true, .. } => Found::Due,
                    _ => Found::Good,
                };
                let heard = match *at {
                    Next::Lock if locked => return None,
                    Next::Lock => {
                        *holds_lock = true;
                        Heard::Locked
                    }
                    Next::Look | Next::LookAgain { .. } => {
                        *read = record;
                        Heard::Record { generation: record.generation, session: found(record) }
                    }
                    Next::Ask { .. } if *answer != Answer::NotAsked => return None,
                    Next::Ask { .. } => {
                        *answer = Answer::OnItsWay(world.server.ask(read.token?, self.grace));
                        return Some(());
                    }
                    Next::Keep => {
                        let generation = read.generation + 1;
                        world.record = Record { generation, token: answer.token(), due: false };
                        *answer = Answer::NotAsked;
                        Heard::Kept
                    }
                    Next::KeepEnd => {
                        world.record = Record { generation: read.generation + 1, token: None, due: false };
                        Heard::Kept
                    }
                    Next::Leave(_) => {
                        *one = One::Gone;
                        return Some(());
                    }
                };
                *at = (self.next)(*at, heard);
            }
        }
        Some(())
    }

    /// What becomes of an answer on its way: it comes through, or not.
    fn answer(&self, one: &mut One, comes: bool) -> Option<bool> {
        let One::Renewing { at, answer, .. } = one else { return None };
        let Answer::OnItsWay(token) = *answer else { return None };
        let heard = match (comes, token) {
            (true, Some(_)) => Heard::Renewed,
            (true, None) => Heard::Refused,
            (false, _) => Heard::Lost,
        };
        *at = (self.next)(*at, heard);
        *answer = token.filter(|_| comes).map_or(Answer::NotAsked, Answer::Here);
        Some(token.is_some())
    }
}

impl Model for Protocol {
    type State = World;
    type Action = Happens;

    fn init_states(&self) -> Vec<World> {
        vec![World {
            server: Server { issued: 1, used: 0, over: false },
            record: Record { generation: 1, token: Some(1), due: true },
            ones: vec![One::Outside; self.processes],
            kills: 3,
            losses: 3,
            hours: 1,
            unforgivable: false,
        }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Happens>) {
        for who in 0..world.ones.len() {
            // Of those that are alike, one is enough.
            if who > 0 && world.ones.get(who) == world.ones.get(who - 1) {
                continue;
            }
            let all = [Happens::Step, Happens::Arrives, Happens::IsLost, Happens::RequestIsLost, Happens::Killed];
            actions.extend(all.map(|happens| happens(who)));
        }
        actions.push(Happens::AnHourPasses);
    }

    fn next_state(&self, last: &World, action: Happens) -> Option<World> {
        let mut world = last.clone();
        match action {
            Happens::Step(who) => self.step(&mut world, who)?,
            Happens::Arrives(who) => {
                self.answer(world.ones.get_mut(who)?, true)?;
            }
            Happens::IsLost(who) => {
                world.losses = world.losses.checked_sub(1)?;
                world.unforgivable |= self.answer(world.ones.get_mut(who)?, false)?;
            }
            Happens::RequestIsLost(who) => {
                world.losses = world.losses.checked_sub(1)?;
                let One::Renewing { at, answer: Answer::NotAsked, .. } = world.ones.get_mut(who)? else { return None };
                let Next::Ask { .. } = *at else { return None };
                *at = (self.next)(*at, Heard::Lost);
            }
            Happens::Killed(who) => {
                world.kills = world.kills.checked_sub(1)?;
                let one = world.ones.get_mut(who)?;
                if let One::Renewing { answer, .. } = one {
                    world.unforgivable |= answer.token().is_some();
                }
                if std::mem::replace(one, One::Gone) == One::Gone {
                    return None;
                }
            }
            Happens::AnHourPasses => {
                world.hours = world.hours.checked_sub(1)?;
                world.record.due = world.record.token.is_some();
            }
        }
        world.ones.sort_unstable();
        Some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("what was renewed is kept", |model: &Protocol, world: &World| {
                let busy = world.ones.iter().any(|one| matches!(one, One::Renewing { holds_lock: true, .. }));
                let good = world.record.token.is_some_and(|token| world.server.takes(token, model.grace));
                busy || good || (world.unforgivable && !model.grace)
            }),
            Property::always("nobody writes an end that the server did not say", |_, world: &World| {
                world.record.token.is_some() || world.server.over
            }),
            Property::always("one at a time", |_, world: &World| {
                world.ones.iter().filter(|one| matches!(one, One::Renewing { holds_lock: true, .. })).count() <= 1
            }),
            Property::sometimes(
                "all come to an end, after every kill and loss, and somebody renewed",
                |_, world: &World| {
                    world.ones.iter().all(|one| *one == One::Gone)
                        && (world.kills, world.losses) == (0, 0)
                        && world.server.used > 0
                },
            ),
            Property::sometimes("somebody renews what is due for the second time", |_, world: &World| {
                world.server.used >= 2 && !world.server.over
            }),
        ]
    }
}

fn checked(processes: usize, grace: bool, next: fn(Next, Heard) -> Next) -> impl Checker<Protocol> {
    Protocol { processes, grace, next }.checker().spawn_bfs().join()
}

// F100: fewer processes are six of which some never begin.
#[test]
fn six_processes_three_kills_and_three_lost_answers_lose_nothing_where_the_old_token_still_passes() {
    checked(6, true, next).assert_properties();
}

// F100
#[test]
fn where_it_does_not_only_an_answer_lost_on_the_way_or_a_kill_before_the_write_loses_the_session() {
    checked(6, false, next).assert_properties();
}

/// The record that was read before the lock is believed after it.
fn without_the_look_after_the_lock(at: Next, heard: Heard) -> Next {
    match next(at, heard) {
        Next::Look => Next::Ask { generation: 1, lost: false },
        other => other,
    }
}

/// A refusal is believed without another look, and the record is written over.
fn with_a_write_before_the_answer(at: Next, heard: Heard) -> Next {
    match next(at, heard) {
        Next::Ask { lost: false, .. } => Next::KeepEnd,
        other => other,
    }
}

/// The new token is used and not kept.
fn without_keeping(at: Next, heard: Heard) -> Next {
    match next(at, heard) {
        Next::Keep => Next::Leave(Outcome::Renewed),
        other => other,
    }
}

#[test]
fn the_check_notices_when_the_protocol_is_wrong() {
    for wrong in [without_the_look_after_the_lock, with_a_write_before_the_answer, without_keeping] {
        let checker = checked(2, false, wrong);
        assert!(checker.discoveries().keys().any(|name| !name.starts_with("somebody") && !name.starts_with("all")));
    }
}

#[test]
fn what_cannot_be_heard_at_a_step_changes_nothing() {
    for heard in [Heard::Locked, Heard::Renewed, Heard::Kept, Heard::GivenUp] {
        let end = Next::Leave(Outcome::Usable);
        assert_eq!(next(end, heard), end);
    }
    assert_eq!(next(Next::Keep, Heard::Lost), Next::Keep);
}
