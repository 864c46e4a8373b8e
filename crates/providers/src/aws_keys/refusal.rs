//! What STS means when it does not trade an access key.

use keyfob_core::doors::provider::ProviderError;

use super::Keys;

/// STS has one code for many refusals, and tells them apart in words.
pub(super) fn of(error: ProviderError, keys: &Keys) -> ProviderError {
    let ProviderError::Refused { code, message, .. } = &error else { return error };
    let said = message.to_ascii_lowercase();
    let key_id = keys.key_id.clone();
    match code.as_str() {
        "AccessDenied" if said.contains("invalid mfa one time pass code") => ProviderError::WrongCode,
        "InvalidClientTokenId" => ProviderError::KeyUnknown { key_id },
        // A clock that is off is told in the same code, and is no fault of the key.
        "SignatureDoesNotMatch" if !said.contains("expired") && !said.contains("not yet current") => {
            ProviderError::WrongSecretKey { key_id }
        }
        _ => error,
    }
}
