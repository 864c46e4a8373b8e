//! Where requests come in: each meets the faults, is answered by the right service, and is written down.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{
    cloud::Cloud,
    control,
    faults::{Plan, What},
    http::{Answer, Request},
    operation::Operation,
    patch::merge,
    services,
    wire::{Manner, Reply},
};

const CAPTIVE: &str = "<!doctype html><html><head><title>Guest Wi-Fi</title></head><body><h1>Please sign in to \
                       the network</h1><form><button>Accept the terms</button></form></body></html>";

/// What a request will meet; to be taken once, before any waiting.
pub(crate) fn meet(cloud: &Cloud, request: &Request) -> Met {
    let operation = Operation::of(request);
    let plan = cloud.faults().take(operation);
    let seen =
        (operation != Operation::Control).then(|| cloud.log().push(cloud.now().as_secs_f64(), operation, request));
    Met { operation, plan, seen }
}

/// Answers a request, the fault included.
pub(crate) fn answer(cloud: &Cloud, request: &Request, met: &Met) -> Reply {
    let begun = Instant::now();
    let (answer, manner) = match &met.plan.what {
        None => (serve(cloud, request, met.operation), Manner::Plain),
        Some(what) => suffer(cloud, request, met.operation, what),
    };
    let reply = Reply { answer, manner, date: cloud.now() };
    if let Some(number) = met.seen {
        let status = if matches!(reply.manner, Manner::Lost) { 0 } else { reply.answer.status };
        let name = met.plan.what.as_ref().map(name_of).or((!met.plan.delay.is_zero()).then(|| "Delay".to_owned()));
        cloud.log().answered(number, &reply.answer, status, name, begun.elapsed().as_secs_f64());
    }
    reply
}

fn serve(cloud: &Cloud, request: &Request, operation: Operation) -> Answer {
    match operation {
        Operation::Control => control::answer(cloud, request),
        _ => cloud.with(|world| services::serve(world, request, operation)),
    }
}

fn suffer(cloud: &Cloud, request: &Request, operation: Operation, what: &What) -> (Answer, Manner) {
    let service = operation.service();
    let instead = |answer| (answer, Manner::Plain);
    let after = |manner| (serve(cloud, request, operation), manner);
    match what {
        What::Delay { .. } => after(Manner::Plain),
        What::Status { status, headers, body } => {
            let answer = Answer { status: *status, headers: headers.clone(), body: body.clone().into_bytes() };
            instead(answer)
        }
        What::SlowDown => instead(services::error(service, "SlowDownException", "Polling too frequently", 400)),
        What::Error { kind, message, status, headers } => {
            let mut answer = services::error(service, kind, message, *status);
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
        What::Answer { patch } => instead(patched(serve(cloud, request, operation), patch)),
    }
}

/// What [`meet`] found.
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
