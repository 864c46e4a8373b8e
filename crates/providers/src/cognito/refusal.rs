//! What a user pool means when it refuses. Many reasons share one exception there; only the words differ.

use keyfob_core::doors::provider::{AccountError, ProviderError};
use keyfob_core::words::plain::clean;

use super::pool::Pool;
use crate::wire::Failure;

/// A refusal during a login, as ours.
pub(super) fn of_login(failure: Failure, pool: &Pool) -> ProviderError {
    let host = &pool.endpoint.host;
    let Failure::Said { code, message, .. } = &failure else { return failure.or_refused(host) };
    let said = message.to_ascii_lowercase();
    match code.as_str() {
        "NotAuthorizedException" if said.contains("attempts exceeded") => ProviderError::TooManyTries,
        "NotAuthorizedException" if said.contains("incorrect username or password") => ProviderError::WrongPassword,
        "NotAuthorizedException" if said.contains("session") => ProviderError::TooLate,
        "NotAuthorizedException" if is_barred(&said) => AccountError::Barred { message: message.clone() }.into(),
        "UserLambdaValidationException" => AccountError::AgainstRules { message: message.clone() }.into(),
        "UserNotFoundException" => ProviderError::WrongPassword,
        "CodeMismatchException" | "ExpiredCodeException" | "EnableSoftwareTokenMFAException" => {
            ProviderError::WrongCode
        }
        "LimitExceededException" | "TooManyFailedAttemptsException" => ProviderError::TooManyTries,
        "UserNotConfirmedException" => ProviderError::NotConfirmed,
        "PasswordResetRequiredException" => ProviderError::ResetRequired,
        "InvalidPasswordException" | "PasswordHistoryPolicyViolationException" => {
            ProviderError::BadNewPassword { rules: message.clone() }
        }
        _ if is_about_client(code, &said) => ProviderError::UnknownClient { message: message.clone() },
        _ => failure.or_refused(host),
    }
}

/// A refusal of something with an account, as ours.
pub(super) fn of_account(failure: Failure, pool: &Pool) -> ProviderError {
    let Failure::Said { code, message, .. } = &failure else { return of_login(failure, pool) };
    let said = message.to_ascii_lowercase();
    let message = || clean(message);
    let ours = match code.as_str() {
        "UsernameExistsException" => AccountError::NameTaken,
        "AliasExistsException" => AccountError::AddressTaken,
        "UserNotFoundException" => AccountError::UnknownUser,
        "ExpiredCodeException" => AccountError::CodeOver,
        "CodeDeliveryFailureException" => AccountError::NotDelivered { message: message() },
        "NotAuthorizedException" if said.contains("signup is not permitted") => AccountError::SignUpClosed,
        "NotAuthorizedException" if said.contains("cannot be confirmed") => AccountError::AlreadyConfirmed,
        "InvalidParameterException" if said.contains("already confirmed") => AccountError::AlreadyConfirmed,
        "NotAuthorizedException" | "InvalidParameterException"
            if said.contains("cannot be reset") || said.contains("cannot reset") =>
        {
            AccountError::NotResettable { message: message() }
        }
        "NotAuthorizedException" if said.contains("access token") => {
            return ProviderError::SessionEnded { code: code.clone(), said: message() };
        }
        "InvalidParameterException" if !is_about_client(code, &said) => AccountError::NotTaken { message: message() },
        _ => return of_login(failure, pool),
    };
    ours.into()
}

/// A refusal to renew, as ours. The list of what ends a session is closed (security D5): the refresh token
/// is over, or its user is.
pub(super) fn of_renewal(failure: Failure, pool: &Pool) -> ProviderError {
    let Failure::Said { code, message, .. } = &failure else { return of_login(failure, pool) };
    let said = message.to_ascii_lowercase();
    let over = match code.as_str() {
        "RefreshTokenReuseException" | "UserNotFoundException" => true,
        "NotAuthorizedException" => {
            !is_about_client(code, &said)
                && ["refresh token", "revoked", "expired", "disabled", "does not exist"]
                    .iter()
                    .any(|w| said.contains(w))
        }
        _ => false,
    };
    if over {
        ProviderError::SessionEnded { code: code.clone(), said: message.clone() }
    } else {
        of_login(failure, pool)
    }
}

/// The app client does not allow this flow or operation.
pub(super) fn is_not_enabled(failure: &Failure) -> bool {
    let Failure::Said { code, message, .. } = failure else { return false };
    let said = message.to_ascii_lowercase();
    match code.as_str() {
        "UnsupportedOperationException" => true,
        "InvalidParameterException" | "NotAuthorizedException" => {
            said.contains("not enabled") || said.contains("rotation") || said.contains("not supported")
        }
        _ => false,
    }
}

/// Disabled, or its temporary password has run out, as in "it must be reset by an administrator".
fn is_barred(said: &str) -> bool {
    ["disabled", "administrator", "has expired"].iter().any(|word| said.contains(word))
}

fn is_about_client(code: &str, said: &str) -> bool {
    match code {
        "ResourceNotFoundException" => true,
        "NotAuthorizedException" | "InvalidParameterException" => said.contains("secret"),
        _ => false,
    }
}
