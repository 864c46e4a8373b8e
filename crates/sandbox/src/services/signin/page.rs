//! The pages of a console: who lends a program their session, and the code that is carried to another device.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{CLIENTS, code_for};
use crate::{
    http::{Answer, Request},
    services::page::{escape, page as html},
    world::World,
};

/// What a program asks for.
pub(super) struct Asked {
    pub client_id: String,
    pub redirect_uri: String,
    pub challenge: String,
    state: String,
}

/// `GET /v1/authorize` shows who there is, and with `as=ARN` it is that one; `GET /v1/sessions/confirmation` shows the code.
pub(crate) fn page(world: &mut World, request: &Request) -> Answer {
    if request.path == "/v1/sessions/confirmation" {
        let of = |name: &str| request.query(name).unwrap_or_default();
        let code = STANDARD.encode(format!("state={}&code={}", of("state"), of("code")));
        return html(200, "Copy this code", &format!("<p>Paste it where you started:</p><p class=\"code\">{code}</p>"));
    }
    let asked = match asked(world, request) {
        Ok(asked) => asked,
        Err(why) => return html(400, "That did not work", &format!("<p role=\"alert\">{}</p>", escape(why))),
    };
    let mut to = format!("{}?state={}", asked.redirect_uri, percent(&asked.state));
    match request.query("as") {
        Some("nobody") => to.push_str("&error=access_denied"),
        Some(arn) => {
            let code = code_for(world, &asked, arn);
            to.push_str(&format!("&code={code}"));
        }
        None => return people(world, request),
    }
    Answer::empty(303).with("Location", to)
}

fn asked(world: &World, request: &Request) -> Result<Asked, &'static str> {
    let of = |name: &str| request.query(name).filter(|value| !value.is_empty()).map(str::to_owned);
    let fixed = |name: &str, value: &str| request.query(name) == Some(value);
    let client_id = of("client_id").filter(|id| CLIENTS.contains(&id.as_str())).ok_or("unknown client_id")?;
    let redirect_uri = of("redirect_uri").ok_or("redirect_uri is missing")?;
    let elsewhere = format!("{}/v1/sessions/confirmation", world.url);
    let fits = match client_id == CLIENTS[0] {
        true => redirect_uri.starts_with("http://127.0.0.1:") && redirect_uri.ends_with("/oauth/callback"),
        false => redirect_uri == elsewhere,
    };
    if !fits {
        return Err("redirect_uri is not one of this client");
    }
    if !fixed("response_type", "code") || !fixed("scope", "openid") || !fixed("code_challenge_method", "SHA-256") {
        return Err("response_type, scope or code_challenge_method is another one");
    }
    let challenge = of("code_challenge").filter(|text| text.len() == 43).ok_or("code_challenge is no SHA-256")?;
    Ok(Asked { client_id, redirect_uri, challenge, state: of("state").ok_or("state is missing")? })
}

fn people(world: &World, request: &Request) -> Answer {
    let users = world.setup.users.iter().map(|user| user.arn());
    let root = "arn:aws:iam::111111111111:root".to_owned();
    let federated = "arn:aws:sts::111111111111:assumed-role/AdministratorAccess/alice".to_owned();
    let links: String = users
        .chain([root, federated])
        .map(|arn| {
            let to = format!("{}&as={}", request.target, percent(&arn));
            format!("<p><a href=\"{}\">{}</a></p>", escape(&to), escape(&arn))
        })
        .collect();
    html(200, "Continue with which session?", &links)
}

fn percent(text: &str) -> String {
    let safe = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if safe(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
