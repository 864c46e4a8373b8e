//! The ways of signing in: one file or folder for each, one line for each in the registry.

mod as_it_is;
mod asking;
mod assume;
mod aws_keys;
mod aws_signin;
mod aws_sso;
mod browser;
mod cognito;
mod device_code;
mod flow;
mod lifetime;
mod oidc;
mod pace;
mod partition;
mod settings;
mod sts;
mod wire;

use keyfob_core::doors::assume::Tokens;
use keyfob_core::doors::provider::Provider;

pub use aws_keys::AwsKeys;
pub use aws_signin::AwsSignin;
pub use aws_sso::AwsSso;
pub use cognito::Cognito;
pub use oidc::Oidc;

/// All providers, in the order in which a person is shown them.
pub fn registry() -> &'static [&'static dyn Provider] {
    &[&AwsSso, &Cognito, &Oidc, &AwsSignin, &AwsKeys]
}

/// The provider of that id, such as `aws-sso`.
pub fn find(id: &str) -> Option<&'static dyn Provider> {
    registry().iter().copied().find(|provider| provider.about().id == id)
}

/// Who gives roles for the credentials of all providers.
pub fn tokens() -> &'static dyn Tokens {
    &assume::Roles
}
