//! Which accounts and roles the access portal offers: as many requests as the portal bears, and what has come stays.

use std::error::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_sdk_sso::Client;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures_util::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};
use keyfob_core::doors::ports::HttpError;
use keyfob_core::doors::provider::discovery::{Discovery, Group};
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::about::Target;
use keyfob_core::words::plain::clean;
use keyfob_core::words::session::Session;

use super::place::Place;
use super::portal::refused;
use super::{ACCOUNT, ROLE};
use crate::wire::{Endpoint, Failure, SdkFailure, Tries, unexpected};

/// The service takes 1 to 100 (ListAccounts and ListAccountRoles, API reference).
const PAGE: i32 = 100;
/// More pages than any organisation has; a server that never ends its list is stopped.
const MOST_PAGES: usize = 1000;
/// Accounts whose roles are asked for at the same time.
const AT_ONCE: usize = 8;
/// So often a page is asked for that does not come for another reason than the pace.
const TRIES: u32 = 3;
/// So long a server may give no good answer at all.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);

/// Adds all accounts and their roles, but for those that are found already.
pub(super) async fn find(place: &Place, session: &Session, cx: &Cx, found: &Discovery) -> Result<(), ProviderError> {
    let client = place.portal_client(cx, Tries::One);
    let portal = Portal { at: &place.portal, client, session, cx, seen: Mutex::default() };
    let open = match found.open() {
        Some(open) => open,
        None => {
            found.list(portal.accounts().await.map_err(Stopped::why)?);
            found.open().unwrap_or_default()
        }
    };
    let mut looking = stream::iter(open)
        .map(|(place, account)| {
            let portal = &portal;
            async move { (place, portal.roles(&account).await) }
        })
        .buffer_unordered(AT_ONCE);
    while let Some((place, roles)) = looking.next().await {
        match roles {
            Ok(roles) => found.add(place, roles),
            Err(Stopped::Here(why)) => found.leave_out(place, why),
            Err(Stopped::Everywhere(why)) => return Err(why),
        }
    }
    Ok(())
}

/// How far the reason reaches for which a page did not come.
enum Stopped {
    /// It lies in what was asked about.
    Here(ProviderError),
    /// It lies in the session, the network or the whole portal.
    Everywhere(ProviderError),
}

impl Stopped {
    fn why(self) -> ProviderError {
        match self {
            Stopped::Here(why) | Stopped::Everywhere(why) => why,
        }
    }
}

/// The portal while it is asked, by many requests at a time.
struct Portal<'a> {
    at: &'a Endpoint,
    client: Client,
    session: &'a Session,
    cx: &'a Cx,
    seen: Mutex<Seen>,
}

/// What all of the requests have seen of it.
#[derive(Default)]
struct Seen {
    /// How often it answered.
    answers: usize,
    /// Since when it does not any more.
    trouble: Option<Timestamp>,
}

impl Portal<'_> {
    /// Ids and names, in the server's order.
    async fn accounts(&self) -> Result<Vec<(String, String)>, Stopped> {
        let (mut found, mut next) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let request = self.client.list_accounts().access_token(self.session.access.expose()).max_results(PAGE);
            let page = self.page(|| request.clone().set_next_token(next.clone()).send()).await?;
            for account in page.account_list.unwrap_or_default() {
                let Some(id) = account.account_id else { continue };
                let name = account.account_name.or(account.email_address).unwrap_or_else(|| id.clone());
                found.push((id, clean(&name)));
            }
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(found);
            }
        }
        Err(Stopped::Here(unexpected(&self.at.host, "its list of accounts does not end")))
    }

    /// All roles of one account.
    async fn roles(&self, account: &Group) -> Result<Vec<Target>, Stopped> {
        let (mut found, mut next) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let request = self.client.list_account_roles().access_token(self.session.access.expose());
            let request = request.account_id(&account.id).max_results(PAGE);
            let page = self.page(|| request.clone().set_next_token(next.clone()).send()).await?;
            for role in page.role_list.unwrap_or_default() {
                let Some(role) = role.role_name else { continue };
                let fields = [(ACCOUNT.key.to_owned(), account.id.clone()), (ROLE.key.to_owned(), role.clone())];
                let (group, group_detail) = (account.name.clone(), account.id.clone());
                found.push(Target { fields: fields.into(), group, group_detail, label: role });
            }
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(found);
            }
        }
        Err(Stopped::Here(unexpected(&self.at.host, "its list of roles does not end")))
    }

    /// Asks for one page: as often as it takes where the portal only asks to slow down, else a few times.
    async fn page<T, E, F>(&self, ask: impl Fn() -> F) -> Result<T, Stopped>
    where
        E: Error + ProvideErrorMetadata + 'static,
        F: Future<Output = Result<T, SdkFailure<E>>>,
    {
        let (mut tries, mut answers) = (0, self.seen().answers);
        loop {
            let why = match ask().await {
                Ok(page) => {
                    self.answered();
                    return Ok(page);
                }
                Err(error) => refused(Failure::of(&error, self.at, self.cx.clock.now()), &self.at.host),
            };
            let pause = match &why {
                ProviderError::SessionEnded { .. } => return Err(Stopped::Everywhere(why)),
                // The next request waits for its turn by itself, but for a rest that is long.
                ProviderError::Throttled { retry_after, .. } => Duration::from_secs(retry_after.unwrap_or(0).into()),
                passing if passing.is_passing() => {
                    if tries == 0 {
                        answers = self.seen().answers;
                    }
                    tries += 1;
                    Duration::from_secs(1 << tries)
                }
                _ => {
                    self.answered();
                    return Err(Stopped::Here(why));
                }
            };
            if !self.is_patient_for(pause) {
                return Err(Stopped::Everywhere(why));
            }
            if tries == TRIES || !self.may_pass(&why) {
                // What the portal said, or that others were answered meanwhile, shows that it is there.
                let is_there = !may_be_away(&why) || self.seen().answers > answers;
                return Err(if is_there { Stopped::Here(why) } else { Stopped::Everywhere(why) });
            }
            self.wait(pause).await;
        }
    }

    /// Trouble that is worth another try: a person who cannot reach the portal at all is told at once.
    fn may_pass(&self, why: &ProviderError) -> bool {
        !may_be_away(why) || self.seen().answers > 0
    }

    fn answered(&self) {
        let mut seen = self.seen();
        *seen = Seen { answers: seen.answers + 1, trouble: None };
    }

    /// Notes that there is trouble; false when there has been for too long, or will have been after this pause.
    fn is_patient_for(&self, pause: Duration) -> bool {
        let now = self.cx.clock.now();
        let since = *self.seen().trouble.get_or_insert(now);
        let pause = SignedDuration::try_from(pause).unwrap_or(SignedDuration::MAX);
        now.duration_since(since).saturating_add(pause) <= PATIENCE
    }

    async fn wait(&self, mut pause: Duration) {
        while !pause.is_zero() {
            // No sleep is longer (security D18).
            let piece = pause.min(Duration::from_secs(30));
            self.cx.clock.sleep(piece).await;
            pause -= piece;
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether it may be the network, or the way through it, that is out of order.
fn may_be_away(why: &ProviderError) -> bool {
    use ProviderError as E;
    let here = matches!(
        why,
        E::ServerTrouble { .. } | E::Unexpected { .. } | E::Http(HttpError::Cut { .. } | HttpError::TooLarge { .. })
    );
    why.is_passing() && !here && !matches!(why, E::Throttled { .. })
}
