//! Looking through hundreds of accounts: at the portal's pace, keeping what has come, one bad account costing itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;
use keyfob_core::doors::ports::{Clock, Http, HttpError};
use keyfob_core::doors::provider::ProviderError;
use keyfob_core::doors::provider::discovery::{Discovery, Looked};
use keyfob_core::testkit::VirtualClock;
use keyfob_core::words::team::Team;
use keyfob_sandbox::{Fault, Limit, Operation, Sandbox, Setup, What};
use serde_json::json as j;

use crate::sandbox_sso::{acme as acme_at, cloud, login};
use crate::support::{self, Reply, Stage, cut, exception, json, no_connection, page, provider, session, start, team};

fn acme() -> Team {
    team("aws-sso", &[("start-url", "https://acme.awsapps.com/start"), ("region", "eu-west-1")])
}

type Instead = dyn Fn(usize, &str) -> Option<Reply> + Send + Sync;

/// A portal of so many accounts with five roles each, whose answers take 40 ms of the tests' time.
struct Portal {
    clock: Arc<VirtualClock>,
    accounts: usize,
    /// What it answers instead, by how many requests came before and the account that is asked about.
    instead: Box<Instead>,
    asked: Mutex<BTreeMap<String, usize>>,
}

impl std::fmt::Debug for Portal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Portal")
    }
}

#[async_trait]
impl Http for Portal {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let url = url::Url::parse(&request.uri().to_string()).unwrap();
        let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        let account = query.get("account_id").cloned().unwrap_or_default();
        let before = {
            let mut asked = self.asked.lock().unwrap();
            let before = asked.values().sum();
            *asked.entry(account.clone()).or_default() += 1;
            before
        };
        let instead = (self.instead)(before, &account);
        self.clock.sleep(Duration::from_millis(40)).await;
        if let Some(instead) = instead {
            return instead;
        }
        if !account.is_empty() {
            let roles: Vec<_> = (0..5).map(|role| j!({ "roleName": format!("Role{role}") })).collect();
            return json(&j!({ "roleList": roles }));
        }
        let from: usize = query.get("next_token").map_or(0, |token| token.parse().unwrap());
        let to = self.accounts.min(from + 100);
        let list: Vec<_> = (from..to).map(|n| j!({ "accountId": format!("{n:012}"), "accountName": "a" })).collect();
        json(&j!({ "accountList": list, "nextToken": (to < self.accounts).then(|| to.to_string()) }))
    }
}

struct Look {
    stage: Stage,
    clock: Arc<VirtualClock>,
    portal: Arc<Portal>,
    found: Discovery,
}

impl Look {
    fn at(accounts: usize, instead: impl Fn(usize, &str) -> Option<Reply> + Send + Sync + 'static) -> Self {
        let clock = Arc::new(VirtualClock::at(start()));
        let asked = Mutex::default();
        let portal = Arc::new(Portal { clock: clock.clone(), accounts, instead: Box::new(instead), asked });
        let mut stage = Stage::with_http(support::VirtualClock::new(), portal.clone());
        stage.cx.clock = clock.clone();
        Look { stage, clock, portal, found: Discovery::default() }
    }

    async fn go(&self) -> Result<(), ProviderError> {
        let (session, team) = (session(None, &[]), acme());
        let look = provider("aws-sso").targets(&team, &session, &self.stage.cx, &self.found);
        let ended = self.clock.run(look).await;
        assert!(self.clock.longest_sleep() <= Duration::from_secs(30));
        support::bare(ended)
    }

    /// Accounts that are done, that were left out, and targets.
    fn come(&self) -> (usize, usize, usize) {
        let found = self.found.found();
        (found.done(), found.tried() - found.done(), found.targets().len())
    }

    fn asked_about(&self, account: usize) -> usize {
        self.portal.asked.lock().unwrap().get(&format!("{account:012}")).copied().unwrap_or_default()
    }

    fn seconds(&self) -> f64 {
        self.clock.now().duration_since(start()).as_secs_f64()
    }
}

fn busy() -> Reply {
    exception(429, "TooManyRequestsException", "HTTP 429 Unknown Code")
}

fn busy_for(seconds: u32) -> Reply {
    busy().map(|mut reply| {
        reply.headers_mut().insert("retry-after", seconds.into());
        reply
    })
}

/// Refuses what is more than so many a second, of which so many may come at once.
fn bearing(
    a_second: f64,
    burst: f64,
    refusal: fn() -> Reply,
) -> impl Fn(&VirtualClock) -> Option<Reply> + Send + Sync + 'static {
    let state: Mutex<(f64, Timestamp)> = Mutex::new((burst, start()));
    move |clock| {
        let (mut state, now) = (state.lock().unwrap(), clock.now());
        let since = now.duration_since(state.1).as_secs_f64();
        *state = ((state.0 + since * a_second).min(burst), now);
        if state.0 < 1.0 {
            return Some(refusal());
        }
        state.0 -= 1.0;
        None
    }
}

