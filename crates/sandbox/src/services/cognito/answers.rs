//! How a user pool answers and how it refuses.

use serde_json::{Value, json};

use crate::http::Answer;

/// `{"__type", "message"}` with status 400 and the exception's name in a header too.
pub(crate) fn error(kind: &str, message: &str, status: u16) -> Answer {
    answer(status, &json!({ "__type": kind, "message": message })).with("x-amzn-ErrorType", format!("{kind}:"))
}

pub(super) fn answer(status: u16, body: &Value) -> Answer {
    Answer::new(status, "application/x-amz-json-1.1", body.to_string())
}

pub(super) fn refused(message: &str) -> Answer {
    error("NotAuthorizedException", message, 400)
}

pub(super) fn invalid(message: &str) -> Answer {
    error("InvalidParameterException", message, 400)
}

pub(super) fn wrong_password() -> Answer {
    refused("Incorrect username or password.")
}

pub(super) fn unknown_user() -> Answer {
    error("UserNotFoundException", "User does not exist.", 400)
}
