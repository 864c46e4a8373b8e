//! Real HTTP to the embedded cloud on this machine.

use std::error::Error;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use keyfob_core::doors::ports::{Http, HttpError};

#[derive(Debug)]
pub struct RealHttp(reqwest::Client);

impl RealHttp {
    pub fn new() -> Self {
        // Another test of this process may have been first; one provider is as good as the other here.
        let _ = rustls::crypto::ring::default_provider().install_default();
        RealHttp(reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap())
    }
}

#[async_trait]
impl Http for RealHttp {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let told = |error: reqwest::Error| match error {
            error if error.is_connect() => HttpError::Connect {
                host: host.clone(),
                why: error.source().map(ToString::to_string).unwrap_or_default(),
            },
            _ => HttpError::Cut { host: host.clone() },
        };
        let request = reqwest::Request::try_from(request).map_err(told)?;
        let answer = self.0.execute(request).await.map_err(told)?;
        let mut whole = Response::builder().status(answer.status());
        *whole.headers_mut().unwrap() = answer.headers().clone();
        Ok(whole.body(answer.bytes().await.map_err(told)?).unwrap())
    }
}
