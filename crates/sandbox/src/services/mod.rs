//! The services that stand behind the one port: which of them answers what, and how each words an error.

mod authorize;
mod cognito;
mod idp;
mod oidc;
mod page;
mod portal;
mod signin;
mod sts;

use serde_json::json;

use crate::{
    http::{Answer, Request},
    operation::{Operation, Service},
    world::World,
};

pub(crate) use cognito::{last_code, shown_code};

/// Lets the right service answer.
pub(crate) fn serve(world: &mut World, request: &Request, operation: Operation) -> Answer {
    if matches!(operation.service(), Service::Portal)
        && let Some(refusal) = portal::too_many(world)
    {
        return refusal;
    }
    let result = match operation {
        Operation::RegisterClient => oidc::register(world, request),
        Operation::StartDeviceAuthorization => oidc::start(world, request),
        Operation::TradeCode => authorize::trade(world, request),
        Operation::PollToken | Operation::RefreshToken => oidc::token(world, request),
        Operation::ListAccounts => portal::accounts(world, request),
        Operation::ListAccountRoles => portal::roles(world, request),
        Operation::GetRoleCredentials => portal::credentials(world, request),
        Operation::Logout => portal::logout(world, request),
        Operation::InitiateAuth | Operation::InitiateAuthRefresh => cognito::initiate(world, request),
        Operation::RespondToAuthChallenge => cognito::respond(world, request),
        Operation::GetTokensFromRefreshToken => cognito::get_tokens(world, request),
        Operation::RevokeToken => cognito::revoke(world, request),
        Operation::SignUp => cognito::sign_up(world, request),
        Operation::ConfirmSignUp => cognito::confirm_sign_up(world, request),
        Operation::ResendConfirmationCode => cognito::resend(world, request),
        Operation::ForgotPassword => cognito::forgot(world, request),
        Operation::ConfirmForgotPassword => cognito::reset(world, request),
        Operation::ChangePassword => cognito::change_password(world, request),
        Operation::AssociateSoftwareToken => cognito::associate(world, request),
        Operation::VerifySoftwareToken => cognito::verify(world, request),
        Operation::GetCallerIdentity => sts::caller_identity(world, request),
        Operation::AssumeRole => sts::assume_role(world, request),
        Operation::AssumeRoleWithWebIdentity => sts::assume_role_with_web_identity(world, request),
        Operation::IdpDiscovery => Ok(idp::discovery(world)),
        Operation::IdpKeys => Ok(idp::keys(world)),
        Operation::IdpAuthorize => Ok(idp::authorize(world, request)),
        Operation::IdpToken | Operation::IdpRefresh => idp::token(world, request),
        Operation::IdpRevoke => idp::revoke(world, request),
        Operation::IdpDevice => idp::device(world, request),
        Operation::IdpPage => Ok(idp::page(world, request)),
        Operation::Page if request.path.starts_with("/authorize") => Ok(authorize::answer(world, request)),
        Operation::CreateOAuth2Token => signin::token(world, request),
        Operation::Console => Ok(signin::page(world, request)),
        Operation::GetSessionToken => sts::session_token(world, request),
        Operation::Page => Ok(page::answer(world, request)),
        Operation::Control | Operation::Unknown => {
            Err(error(Service::Own, "UnknownOperationException", "No such operation", 404))
        }
    };
    result.unwrap_or_else(|refusal| refusal)
}

/// An error as `service` words it.
pub(crate) fn error(service: Service, kind: &str, message: &str, status: u16) -> Answer {
    match service {
        Service::Oidc => oidc::error(kind, message, status),
        Service::Portal => portal::error(kind, message, status),
        Service::Cognito => cognito::error(kind, message, status),
        Service::Sts => sts::error(kind, message, status),
        Service::Idp => idp::error(kind, message, status),
        Service::Signin => signin::error(kind, message, status),
        Service::Own => Answer::json(status, &json!({ "__type": kind, "message": message })),
    }
}
