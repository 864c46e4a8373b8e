//! The operations of a user pool on accounts: each sent once, with the secret hash where the client has a secret.

use aws_sdk_cognitoidentityprovider::types::{AttributeType, CodeDeliveryDetailsType};
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::plain::clean;
use keyfob_core::words::secret::Secret;

use super::pool::Pool;
use super::refusal::of_account;

/// An account that was just made.
pub(super) struct SignedUp {
    /// Nothing has to be proved.
    pub confirmed: bool,
    pub sent_to: Option<String>,
}

/// The masked address or number that a code went to.
type SentTo = Option<String>;

/// A request about a user of this client; the SDK has a type of its own for each.
macro_rules! of_user {
    ($pool:ident, $operation:ident, $user:ident) => {
        $pool.client.$operation().client_id(&$pool.client_id).set_secret_hash($pool.secret_hash($user)).username($user)
    };
}

impl Pool {
    /// `SignUp`
    pub(super) async fn sign_up(
        &self,
        user: &str,
        email: &str,
        password: &Secret,
        cx: &Cx,
    ) -> Result<SignedUp, ProviderError> {
        let email = AttributeType::builder().name("email").value(email).build();
        let email = email.map_err(|_| crate::wire::unexpected(&self.endpoint.host, "it takes no e-mail address"))?;
        let sent = of_user!(self, sign_up, user).password(password.expose()).user_attributes(email).send();
        let answer = sent.await.map_err(|error| of_account(self.failure(&error, cx), self))?;
        Ok(SignedUp { confirmed: answer.user_confirmed, sent_to: sent_to(answer.code_delivery_details) })
    }

    /// `ConfirmSignUp`
    pub(super) async fn confirm_sign_up(&self, user: &str, code: &Secret, cx: &Cx) -> Result<(), ProviderError> {
        let sent = of_user!(self, confirm_sign_up, user).confirmation_code(code.expose()).send();
        sent.await.map(|_| ()).map_err(|error| of_account(self.failure(&error, cx), self))
    }

    /// `ResendConfirmationCode`
    pub(super) async fn resend(&self, user: &str, cx: &Cx) -> Result<SentTo, ProviderError> {
        let sent = of_user!(self, resend_confirmation_code, user).send();
        let answer = sent.await.map_err(|error| of_account(self.failure(&error, cx), self))?;
        Ok(sent_to(answer.code_delivery_details))
    }

    /// `ForgotPassword`
    pub(super) async fn forgot(&self, user: &str, cx: &Cx) -> Result<SentTo, ProviderError> {
        let sent = of_user!(self, forgot_password, user).send();
        let answer = sent.await.map_err(|error| of_account(self.failure(&error, cx), self))?;
        Ok(sent_to(answer.code_delivery_details))
    }

    /// `ConfirmForgotPassword`
    pub(super) async fn reset(
        &self,
        user: &str,
        code: &Secret,
        password: &Secret,
        cx: &Cx,
    ) -> Result<(), ProviderError> {
        let sent = of_user!(self, confirm_forgot_password, user)
            .confirmation_code(code.expose())
            .password(password.expose())
            .send();
        sent.await.map(|_| ()).map_err(|error| of_account(self.failure(&error, cx), self))
    }

    /// `ChangePassword`, in the name of whoever the access token belongs to.
    pub(super) async fn change_password(
        &self,
        access: &Secret,
        old: &Secret,
        new: &Secret,
        cx: &Cx,
    ) -> Result<(), ProviderError> {
        let sent = self
            .client
            .change_password()
            .access_token(access.expose())
            .previous_password(old.expose())
            .proposed_password(new.expose())
            .send();
        sent.await.map(|_| ()).map_err(|error| of_account(self.failure(&error, cx), self))
    }
}

fn sent_to(details: Option<CodeDeliveryDetailsType>) -> SentTo {
    details.and_then(|details| details.destination).filter(|to| !to.is_empty()).map(|to| clean(&to))
}
