//! The start URL as the service knows it: a company's own address leads to it, and may lead to another region tomorrow.

use bytes::Bytes;
use http::{Method, Request, Response};
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::plain::clean;
use keyfob_core::words::team::Team;
use url::Url;

use super::hosts::{is_portal, portal_region};
use super::place::Places;
use crate::settings::{host_of, web_address};
use crate::wire::unexpected;

/// The regions of an instance in turn, found by following the team's start URL for one step, as the AWS CLI does. An
/// address of AWS itself, or of a service of one's own, is taken as it is.
pub(super) async fn places(team: &Team, cx: &Cx) -> Result<Places, ProviderError> {
    let places = Places::of(team, None, cx)?;
    let first = &places.first;
    if first.oidc.overridden || is_portal(&host_of(&first.start)) {
        return Ok(places);
    }
    match leads_to(&first.start, cx).await? {
        Some(portal) => Ok(Places::under(team, portal.as_str(), portal_region(&host_of(&portal)).as_deref(), cx)?),
        None => Ok(places),
    }
}

/// Where the address leads; `None` when nowhere.
async fn leads_to(start: &Url, cx: &Cx) -> Result<Option<Url>, ProviderError> {
    let mut answer = ask(Method::HEAD, start, cx).await?;
    if matches!(answer.status().as_u16(), 405 | 501) {
        answer = ask(Method::GET, start, cx).await?;
    }
    let to =
        answer.headers().get("location").and_then(|to| to.to_str().ok()).filter(|_| answer.status().is_redirection());
    let Some(to) = to else { return Ok(None) };
    let host = host_of(start);
    let to = start.join(to).map_err(|_| unexpected(&host, "it leads to no address"))?;
    match web_address(to.as_str()) {
        Ok(portal) if is_portal(&host_of(&portal)) => Ok(Some(portal)),
        _ => Err(unexpected(&host, &format!("it leads to {}, which is no access portal of AWS", clean(&host_of(&to))))),
    }
}

async fn ask(method: Method, start: &Url, cx: &Cx) -> Result<Response<Bytes>, ProviderError> {
    let request = Request::builder().method(method).uri(start.as_str()).body(Bytes::new());
    let request = request.map_err(|error| unexpected(&host_of(start), &error.to_string()))?;
    Ok(cx.http.send(request).await?)
}
