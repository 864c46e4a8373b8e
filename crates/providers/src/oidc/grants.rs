//! The grants of OAuth 2.0, by the crate `oauth2`, through our own way out.

use std::pin::Pin;

use bytes::Bytes;
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::secret::Secret;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AccessToken, AsyncHttpClient, AuthType, AuthorizationCode, Client, ClientId, ClientSecret, DeviceAuthorizationUrl,
    ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope,
    StandardDeviceAuthorizationResponse, StandardRevocableToken, StandardTokenResponse, TokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::desk::Desk;
use super::discovery::Provider;
use super::place::Place;
use crate::wire::{Failure, unexpected};

/// RFC 8628 §3.4.
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What OpenID Connect adds to an answer with tokens. It is a secret like an access token, and shows as one.
#[derive(Debug, Deserialize, Serialize)]
struct Identity {
    id_token: Option<AccessToken>,
}

impl ExtraTokenFields for Identity {}

type Tokens = StandardTokenResponse<Identity, BasicTokenType>;
type OAuth = Client<
    BasicErrorResponse,
    Tokens,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
>;

/// What was granted.
pub(super) struct Granted {
    pub access: Secret,
    pub refresh: Option<Secret>,
    pub id_token: Option<Secret>,
    /// In seconds, as told; 0 when it was not.
    pub expires_in: i32,
    /// Where less, or more, was granted than was asked for (RFC 6749 §5.1).
    pub scopes: Option<Vec<String>>,
}

/// One client of one provider, and the address that the next request is for.
pub(super) struct Grants<'a> {
    place: &'a Place,
    provider: &'a Provider,
    pub desk: Desk,
}

impl<'a> Grants<'a> {
    /// At the token endpoint.
    pub fn tokens(place: &'a Place, provider: &'a Provider, cx: &Cx) -> Result<Self, ProviderError> {
        Self::at(&provider.token, place, provider, cx)
    }

    pub fn at(url: &Url, place: &'a Place, provider: &'a Provider, cx: &Cx) -> Result<Self, ProviderError> {
        Ok(Grants { place, provider, desk: Desk::at(url, place, cx)? })
    }

    /// A code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).
    pub async fn code(&self, code: &Secret, verifier: &Secret, redirect_uri: &str) -> Result<Granted, Failure> {
        let back = RedirectUrl::new(redirect_uri.to_owned()).map_err(|_| self.odd("the browser was sent nowhere"))?;
        let client = self.client().set_token_uri(TokenUrl::from_url(self.desk.url.clone())).set_redirect_uri(back);
        let asked = client
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()));
        asked.request_async(&self.desk).await.map(Granted::from).map_err(|error| self.failure(error))
    }

    /// A refresh token for new tokens (RFC 6749 §6).
    pub async fn renew(&self, refresh: &Secret) -> Result<Granted, Failure> {
        let client = self.client().set_token_uri(TokenUrl::from_url(self.desk.url.clone()));
        let refresh = RefreshToken::new(refresh.expose().to_owned());
        let asked = client.exchange_refresh_token(&refresh);
        asked.request_async(&self.desk).await.map(Granted::from).map_err(|error| self.failure(error))
    }

    /// A code that is approved elsewhere (RFC 8628 §3.1).
    pub async fn device(&self, scopes: &[String]) -> Result<StandardDeviceAuthorizationResponse, Failure> {
        let url = DeviceAuthorizationUrl::from_url(self.desk.url.clone());
        let client = self.client().set_device_authorization_url(url);
        let scopes = scopes.iter().cloned().map(Scope::new);
        let mut asked = client.exchange_device_code().add_scopes(scopes);
        if let Some(audience) = &self.place.audience {
            asked = asked.add_extra_param("audience", audience.as_str());
        }
        asked.request_async(&self.desk).await.map_err(|error| self.failure(error))
    }

    /// Whether it was approved (RFC 8628 §3.4). The crate would wait for that by itself, at a pace of its own.
    pub async fn poll(&self, device_code: &Secret) -> Result<Granted, Failure> {
        let form = [("grant_type", DEVICE_CODE), ("device_code", device_code.expose())];
        let answer = self.desk.post(&form, self.place, self.provider.secret_in_body).await?;
        let tokens: Result<Tokens, _> = serde_json::from_value(answer.into());
        tokens.map(Granted::from).map_err(|_| self.odd("the token answer has no token"))
    }

    /// The end of a token (RFC 7009). The crate takes no address of this machine for that.
    pub async fn revoke(&self, token: &Secret, kind: &str) -> Result<(), Failure> {
        let form = [("token", token.expose()), ("token_type_hint", kind)];
        self.desk.post(&form, self.place, self.provider.secret_in_body).await.map(|_| ())
    }

    fn client(&self) -> OAuth {
        let client = OAuth::new(ClientId::new(self.place.client_id.clone()));
        let way = if self.provider.secret_in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        match &self.place.client_secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose().to_owned())),
            None => client,
        }
        .set_auth_type(way)
    }

    fn odd(&self, what: &str) -> Failure {
        Failure::Failed(unexpected(self.desk.host(), what))
    }

    /// Broken data is never quoted: a token could be in it (fault F32).
    fn failure(&self, error: RequestTokenError<ProviderError, BasicErrorResponse>) -> Failure {
        match error {
            RequestTokenError::ServerResponse(refusal) => {
                let words = refusal.error_description().map(String::as_str).unwrap_or_default();
                self.desk.said(refusal.error().as_ref(), words)
            }
            RequestTokenError::Request(error) => Failure::Failed(error),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => self.odd("what it granted is not complete"),
        }
    }
}

impl<'c> AsyncHttpClient<'c> for Desk {
    type Error = ProviderError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, ProviderError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.answer(Ok(request.map(Bytes::from))).await?;
            Ok(answer.map(|body| body.to_vec()))
        })
    }
}

impl From<Tokens> for Granted {
    fn from(tokens: Tokens) -> Self {
        let secret = |token: &str| Some(token).filter(|text| !text.is_empty()).map(Secret::new);
        let scopes = tokens.scopes().map(|scopes| scopes.iter().map(|scope| scope.to_string()).collect());
        Granted {
            access: Secret::new(tokens.access_token().secret()),
            refresh: tokens.refresh_token().and_then(|token| secret(token.secret())),
            id_token: tokens.extra_fields().id_token.as_ref().and_then(|token| secret(token.secret())),
            expires_in: tokens.expires_in().map_or(0, |life| i32::try_from(life.as_secs()).unwrap_or(i32::MAX)),
            scopes,
        }
    }
}