#[tokio::test]
async fn three_hundred_accounts_end_well_at_whatever_pace_the_portal_bears() {
    // F240
    let bare: fn() -> Reply = || Ok(Response::builder().status(429).body(Bytes::new()).unwrap());
    let rested: fn() -> Reply = || busy_for(2);
    let unavailable: fn() -> Reply = || {
        busy_for(1).map(|mut reply| {
            *reply.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
            reply.headers_mut().remove("x-amzn-errortype");
            reply
        })
    };
    for (name, accounts, a_second, burst, refusal, most) in [
        ("five", 300, 5.0, 1.0, busy as fn() -> Reply, 100.0),
        ("twelve", 300, 12.0, 1.0, busy, 45.0),
        ("in bursts", 100, 5.0, 10.0, busy, 35.0),
        ("without a body", 100, 5.0, 5.0, bare, 35.0),
        ("with a rest", 100, 5.0, 5.0, rested, 50.0),
        ("as 503", 100, 5.0, 5.0, unavailable, 45.0),
        ("one", 100, 1.0, 1.0, busy, 150.0),
    ] {
        let limit = bearing(a_second, burst, refusal);
        let own: Arc<Mutex<Option<Arc<VirtualClock>>>> = Arc::default();
        let clock = own.clone();
        let look = Look::at(accounts, move |_, _| limit(clock.lock().unwrap().as_ref().unwrap()));
        *own.lock().unwrap() = Some(look.clock.clone());
        look.go().await.unwrap_or_else(|error| panic!("{name}: {error}, {:?}", look.come()));
        assert_eq!(look.come(), (accounts, 0, 5 * accounts), "{name}");
        assert!(look.seconds() <= most, "{name}: {} s", look.seconds());
        let found = look.found.found();
        let accounts: Vec<_> = found.targets().iter().map(|(_, target)| target.group_detail.clone()).collect();
        assert!(accounts.is_sorted(), "{name}: not in the portal's order");
    }
}

#[tokio::test]
async fn a_portal_that_asks_nobody_to_slow_down_is_asked_as_fast_as_before() {
    let look = Look::at(300, |_, _| None);
    look.go().await.unwrap();
    // Three pages, and then eight at a time.
    assert!((1.6..1.7).contains(&look.seconds()), "{}", look.seconds());
}

#[tokio::test]
async fn an_account_that_is_refused_costs_itself() {
    // F243
    for (name, refusal, tries) in [
        ("forbidden", exception(403, "ForbiddenException", "No access"), 1),
        ("gone", exception(404, "ResourceNotFoundException", "Account not found"), 1),
        ("in trouble", exception(500, "InternalServerException", "oops"), 3),
        ("nonsense", page(404), 3),
        ("broken off", cut(), 3),
        ("out of reach", no_connection(), 3),
    ] {
        let bad = refusal.clone();
        let look = Look::at(60, move |_, account| account.ends_with("007").then(|| bad.clone()));
        look.go().await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(look.come(), (59, 1, 295), "{name}");
        assert_eq!(look.asked_about(7), tries, "{name}");
        let left_out = look.found.found().groups()[7].looked.clone();
        assert!(matches!(left_out, Looked::LeftOut(_)), "{name}: {left_out:?}");
    }
}

#[tokio::test]
async fn what_was_left_out_is_asked_for_again_and_nothing_else() {
    // F243
    let is_mended = Arc::new(Mutex::new(false));
    let mended = is_mended.clone();
    let look = Look::at(60, move |_, account| {
        (account.ends_with("007") && !*mended.lock().unwrap())
            .then(|| exception(403, "ForbiddenException", "No access"))
    });
    look.go().await.unwrap();
    *is_mended.lock().unwrap() = true;
    look.portal.asked.lock().unwrap().clear();
    look.found.reopen();
    look.go().await.unwrap();
    assert_eq!(look.come(), (60, 0, 300));
    assert_eq!(*look.portal.asked.lock().unwrap(), BTreeMap::from([(format!("{:012}", 7), 1)]));
    let found = look.found.found();
    let accounts: Vec<_> = found.targets().iter().map(|(_, target)| target.group_detail.clone()).collect();
    assert!(accounts.is_sorted());
}

#[tokio::test]
async fn a_network_that_goes_in_the_middle_stops_the_look_and_one_that_stutters_does_not() {
    // F244
    let look = Look::at(300, |before, _| (before >= 123).then(no_connection));
    assert!(look.go().await.unwrap_err().is_offline());
    assert_eq!(look.come(), (120, 0, 600));
    assert!(look.seconds() < 10.0, "{}", look.seconds());

    let look = Look::at(300, |before, _| (123..127).contains(&before).then(no_connection));
    look.go().await.unwrap();
    assert_eq!(look.come(), (300, 0, 1500));

    // Where nothing has come yet, a person is told at once.
    let look = Look::at(300, |_, _| Some(no_connection()));
    assert!(look.go().await.unwrap_err().is_offline());
    assert!(look.seconds() < 0.1);
}

