//! What a request asks for and in whose name: the client, its secret hash, the parameters.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::answers::{error, invalid, refused};
use crate::{
    http::{Answer, Request},
    mac::hmac_sha256,
    setup::{Pool, PoolClient},
    world::World,
};

/// The client a request names, with its pool. Copies: the state behind them may change meanwhile.
pub(super) fn client(world: &World, body: &Value) -> Result<(Pool, PoolClient), Answer> {
    let Some(id) = body.get("ClientId").and_then(Value::as_str).filter(|id| !id.is_empty()) else {
        return Err(invalid("Missing required parameter ClientId"));
    };
    let found =
        world.setup.pools.iter().find_map(|p| Some((p.clone(), p.clients.iter().find(|c| c.id == id)?.clone())));
    found.ok_or_else(|| error("ResourceNotFoundException", &format!("User pool client {id} does not exist."), 400))
}

/// For clients with a secret: `Base64(HMAC-SHA-256(secret, name + client id))` for one of `names` must be there.
pub(super) fn secret_hash(client: &PoolClient, asked: &Asked, names: &[&str]) -> Result<(), Answer> {
    hash_is_right(client, asked.get("SECRET_HASH"), names)
}

/// The same for requests that have it beside everything else.
pub(super) fn hash_of(client: &PoolClient, body: &Value, names: &[&str]) -> Result<(), Answer> {
    hash_is_right(client, body.get("SecretHash").and_then(Value::as_str), names)
}

fn hash_is_right(client: &PoolClient, given: Option<&str>, names: &[&str]) -> Result<(), Answer> {
    let Some(secret) = &client.secret else { return Ok(()) };
    let id = &client.id;
    let Some(given) = given else {
        return Err(refused(&format!("Client {id} is configured with secret but SECRET_HASH was not received")));
    };
    let fits =
        |name: &&str| STANDARD.encode(hmac_sha256(secret.as_bytes(), &[name.as_bytes(), id.as_bytes()])) == given;
    if names.iter().any(fits) {
        Ok(())
    } else {
        Err(refused(&format!("SecretHash does not match for the client: {id}")))
    }
}

pub(super) fn object(request: &Request) -> Result<Value, Answer> {
    request.json().ok_or_else(|| error("SerializationException", "The body is not a JSON object", 400))
}

/// A text that a request must have.
pub(super) fn need<'b>(body: &'b Value, member: &str) -> Result<&'b str, Answer> {
    let text = body.get(member).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or_else(|| invalid(&format!("Missing required parameter {member}")))
}

/// The map of strings inside a request.
pub(super) struct Asked(Value);

impl Asked {
    pub fn of(body: &Value, member: &str) -> Self {
        Self(body.get(member).cloned().unwrap_or_default())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    pub fn need(&self, name: &str) -> Result<&str, Answer> {
        self.get(name)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| invalid(&format!("Missing required parameter {name}")))
    }
}
