//! The pages where a person approves or refuses: plain HTML, no script, nothing loaded from anywhere.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::{
    decide::{self, CodeError},
    http::{Answer, Request, find},
    world::World,
};

const STYLE: &str = include_str!("page.css");

/// `GET /device`, `GET /device?user_code=XXXX-XXXX`, `POST /device/approve`, `POST /device/refuse`.
pub(crate) fn answer(world: &mut World, request: &Request) -> Answer {
    if let Some(refusal) = not_from_here(world, request) {
        return refusal;
    }
    match (request.method.as_str(), request.path.as_str()) {
        ("GET" | "HEAD", "/device") => match request.query("user_code").filter(|code| !code.is_empty()) {
            Some(code) => confirm(world, code),
            None => page(200, "Enter your code", &entry("")),
        },
        ("GET" | "HEAD", "/" | "/start") => Answer::empty(303).with("Location", "/device"),
        ("POST", "/device/approve") => decide(world, request, true),
        ("POST", "/device/refuse") => decide(world, request, false),
        _ => page(404, "Nothing here", "<p><a href=\"/device\">Enter a code</a></p>"),
    }
}

pub(super) fn not_from_here(world: &World, request: &Request) -> Option<Answer> {
    let words = "<p>This page only answers to its own address.</p>";
    (!request.is_for(&world.url)).then(|| page(403, "Not from here", words))
}

fn confirm(world: &World, code: &str) -> Answer {
    let flow = match decide::open_code(world, code) {
        Ok((_, flow)) => flow,
        Err(why) => return unusable(code, why),
    };
    let body = format!(
        "<p><strong>{}</strong> asks to sign in to <strong>{}</strong>.</p>\
         <p>Check that it shows the same code:</p><p class=\"code\">{}</p>\
         <form method=\"post\"><input type=\"hidden\" name=\"user_code\" value=\"{}\">{}<div class=\"buttons\">\
         <button formaction=\"/device/approve\" class=\"yes\">Approve</button>\
         <button formaction=\"/device/refuse\">Refuse</button></div></form>",
        escape(&flow.client_name),
        escape(&flow.start_url),
        escape(&flow.user_code),
        escape(&flow.user_code),
        people(world, &flow.start_url),
    );
    page(200, "Approve this sign-in?", &body)
}

/// A choice of people, when there is one.
pub(super) fn people(world: &World, start_url: &str) -> String {
    let users = world.portal(start_url).map(|portal| portal.users.as_slice()).unwrap_or_default();
    if users.len() < 2 {
        return String::new();
    }
    let options: String = users.iter().map(|user| format!("<option>{}</option>", escape(&user.name))).collect();
    format!("<p><label for=\"user\">Sign in as</label> <select id=\"user\" name=\"user\">{options}</select></p>")
}

fn decide(world: &mut World, request: &Request, yes: bool) -> Answer {
    let form = request.form();
    let code = find(&form, "user_code").unwrap_or_default().to_owned();
    let done = if yes {
        decide::approve(world, &code, find(&form, "user").filter(|user| !user.is_empty()))
    } else {
        decide::refuse(world, &code)
    };
    match (done, yes) {
        (Ok(()), true) => page(200, "Approved", "<p>You are signed in. You can close this tab.</p>"),
        (Ok(()), false) => page(200, "Refused", "<p>Nobody was signed in. You can close this tab.</p>"),
        (Err(why), _) => unusable(&code, why),
    }
}

fn unusable(code: &str, why: CodeError) -> Answer {
    let status = if why == CodeError::Unknown { 404 } else { 410 };
    let words = match why {
        CodeError::Unknown => "This code is not known here. Check it and try again.",
        CodeError::Expired => "This code has expired. Start the sign-in again to get a new one.",
        CodeError::Decided => "This code was already used. You can close this tab.",
        CodeError::NobodyThere => "There is nobody with this name at this portal.",
    };
    page(status, "That did not work", &format!("<p role=\"alert\">{words}</p>{}", entry(code)))
}

fn entry(code: &str) -> String {
    format!(
        "<form method=\"get\" action=\"/device\"><p><label for=\"code\">Code from your device</label></p>\
         <p><input id=\"code\" name=\"user_code\" value=\"{}\" placeholder=\"XXXX-XXXX\" autocomplete=\"off\" \
         autocapitalize=\"characters\" spellcheck=\"false\" required></p>\
         <div class=\"buttons\"><button class=\"yes\">Continue</button></div></form>",
        escape(code)
    )
}

pub(super) fn page(status: u16, title: &str, body: &str) -> Answer {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title} · Demo cloud</title><style>{STYLE}</style></head>\
         <body><main><p class=\"brand\">Demo cloud</p><h1>{title}</h1>{body}\
         <footer>A stand-in that runs on this computer. Nothing here is a real account.</footer></main></body></html>"
    );
    // A browser that obeys the policy runs no script and loads nothing, whatever a client's name contains.
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    Answer::new(status, "text/html; charset=utf-8", html)
        .with("Content-Security-Policy", policy)
        .with("Cache-Control", "no-store")
        .with("X-Content-Type-Options", "nosniff")
        .with("Referrer-Policy", "same-origin")
}

/// The same page, whose form may lead to that origin.
pub(super) fn leading_to(origin: &str, mut page: Answer) -> Answer {
    for (_, value) in page.headers.iter_mut().filter(|(name, _)| name == "Content-Security-Policy") {
        *value = value.replace("form-action 'self'", &format!("form-action 'self' {origin}"));
    }
    page
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
