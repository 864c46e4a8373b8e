//! What STS says of an access key, in its own words.

use bytes::Bytes;
use http::Response;
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::words::cause::Cause;
use keyfob_core::words::login::Wish;
use keyfob_core::words::question::Answer;
use keyfob_core::words::session::Kept;

use crate::support::{Reply, Stage, bare, provider, secret, team};

const SERIAL: &str = "arn:aws:iam::123456789012:mfa/ann";

fn refusal(code: &str, message: &str) -> Reply {
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    );
    Ok(Response::builder().status(403).header("content-type", "text/xml").body(Bytes::from(body)).unwrap())
}

async fn refused(code: &str, message: &str) -> ProviderError {
    let stage = Stage::in_order(vec![refusal(code, message)]).answers(vec![Answer::code(secret("123456"))]);
    let team = team("aws-keys", &[("access-key-id", "AKIAIOSFODNN7EXAMPLE"), ("mfa-serial", SERIAL)]);
    let mut kept = Kept { secrets: [("secret-access-key".into(), secret("shh"))].into(), ..Kept::default() };
    provider("aws-keys").login(&team, &mut kept, &Wish::default(), &stage.cx).await.unwrap_err()
}

// F300, F301
#[tokio::test]
async fn what_sts_says_of_a_code_a_device_and_a_key_is_told_apart() {
    let denied = |why: &str| format!("MultiFactorAuthentication failed{why}");
    let wrong = refused("AccessDenied", &denied(" with invalid MFA one time pass code. ")).await;
    assert_eq!(bare::<()>(Err(wrong)), Err(ProviderError::WrongCode));
    let key = ProviderError::KeyUnknown { key_id: "AKIAIOSFODNN7EXAMPLE".into() };
    let said = "The security token included in the request is invalid.";
    assert_eq!(bare::<()>(Err(refused("InvalidClientTokenId", said).await)), Err(key));
    // A device of somebody else is named, as it is what has to be changed.
    let device = refused("AccessDenied", &denied(", unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.")).await;
    let ProviderError::Because { causes, .. } = &device else { panic!("{device:?}") };
    assert!(causes.iter().any(|cause| matches!(cause, Cause::Given { value, .. } if value == SERIAL)), "{causes:?}");
    // A policy that denies is told in its own words.
    let policy = "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: sts:GetSessionToken with an explicit deny";
    let ProviderError::Refused { message, .. } = refused("AccessDenied", policy).await.bare().clone() else { panic!() };
    assert_eq!(message, policy);
}
