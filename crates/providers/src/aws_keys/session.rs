//! From an access key to a session, and what a session of one is: temporary credentials, good as they are.

use std::collections::BTreeMap;

use keyfob_core::doors::assume::Caller;
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::about::Target;
use keyfob_core::words::login::Step;
use keyfob_core::words::plain::clean;
use keyfob_core::words::question::{CODE, CodeKind, Place, Question, Refusal};
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::{Credential, Session};
use keyfob_core::words::settings::Settings;

use super::{Keys, refusal};
use crate::sts::{Signer, Sts};
use crate::wire::Endpoint;
use crate::{as_it_is, asking};

/// How often a person is asked for a code, should STS never say that it is enough.
const MOST_ASKS: u32 = 10;

pub(super) async fn login(keys: &Keys, cx: &Cx) -> Result<Session, ProviderError> {
    let credential = match &keys.mfa_serial {
        Some(serial) => with_code(keys, serial, cx).await?,
        None => {
            cx.person.show(&Step::Checking);
            trade(keys, None, cx).await?
        }
    };
    let who = match keys.mfa_serial.as_deref().and_then(user_of) {
        Some(user) => user,
        // Whose they are is only a name to show: a login does not fail for it.
        None => caller(&credential, &keys.region, &keys.endpoint, cx)
            .await
            .map_or_else(|_| keys.key_id.clone(), |caller| name_of(&caller.arn)),
    };
    Ok(session(credential, who, keys, cx))
}

/// Signs for new credentials. Sessions with MFA bring nothing to do so.
pub(super) async fn refresh(keys: &Keys, session: &Session, cx: &Cx) -> Result<Session, ProviderError> {
    if session.refresh.is_none() || keys.mfa_serial.is_some() {
        return Err(ProviderError::PersonNeeded);
    }
    let credential = trade(keys, None, cx).await?;
    Ok(self::session(credential, session.who.clone(), keys, cx))
}

/// The one thing that a session is good for, by the account that STS names.
pub(super) async fn target(
    session: &Session,
    region: &str,
    endpoint: &Endpoint,
    cx: &Cx,
) -> Result<Target, ProviderError> {
    let caller = caller(&as_it_is::credential(session)?, region, endpoint, cx).await?;
    let account = clean(&caller.account);
    let label = name_of(&caller.arn);
    Ok(Target { fields: Settings::new(), group: account.clone(), group_detail: account, label })
}

fn session(credential: Credential, who: String, keys: &Keys, cx: &Cx) -> Session {
    let Credential { key_id, secret_key, token, expires } = credential;
    let mut notes = BTreeMap::new();
    as_it_is::note(&mut notes, key_id, secret_key);
    Session {
        who,
        access: token,
        id_token: None,
        // What renews it is the key in the keychain; its id says that it may.
        refresh: keys.mfa_serial.is_none().then(|| Secret::new(keys.key_id.as_str())),
        issued: cx.clock.now(),
        expires,
        limit: None,
        notes,
    }
}

/// Asks for the code that the device shows, again after a wrong one.
async fn with_code(keys: &Keys, serial: &str, cx: &Cx) -> Result<Credential, ProviderError> {
    let who = user_of(serial).unwrap_or_else(|| keys.key_id.clone());
    let mut wrong = false;
    for _ in 0..MOST_ASKS {
        let question = Question::code(CodeKind::Authenticator, None)
            .at(Some(Place { step: 1, of: 1, who: who.clone() }))
            .refused(wrong.then_some(Refusal::Wrong));
        let typed = asking::fill_in(question, wrong.then_some(ProviderError::WrongCode), cx).await?.take(CODE);
        // People copy codes with the spaces they are shown with.
        let code = Secret::new(typed.expose().split_whitespace().collect::<String>());
        cx.person.show(&Step::Checking);
        // STS has other words for what can be no code at all, and for some of it only after a minute.
        let digits = code.expose().len() == 6 && code.expose().bytes().all(|b| b.is_ascii_digit());
        match if digits { trade(keys, Some((serial, &code)), cx).await } else { Err(ProviderError::WrongCode) } {
            Err(ProviderError::WrongCode) => wrong = true,
            outcome => return outcome,
        }
    }
    Err(ProviderError::WrongCode)
}

async fn trade(keys: &Keys, mfa: Option<(&str, &Secret)>, cx: &Cx) -> Result<Credential, ProviderError> {
    let traded = keys.sts(cx).get_session_token(keys.seconds, mfa).await;
    traded.map_err(|error| refusal::of(error, keys))
}

async fn caller(credential: &Credential, region: &str, endpoint: &Endpoint, cx: &Cx) -> Result<Caller, ProviderError> {
    Sts::at(region, endpoint, Some(Signer::from(credential)), cx).get_caller_identity().await
}

/// The user that a virtual device is named after: what AWS suggests, and what saves asking STS.
fn user_of(serial: &str) -> Option<String> {
    match serial.split_once(":mfa/")?.1 {
        "root-account-mfa-device" => Some("root".into()),
        device => Some(name_of(device)),
    }
}

/// `ann` of `arn:aws:iam::123456789012:user/staff/ann`.
fn name_of(arn: &str) -> String {
    clean(arn.rsplit(['/', ':']).next().unwrap_or(arn))
}
