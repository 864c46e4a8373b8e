//! Which operation of which service a request is for: everything shares one port.

use serde::{Deserialize, Serialize};

use crate::http::{Request, find};

/// Everything the sandbox can be asked; the names are those of the AWS API models, with three of them split so that a
/// test can count logins and renewals apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Operation {
    RegisterClient,
    StartDeviceAuthorization,
    /// `CreateToken` with a device code: one poll. A grant type that the sandbox does not know counts here too.
    PollToken,
    /// `CreateToken` with an authorization code.
    TradeCode,
    /// `CreateToken` with a refresh token.
    RefreshToken,
    ListAccounts,
    ListAccountRoles,
    GetRoleCredentials,
    Logout,
    /// `InitiateAuth` with a name and a password, SRP or plain.
    InitiateAuth,
    /// `InitiateAuth` with a refresh token.
    InitiateAuthRefresh,
    RespondToAuthChallenge,
    GetTokensFromRefreshToken,
    RevokeToken,
    SignUp,
    ConfirmSignUp,
    ResendConfirmationCode,
    ForgotPassword,
    ConfirmForgotPassword,
    ChangePassword,
    AssociateSoftwareToken,
    VerifySoftwareToken,
    GetCallerIdentity,
    AssumeRole,
    AssumeRoleWithWebIdentity,
    IdpDiscovery,
    IdpKeys,
    IdpAuthorize,
    /// A code, or a poll for one that is approved elsewhere.
    IdpToken,
    IdpRefresh,
    IdpRevoke,
    IdpDevice,
    /// The pages of the OpenID provider for people.
    IdpPage,
    /// The pages where a person approves.
    GetSessionToken,
    CreateOAuth2Token,
    /// The pages of the console where a session is lent to a program.
    Console,
    /// The page where a person approves a code.
    Page,
    /// The control surface under `/_control`.
    Control,
    Unknown,
}

/// The service an operation belongs to, which decides how its errors look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Oidc,
    Portal,
    Cognito,
    Sts,
    Idp,
    Signin,
    Own,
}

const COGNITO: &str = "AWSCognitoIdentityProviderService.";

impl Operation {
    pub(crate) fn of(request: &Request) -> Self {
        if let Some(target) = request.header("x-amz-target") {
            return Self::of_target(target, request);
        }
        let post = request.method == "POST";
        match request.path.as_str() {
            "/client/register" if post => Self::RegisterClient,
            "/device_authorization" if post => Self::StartDeviceAuthorization,
            "/token" if post => match string_of(request, "grantType").as_deref() {
                Some("refresh_token") => Self::RefreshToken,
                Some("authorization_code") => Self::TradeCode,
                _ => Self::PollToken,
            },
            "/assignment/accounts" => Self::ListAccounts,
            "/assignment/roles" => Self::ListAccountRoles,
            "/federation/credentials" => Self::GetRoleCredentials,
            "/logout" if post => Self::Logout,
            "/v1/token" if post => Self::CreateOAuth2Token,
            "/v1/authorize" | "/v1/sessions/confirmation" => Self::Console,
            "/" => Self::of_action(request, post),
            "/idp/.well-known/openid-configuration" => Self::IdpDiscovery,
            "/idp/keys" => Self::IdpKeys,
            "/idp/authorize" => Self::IdpAuthorize,
            "/idp/token" if post => match find(&request.form(), "grant_type") {
                Some("refresh_token") => Self::IdpRefresh,
                _ => Self::IdpToken,
            },
            "/idp/revoke" if post => Self::IdpRevoke,
            "/idp/device" if post => Self::IdpDevice,
            "/idp/activate" | "/idp/logout" => Self::IdpPage,
            path if is_page(path) => Self::Page,
            path if path.starts_with("/_control/") => Self::Control,
            _ => Self::Unknown,
        }
    }

    fn of_target(target: &str, request: &Request) -> Self {
        match target.strip_prefix(COGNITO) {
            Some("InitiateAuth") => match string_of(request, "AuthFlow").as_deref() {
                Some("REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN") => Self::InitiateAuthRefresh,
                _ => Self::InitiateAuth,
            },
            Some("RespondToAuthChallenge") => Self::RespondToAuthChallenge,
            Some("GetTokensFromRefreshToken") => Self::GetTokensFromRefreshToken,
            Some("RevokeToken") => Self::RevokeToken,
            Some("SignUp") => Self::SignUp,
            Some("ConfirmSignUp") => Self::ConfirmSignUp,
            Some("ResendConfirmationCode") => Self::ResendConfirmationCode,
            Some("ForgotPassword") => Self::ForgotPassword,
            Some("ConfirmForgotPassword") => Self::ConfirmForgotPassword,
            Some("ChangePassword") => Self::ChangePassword,
            Some("AssociateSoftwareToken") => Self::AssociateSoftwareToken,
            Some("VerifySoftwareToken") => Self::VerifySoftwareToken,
            _ => Self::Unknown,
        }
    }

    fn of_action(request: &Request, post: bool) -> Self {
        let form = if post { request.form() } else { request.query.clone() };
        match find(&form, "Action") {
            Some("GetCallerIdentity") => Self::GetCallerIdentity,
            Some("AssumeRole") => Self::AssumeRole,
            Some("AssumeRoleWithWebIdentity") => Self::AssumeRoleWithWebIdentity,
            Some("GetSessionToken") => Self::GetSessionToken,
            None if !post => Self::Page,
            _ => Self::Unknown,
        }
    }

    pub(crate) fn service(self) -> Service {
        match self {
            Self::RegisterClient
            | Self::StartDeviceAuthorization
            | Self::PollToken
            | Self::TradeCode
            | Self::RefreshToken => Service::Oidc,
            Self::ListAccounts | Self::ListAccountRoles | Self::GetRoleCredentials | Self::Logout => Service::Portal,
            Self::InitiateAuth
            | Self::InitiateAuthRefresh
            | Self::RespondToAuthChallenge
            | Self::GetTokensFromRefreshToken
            | Self::RevokeToken
            | Self::SignUp
            | Self::ConfirmSignUp
            | Self::ResendConfirmationCode
            | Self::ForgotPassword
            | Self::ConfirmForgotPassword
            | Self::ChangePassword
            | Self::AssociateSoftwareToken
            | Self::VerifySoftwareToken => Service::Cognito,
            Self::GetCallerIdentity | Self::AssumeRole | Self::AssumeRoleWithWebIdentity | Self::GetSessionToken => {
                Service::Sts
            }
            Self::IdpDiscovery
            | Self::IdpKeys
            | Self::IdpAuthorize
            | Self::IdpToken
            | Self::IdpRefresh
            | Self::IdpRevoke
            | Self::IdpDevice => Service::Idp,
            Self::Console | Self::IdpPage | Self::Page | Self::Control | Self::Unknown => Service::Own,
            Self::CreateOAuth2Token => Service::Signin,
        }
    }
}

fn is_page(path: &str) -> bool {
    path == "/start"
        || ["/device", "/authorize"].iter().any(|page| path == *page || path.starts_with(&format!("{page}/")))
}

fn string_of(request: &Request, member: &str) -> Option<String> {
    Some(request.json()?.get(member)?.as_str()?.to_owned())
}
