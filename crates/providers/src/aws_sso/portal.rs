//! The access portal: which accounts and roles there are, credentials for one of them, and logging out.

use aws_sdk_sso::Client;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::about::Target;
use keyfob_core::words::plain::clean;
use keyfob_core::words::profile::Profile;
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{Credential, Session};

use super::{ACCOUNT, Place, ROLE};
use crate::lifetime::at_most;
use crate::settings::required;
use crate::wire::{Failure, Tries, unexpected};

/// The service takes 1 to 100 (ListAccounts and ListAccountRoles, API reference).
const PAGE: i32 = 100;
/// More pages than any organisation has; a server that never ends its list is stopped.
const MOST_PAGES: usize = 1000;
/// Accounts whose roles are asked for at the same time.
const AT_ONCE: usize = 8;

/// Trades the session for credentials of one role.
pub(super) async fn credential(
    place: &Place,
    profile: &Profile,
    session: &Session,
    cx: &Cx,
) -> Result<Credential, ProviderError> {
    let host = &place.portal.host;
    let (account, role) = (required(&profile.target, &ACCOUNT)?, required(&profile.target, &ROLE)?);
    let answer = place
        .portal_client(cx, Tries::Three)
        .get_role_credentials()
        .account_id(account)
        .role_name(role)
        .access_token(session.access.expose())
        .send()
        .await
        .map_err(|error| match Failure::of(&error, &place.portal, cx.clock.now()) {
            // No such account or no such role for this person: the session itself is fine (F24).
            Failure::Said { status: 403 | 404, .. } => {
                ProviderError::RoleGone { account: account.into(), role: role.into() }
            }
            failure => refused(failure, host),
        })?;
    let role = answer.role_credentials.ok_or_else(|| unexpected(host, "the answer has no credentials"))?;
    let given = |part: Option<String>| part.filter(|text| !text.is_empty());
    let (Some(key_id), Some(secret_key), Some(token)) =
        (given(role.access_key_id), given(role.secret_access_key), given(role.session_token))
    else {
        return Err(unexpected(host, "the credentials are not complete"));
    };
    let now = cx.clock.now();
    // Milliseconds, unlike every other time of these services (RoleCredentials, API reference).
    let expires = Timestamp::from_millisecond(role.expiration)
        .map_err(|_| unexpected(host, "the end of the credentials is no time"))?;
    if expires <= now {
        // F25
        return Err(ProviderError::OverAlready { host: host.clone() });
    }
    Ok(Credential {
        key_id,
        secret_key: Secret::new(secret_key),
        token: Secret::new(token),
        expires: at_most(expires, now),
    })
}

/// All accounts and their roles, in the server's order.
pub(super) async fn targets(place: &Place, session: &Session, cx: &Cx) -> Result<Vec<Target>, ProviderError> {
    let client = &place.portal_client(cx, Tries::Three);
    let accounts = accounts(place, client, session, cx).await?;
    let roles: Vec<Vec<Target>> = stream::iter(accounts)
        .map(|account| roles(place, client, session, account, cx))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(roles.into_iter().flatten().collect())
}

struct Account {
    id: String,
    name: String,
}

async fn accounts(place: &Place, client: &Client, session: &Session, cx: &Cx) -> Result<Vec<Account>, ProviderError> {
    let host = &place.portal.host;
    let mut found = Vec::new();
    let mut pages =
        client.list_accounts().access_token(session.access.expose()).max_results(PAGE).into_paginator().send();
    for _ in 0..MOST_PAGES {
        let Some(page) = pages.next().await else { return Ok(found) };
        let page = page.map_err(|error| refused(Failure::of(&error, &place.portal, cx.clock.now()), host))?;
        for account in page.account_list.unwrap_or_default() {
            let Some(id) = account.account_id else { continue };
            let name = account.account_name.or(account.email_address).unwrap_or_else(|| id.clone());
            found.push(Account { id, name: clean(&name) });
        }
    }
    Err(unexpected(host, "its list of accounts does not end"))
}

async fn roles(
    place: &Place,
    client: &Client,
    session: &Session,
    account: Account,
    cx: &Cx,
) -> Result<Vec<Target>, ProviderError> {
    let host = &place.portal.host;
    let mut found = Vec::new();
    let mut pages = client
        .list_account_roles()
        .access_token(session.access.expose())
        .account_id(&account.id)
        .max_results(PAGE)
        .into_paginator()
        .send();
    for _ in 0..MOST_PAGES {
        let Some(page) = pages.next().await else { return Ok(found) };
        let page = page.map_err(|error| refused(Failure::of(&error, &place.portal, cx.clock.now()), host))?;
        for role in page.role_list.unwrap_or_default() {
            let Some(role) = role.role_name else { continue };
            let fields = [(ACCOUNT.key.to_owned(), account.id.clone()), (ROLE.key.to_owned(), role.clone())];
            let (group, group_detail) = (account.name.clone(), account.id.clone());
            found.push(Target { fields: fields.into(), group, group_detail, label: role });
        }
    }
    Err(unexpected(host, "its list of roles does not end"))
}

/// Ends the session at the portal. One that is over already is as good as ended.
pub(super) async fn logout(place: &Place, session: &Session, cx: &Cx) -> Result<(), ProviderError> {
    let host = &place.portal.host;
    let sent = place.portal_client(cx, Tries::Three).logout().access_token(session.access.expose()).send().await;
    match sent.map_err(|error| refused(Failure::of(&error, &place.portal, cx.clock.now()), host)) {
        Ok(_) | Err(ProviderError::SessionEnded { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// A refused access token may still be renewed: the caller tries that once before a person is asked (F23). A 401 in other
/// words is that of a gateway in between (F160).
fn refused(failure: Failure, host: &str) -> ProviderError {
    match failure {
        Failure::Said { status: 401, code, message } if code == "UnauthorizedException" => {
            ProviderError::SessionEnded { code, said: message }
        }
        failure => failure.or_refused(host),
    }
}
