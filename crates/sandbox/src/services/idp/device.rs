//! The device flow of the OpenID provider (RFC 8628): a code, and a page that approves it when it is opened.

use serde_json::json;

use super::asked::{client, error, issuer, scopes};
use crate::{
    http::{Answer, Request, find},
    random,
    world::{Waiting, World},
};

/// `POST /idp/device`
pub(crate) fn device(world: &mut World, request: &Request) -> Result<Answer, Answer> {
    let form = request.form();
    let client = client(world, request, &form)?;
    let scopes = scopes(find(&form, "scope").unwrap_or_default())
        .ok_or_else(|| error("invalid_scope", "A scope is not known here", 400))?;
    let user = world.setup.idp.users.first().map(|user| user.name.clone()).unwrap_or_default();
    let approved = world.approvals_in_advance > 0;
    world.approvals_in_advance -= u32::from(approved);
    let letters = random::text(8, "BCDFGHJKLMNPQRSTVWXZ");
    let (device_code, user_code) = (random::token(43), format!("{}-{}", &letters[..4], &letters[4..]));
    let (page, lifetimes) = (format!("{}/activate", issuer(world)), &world.setup.lifetimes);
    let answer = json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={user_code}"),
        "expires_in": lifetimes.device_code,
        "interval": lifetimes.poll_interval.max(1),
    });
    let ends = world.seconds() + lifetimes.device_code;
    let waiting = Waiting { client_id: client.id, scopes, user, user_code, approved, ends, ..Waiting::default() };
    world.idp.devices.insert(device_code, waiting);
    Ok(Answer::json(200, &answer))
}
