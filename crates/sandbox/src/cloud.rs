//! One sandbox without its socket: takes a request, meets the faults, asks the right service, writes the log.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    clock::Clock,
    cognito, control,
    faults::{Faults, Plan, What},
    http::{Answer, Request},
    log::Log,
    oidc,
    operation::{Operation, Service},
    page,
    patch::merge,
    portal, sts,
    wire::{Manner, Reply},
    world::World,
};

const CAPTIVE: &str = "<!doctype html><html><head><title>Guest Wi-Fi</title></head><body><h1>Please sign in to \
                       the network</h1><form><button>Accept the terms</button></form></body></html>";

#[derive(Debug)]
pub(crate) struct Cloud {
    world: Mutex<World>,
    faults: Mutex<Faults>,
    log: Mutex<Log>,
    clock: Clock,
    /// Seconds by which this cloud is ahead of its clock.
    shifted: AtomicI64,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cloud {
    pub fn new(world: World) -> Self {
        Self {
            clock: world.setup.clock.clone(),
            world: Mutex::new(world),
            faults: Mutex::default(),
            log: Mutex::default(),
            shifted: AtomicI64::new(0),
        }
    }

    /// Time since the Unix epoch as this cloud sees it.
    pub fn now(&self) -> Duration {
        let by = self.shifted.load(Ordering::Relaxed);
        let (now, distance) = (self.clock.now(), Duration::from_secs(by.unsigned_abs()));
        if by < 0 { now.saturating_sub(distance) } else { now + distance }
    }

    pub fn shift(&self, seconds: i64) {
        self.shifted.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Works on the state at the present time.
    pub fn with<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        let mut world = locked(&self.world);
        world.now = self.now();
        work(&mut world)
    }

    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        locked(&self.faults)
    }

    pub fn log(&self) -> MutexGuard<'_, Log> {
        locked(&self.log)
    }

    pub fn last_code(&self, user: &str) -> Option<String> {
        self.with(|world| {
            let mut people = world.people.iter().filter(|((_, name), _)| name == user);
            people.find_map(|(_, person)| person.last_code.clone())
        })
    }

    pub fn totp(&self, user: &str) -> Option<String> {
        self.with(|world| {
            let person = world.setup.pools.iter().find_map(|pool| pool.user(user))?;
            cognito::current_totp(person, world.seconds())
        })
    }

    /// What a request will meet; to be taken once, before any waiting.
    pub fn meet(&self, request: &Request) -> Met {
        let operation = Operation::of(request);
        let plan = self.faults().take(operation);
        let seen =
            (operation != Operation::Control).then(|| self.log().push(self.now().as_secs_f64(), operation, request));
        Met { operation, plan, seen }
    }

    /// Answers a request, the fault included.
    pub fn answer(&self, request: &Request, met: &Met) -> Reply {
        let begun = Instant::now();
        let (answer, manner) = match &met.plan.what {
            None => (self.serve(request, met.operation), Manner::Plain),
            Some(what) => self.suffer(request, met.operation, what),
        };
        let reply = Reply { answer, manner, date: self.now() };
        if let Some(number) = met.seen {
            let status = if matches!(reply.manner, Manner::Lost) { 0 } else { reply.answer.status };
            let name = met.plan.what.as_ref().map(name_of).or((!met.plan.delay.is_zero()).then(|| "Delay".to_owned()));
            self.log().answered(number, status, name, begun.elapsed().as_secs_f64());
        }
        reply
    }

    fn serve(&self, request: &Request, operation: Operation) -> Answer {
        if operation == Operation::Control {
            return control::answer(self, request);
        }
        let result = self.with(|world| match operation {
            Operation::RegisterClient => oidc::register(world, request),
            Operation::StartDeviceAuthorization => oidc::start(world, request),
            Operation::PollToken | Operation::RefreshToken => oidc::token(world, request),
            Operation::ListAccounts => portal::accounts(world, request),
            Operation::ListAccountRoles => portal::roles(world, request),
            Operation::GetRoleCredentials => portal::credentials(world, request),
            Operation::Logout => portal::logout(world, request),
            Operation::InitiateAuth | Operation::InitiateAuthRefresh => cognito::initiate(world, request),
            Operation::RespondToAuthChallenge => cognito::respond(world, request),
            Operation::GetTokensFromRefreshToken => cognito::get_tokens(world, request),
            Operation::RevokeToken => cognito::revoke(world, request),
            Operation::GetCallerIdentity => sts::caller_identity(world, request),
            Operation::AssumeRole => sts::assume_role(world, request),
            Operation::Page => Ok(page::answer(world, request)),
            Operation::Control | Operation::Unknown => {
                Err(Service::Own.error("UnknownOperationException", "No such operation", 404))
            }
        });
        result.unwrap_or_else(|refusal| refusal)
    }

    fn suffer(&self, request: &Request, operation: Operation, what: &What) -> (Answer, Manner) {
        let service = operation.service();
        let instead = |answer| (answer, Manner::Plain);
        let after = |manner| (self.serve(request, operation), manner);
        match what {
            What::Delay { .. } => after(Manner::Plain),
            What::Status { status, headers, body } => {
                let answer = Answer { status: *status, headers: headers.clone(), body: body.clone().into_bytes() };
                instead(answer)
            }
            What::SlowDown => instead(service.error("SlowDownException", "Polling too frequently", 400)),
            What::Error { kind, message, status, headers } => {
                let mut answer = service.error(kind, message, *status);
                answer.headers.extend(headers.iter().cloned());
                instead(answer)
            }
            What::Html200 => instead(Answer::new(200, "text/html; charset=utf-8", CAPTIVE)),
            What::Redirect { status, to } => instead(Answer::empty(*status).with("Location", to)),
            What::EmptyBody => instead(Answer::empty(200)),
            What::HugeBody { bytes } => (Answer::new(200, "application/json", ""), Manner::Huge(*bytes)),
            What::EndlessHeader => (Answer::empty(200), Manner::EndlessHeader),
            What::LostAnswer => after(Manner::Lost),
            What::ResetAfter { bytes } => after(Manner::ResetAfter(*bytes)),
            What::CutBody => after(Manner::Cut),
            What::WrongLength => after(Manner::TooLong),
            What::Drip { millis } => after(Manner::Drip(Duration::from_millis(*millis))),
            What::Answer { patch } => instead(patched(self.serve(request, operation), patch)),
        }
    }
}

/// What [`Cloud::meet`] found.
pub(crate) struct Met {
    operation: Operation,
    pub plan: Plan,
    seen: Option<u64>,
}

fn patched(answer: Answer, patch: &Value) -> Answer {
    match serde_json::from_slice::<Value>(&answer.body) {
        Ok(mut body) if answer.status == 200 => {
            merge(&mut body, patch);
            Answer { body: body.to_string().into_bytes(), ..answer }
        }
        _ => answer,
    }
}

fn name_of(what: &What) -> String {
    let debug = format!("{what:?}");
    debug.split([' ', '(']).next().unwrap_or_default().to_owned()
}