#[tokio::test]
async fn a_portal_that_only_asks_to_slow_down_is_given_up_after_two_minutes() {
    // F240
    for refusal in [busy, || busy_for(7)] {
        let look = Look::at(300, move |before, _| (before >= 123).then(refusal));
        assert!(matches!(look.go().await, Err(ProviderError::Throttled { .. })));
        assert_eq!(look.come(), (120, 0, 600));
        assert!((100.0..=150.0).contains(&look.seconds()), "{}", look.seconds());
    }
    // A rest of a minute is sat through, one of ten is told at once.
    let look = Look::at(300, |before, _| (before == 123).then(|| busy_for(60)));
    look.go().await.unwrap();
    assert!((60.0..80.0).contains(&look.seconds()), "{}", look.seconds());
    let look = Look::at(300, |before, _| (before >= 123).then(|| busy_for(600)));
    assert!(matches!(look.go().await, Err(ProviderError::Throttled { retry_after: Some(_), .. })));
    assert!(look.seconds() < 10.0, "{}", look.seconds());
}

#[tokio::test]
async fn a_portal_in_trouble_of_its_own_is_given_up_in_minutes_and_keeps_what_has_come() {
    // F244
    let look = Look::at(3000, |before, _| (before >= 150).then(|| exception(500, "InternalServerException", "oops")));
    assert!(matches!(look.go().await, Err(ProviderError::ServerTrouble { .. })));
    assert_eq!(look.come().2, 600);
    assert!((115.0..=130.0).contains(&look.seconds()), "{}", look.seconds());
}

#[tokio::test]
async fn a_look_that_is_stopped_keeps_what_has_come_and_goes_on_from_there() {
    // F242
    let look = Look::at(300, |_, _| None);
    let (session, team) = (session(None, &[]), acme());
    let mut seen = look.found.watch();
    let enough = seen.wait_for(|found| found.done() >= 100);
    let stopped = async {
        tokio::select! {
            ended = provider("aws-sso").targets(&team, &session, &look.stage.cx, &look.found) => panic!("{ended:?}"),
            enough = enough => enough.map(drop).unwrap(),
        }
    };
    look.clock.run(stopped).await;
    let (done, _, _) = look.come();
    assert!((100..110).contains(&done), "{done}");
    look.portal.asked.lock().unwrap().clear();
    look.go().await.unwrap();
    assert_eq!(look.come(), (300, 0, 1500));
    assert_eq!(look.portal.asked.lock().unwrap().values().sum::<usize>(), 300 - done);
}

/// A cloud of so many accounts of 5 roles each, and what a session there leads to.
async fn crowd(
    accounts: usize,
    limit: Limit,
    fault: Option<Fault>,
) -> (Sandbox, Stage, Discovery, Result<(), ProviderError>) {
    let setup = Setup { approve_after_polls: Some(1), portal_limit: Some(limit), ..Setup::crowded(accounts, 5) };
    let (cloud, stage) = cloud(setup).await;
    let session = login(&cloud, &stage, &mut Default::default()).await.unwrap();
    cloud.faults().clear();
    if let Some(fault) = fault {
        cloud.faults().add(fault);
    }
    let found = Discovery::default();
    let ended = provider("aws-sso").targets(&acme_at(&cloud), &session, &stage.cx, &found).await;
    (cloud, stage, found, ended)
}

#[tokio::test]
async fn the_embedded_cloud_at_five_requests_a_second_ends_well() {
    // F240
    // Time stands still while requests are under way, so that all of them arrive at once.
    for (accounts, limit) in [
        (300, Limit { a_second: 5.0, burst: 8, ..Limit::default() }),
        (100, Limit { a_second: 12.0, burst: 12, retry_after: Some(1), ..Limit::default() }),
        (100, Limit { a_second: 5.0, burst: 8, bare: true, ..Limit::default() }),
    ] {
        let (cloud, stage, found, ended) = crowd(accounts, limit.clone(), None).await;
        ended.unwrap_or_else(|error| panic!("{limit:?}: {error} after {} s", stage.clock.elapsed()));
        assert_eq!((found.found().done(), found.found().targets().len()), (accounts, 5 * accounts), "{limit:?}");
        let refused = cloud.log().iter().filter(|seen| seen.status == 429).count();
        assert!((1..100).contains(&refused), "{limit:?}: {refused}");
    }
}

#[tokio::test]
async fn the_embedded_cloud_ends_a_session_in_the_middle_and_what_has_come_stays() {
    // F242
    let refused = What::Error {
        kind: "UnauthorizedException".into(),
        message: "Session token not found or invalid".into(),
        status: 401,
        headers: Vec::new(),
    };
    let fault = Fault::on(Operation::ListAccountRoles, refused).after(100);
    let limit = Limit { a_second: 5.0, burst: 100_000, ..Limit::default() };
    let (_cloud, _stage, found, ended) = crowd(300, limit, Some(fault)).await;
    assert!(matches!(ended, Err(ProviderError::SessionEnded { .. })), "{ended:?}");
    assert!((93..=107).contains(&found.found().done()), "{}", found.found().done());
}
