//! The control surface `/_control/…` for scripts in other languages: JSON in, JSON out, the same verbs as the Rust API.
//!
//! | POST | body | answer |
//! |---|---|---|
//! | `approve` | `{"user_code", "user"?}` | `{}` |
//! | `refuse` | `{"user_code"}` | `{}` |
//! | `approve_next` | `{}` | `{}` |
//! | `pending` | `{}` | `{"codes": […]}` |
//! | `faults` | `{"clear"?: true, "add"?: [fault…]}` | `{"waiting": n}` |
//! | `log` | `{"clear"?: true}` | `{"seen": […]}`, as it was before clearing |
//! | `expire` | `{"what": "Sessions"…}` | `{}` |
//! | `revoke` | `{"who"}` | `{"ended": n}` |
//! | `shift` | `{"seconds": ±n}` | `{"now": epoch seconds}` |
//! | `code` | `{"user"}` | `{"code": "123456" or null}`: last SMS or e-mail code |
//! | `totp` | `{"user"}` | `{"code": "123456" or null}`: what the authenticator shows now |
//! | `setup` | a JSON merge patch (RFC 7396) on the setup | the setup |
//!
//! Errors are 4xx with `{"message"}`. Requests of web pages (foreign `Host` or `Origin`) are refused.

use serde_json::{Value, json};

use crate::{
    cloud::Cloud,
    decide::{self, CodeError},
    faults::Fault,
    http::{Answer, Request},
    patch::merge,
    services,
    setup::Setup,
    world::World,
};

pub(crate) fn answer(cloud: &Cloud, request: &Request) -> Answer {
    let (enabled, ours) = cloud.with(|world| (world.setup.control, request.is_for(&world.url)));
    if !enabled {
        return refusal(404, "the control surface is off");
    }
    if !ours {
        return refusal(403, "only for programs on this computer");
    }
    let body = if request.body.is_empty() { Some(json!({})) } else { request.json() };
    let (Some(body), "POST") = (body, request.method.as_str()) else {
        return refusal(400, "POST a JSON object");
    };
    match act(cloud, request.path.trim_start_matches("/_control/"), &body) {
        Ok(answer) => Answer::json(200, &answer),
        Err((status, message)) => refusal(status, &message),
    }
}

type Refusal = (u16, String);

fn act(cloud: &Cloud, verb: &str, body: &Value) -> Result<Value, Refusal> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let need = |name: &str| text(name).ok_or_else(|| (400, format!("{name} is missing")));
    let done = |result: Result<(), CodeError>| result.map(|()| json!({})).map_err(|why| (409, why.to_string()));
    let read =
        |code: fn(&World, &str) -> Option<String>| need("user").map(|user| cloud.with(|world| code(world, user)));
    match verb {
        "approve" => {
            let code = need("user_code")?;
            done(cloud.with(|world| decide::approve(world, code, text("user"))))
        }
        "refuse" => {
            let code = need("user_code")?;
            done(cloud.with(|world| decide::refuse(world, code)))
        }
        "approve_next" => done(cloud.with(decide::approve_next)),
        "pending" => Ok(json!({ "codes": cloud.with(|world| decide::pending(world)) })),
        "faults" => {
            let add = body.get("add").cloned().unwrap_or_else(|| json!([]));
            let add: Vec<Fault> = serde_json::from_value(add).map_err(|why| (400, why.to_string()))?;
            let mut faults = cloud.faults();
            if body.get("clear") == Some(&Value::Bool(true)) {
                faults.clear();
            }
            add.into_iter().for_each(|fault| faults.push(fault));
            Ok(json!({ "waiting": faults.waiting() }))
        }
        "log" => {
            let mut log = cloud.log();
            let seen = log.entries();
            if body.get("clear") == Some(&Value::Bool(true)) {
                log.clear();
            }
            Ok(json!({ "seen": seen }))
        }
        "expire" => {
            let what = body.get("what").cloned().unwrap_or_default();
            let what = serde_json::from_value(what).map_err(|why| (400, why.to_string()))?;
            cloud.with(|world| decide::expire(world, what));
            Ok(json!({}))
        }
        "revoke" => {
            let who = need("who")?;
            Ok(json!({ "ended": cloud.with(|world| decide::revoke_everything(world, who)) }))
        }
        "shift" => {
            let seconds = body.get("seconds").and_then(Value::as_i64);
            cloud.shift(seconds.ok_or_else(|| (400, "seconds is missing".to_owned()))?);
            Ok(json!({ "now": cloud.now().as_secs_f64() }))
        }
        "code" => Ok(json!({ "code": read(services::last_code)? })),
        "totp" => Ok(json!({ "code": read(services::shown_code)? })),
        "setup" => cloud.with(|world| {
            let mut wanted = serde_json::to_value(&world.setup).map_err(|why| (500, why.to_string()))?;
            merge(&mut wanted, body);
            let changed: Setup = serde_json::from_value(wanted.clone()).map_err(|why| (400, why.to_string()))?;
            world.setup = changed;
            Ok(wanted)
        }),
        _ => Err((404, format!("no verb {verb}"))),
    }
}

fn refusal(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({ "message": message }))
}
