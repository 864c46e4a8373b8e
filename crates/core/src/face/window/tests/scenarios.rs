//! The situations that the page is looked at in: views of real models, written for its stand-in of a bridge.

#![allow(clippy::unwrap_used)]

use crate::words::question::{Opening, Other, Place, Refusal, Topic, Wait, WaitPage};
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::bindings::{check, ui};
use super::fields::{FIELDS_COGNITO, FIELDS_PROFILE, FIELDS_SSO};
use super::found::{found_of, half, targets};
use crate::doors::ports::HttpError;
use crate::doors::provider::discovery::Discovery;
use crate::doors::provider::{AccountError, ProviderError};
use crate::face::problem;
use crate::face::window::*;
use crate::mind::model::{Keychain, Login, Model, Refresh, TeamState, Undone};
use crate::testkit::{at, id, page_in_the_browser, zone};
use crate::words::about::{About, Deed};
use crate::words::change::Change;
use crate::words::failure::FailureKind;
use crate::words::id::Id;
use crate::words::login::{LoginId, Step};
use crate::words::problem::Problem;
use crate::words::profile::Profile;
use crate::words::question::{self, CodeKind, Question};
use crate::words::session::SessionFacts;
use crate::words::settings::Settings as TeamSettings;
use crate::words::team::Team;

/// A situation: where it starts, and what there is.
#[derive(Clone)]
pub struct Scenario {
    pub model: Model,
    pub desk: Desk,
    pub around: Around,
}

pub fn now() -> Timestamp {
    at("2026-11-20T11:28:00Z")
}

fn later(minutes: i64) -> Timestamp {
    now().checked_add(SignedDuration::from_mins(minutes)).unwrap()
}

fn team(name: &str, provider: &str) -> Team {
    let mut settings = TeamSettings::from([("region".into(), "eu-west-1".into())]);
    if provider == "cognito" {
        settings.insert("user-pool-id".into(), "eu-west-1_Kq7TnW2pR".into());
        settings.insert("client-id".into(), "1h57kf5cpq17m0eml12EXAMPLE".into());
    } else {
        settings.insert("start-url".into(), "https://acme.awsapps.com/start".into());
    }
    Team { id: id(name), name: name.into(), provider: provider.into(), settings, pinned: false, profiles: Vec::new() }
}

fn profile(name: &str, account: &str, role: &str) -> Profile {
    Profile { region: None, ..crate::testkit::profile(name, account, role) }
}

fn session(who: &str, since: i64, token: i64, limit: Option<i64>) -> SessionFacts {
    SessionFacts {
        who: who.into(),
        nameless: false,
        issued: later(token - 60),
        expires: later(token),
        limit: limit.map(later),
        renews: since > -100_000,
    }
}

fn logged_in(facts: SessionFacts, since: i64) -> TeamState {
    TeamState { session: Some(facts), since: Some(later(since)), used: Some(later(-20)), ..TeamState::default() }
}

/// Four teams in good order: the situation that the others are made from.
pub fn ok() -> Scenario {
    let mut prod = team("acme-prod", "cognito");
    prod.pinned = true;
    let mut staging = team("acme-staging", "aws-sso");
    staging.profiles = vec![
        profile("staging.AdminAccess", "210987654321", "AdminAccess"),
        profile("staging.ReadOnly", "210987654321", "ReadOnly"),
        profile("shared.Deploy", "345678901234", "DeployFirmware"),
    ];
    let mut staging_state = logged_in(session("ana@acme.example", -108, 41, Some(372)), -108);
    staging_state.credentials.insert(id("staging.AdminAccess"), later(52));
    let teams = [
        (prod, logged_in(session("admin", -300, 34, None), -300)),
        (staging, staging_state),
        (team("greenhouse", "cognito"), logged_in(session("ana", -200, 12, Some(2980)), -200)),
        (team("lab", "aws-sso"), TeamState::default()),
    ];
    let about = |id, name, fields, accounts: &'static [Deed]| {
        let password = !accounts.is_empty();
        About {
            id,
            name,
            fields,
            profile_fields: (!password).then_some(FIELDS_PROFILE),
            flows: &[],
            renews: true,
            password,
            accounts,
        }
    };
    let model = Model {
        teams: teams.into_iter().map(|(team, state)| TeamEntry { team, state }).collect(),
        providers: vec![
            about("aws-sso", "AWS IAM Identity Center", FIELDS_SSO, &[]),
            about("cognito", "Amazon Cognito user pool", FIELDS_COGNITO, &Deed::ALL),
        ],
        ..Model::default()
    };
    let around = Around {
        shell: Some(Shell::Zsh),
        start_at_login: Some(true),
        config_path: "~/.config/keyfob/config.toml".into(),
        version: "0.1.0".into(),
        ..Around::default()
    };
    Scenario { model, desk: Desk::default(), around }
}

impl Scenario {
    pub fn at(mut self, page: Page) -> Self {
        self.desk.open(page);
        self
    }

    fn with(mut self, name: &str, change: impl FnOnce(&mut TeamState)) -> Self {
        change(&mut self.model.teams.iter_mut().find(|entry| entry.team.name == name).unwrap().state);
        self
    }

    /// A login to a team, at its page.
    fn logging_in(self, name: &str, step: Step, asking: Option<Question>) -> Self {
        // As in the story that the fixtures tell together: each question is another one.
        let asked = asking.as_ref().map_or(0, |asking| match asking.topic {
            Topic::Password => 1 + u32::from(asking.refusal.is_some()),
            Topic::Code { .. } => 5 + u32::from(asking.refusal.is_some()),
            _ => 3,
        });
        let login = Login { step, asking, asked, told_code: true, ..Login::new(LoginId(7), None, later(-2)) };
        self.with(name, |state| *state = TeamState { login: Some(login), ..TeamState::default() })
            .at(Page::Login { team: id(name) })
    }

    fn failing(self, name: &str, kind: FailureKind, problem: Problem) -> Self {
        self.with(name, |state| {
            state.refresh = Refresh { failing: Some(kind), failures: 3, ..Refresh::default() };
            state.problem = Some(problem);
        })
    }

    fn limited(self, name: &str, minutes: i64) -> Self {
        self.with(name, |state| {
            state.session = Some(session("admin", -300, minutes, Some(minutes)));
            state.since = Some(later(-480));
        })
    }

    pub fn view(&self) -> View {
        view(&self.model, &self.desk, &self.around, now(), &zone())
    }
}

fn code() -> Question {
    let page = WaitPage {
        url: "https://acme.awsapps.com/start/#/device".into(),
        complete_url: "https://acme.awsapps.com/start/#/device?user_code=WDDH-KRPT".into(),
        host: "acme.awsapps.com".into(),
        opening: Opening::Opened,
    };
    let wait = Wait { code: Some("WDDH-KRPT".into()), page: Some(page), expires: later(8) };
    Question::wait(Topic::Approval, wait).or(Other::NewCode)
}

/// The second thing that ann is asked for.
fn second(question: Question) -> Question {
    question.at(Some(Place { step: 2, of: 2, who: "admin".into() }))
}

fn many_roles() -> Question {
    let accounts = ["Acme staging (210987654321)", "Acme production (123456789012)", "Workload-eu-central-1-analytics"];
    let roles = accounts.into_iter().flat_map(|account| ["ReadOnly", "Admin", "PowerUser"].map(|role| (account, role)));
    let choices = roles.enumerate().map(|(place, (account, role))| question::Choice {
        label: role.into(),
        group: account.into(),
        last: place == 0,
        ..question::Choice::known(&format!("{account}/{role}"))
    });
    Question::choose(Topic::Factor, choices)
}

/// What an import offers for a team that is there.
fn changes(model: &Model) -> Vec<Finding> {
    let team = &model.entry(&id("acme-staging")).unwrap().team;
    let of_file = |profile: Profile| Box::new(Profile { from: Some("~/.aws/config".into()), ..profile });
    let mut team = team.clone();
    team.profiles = vec![
        *of_file(profile("acme.Admin", "210987654321", "AdminAccess")),
        *of_file(profile("acme.ReadOnly", "210987654321", "ReadOnly")),
    ];
    let changes = [
        Change::Set { key: "region".into(), old: Some("eu-west-1".into()), new: "eu-north-1".into() },
        Change::Add(of_file(profile("Prod/Deploy", "345678901234", "DeployFirmware"))),
        Change::Replace {
            old: Box::new(team.profiles[0].clone()),
            new: of_file(profile("acme.Admin", "210987654321", "Operator")),
        },
        Change::Remove(Box::new(team.profiles[1].clone())),
    ];
    let finding = |change| Finding {
        source: "AWS config",
        place: "~/.aws/config".into(),
        team: team.clone(),
        change: Some(change),
        why_not: None,
    };
    changes.into_iter().map(finding).collect()
}

fn findings() -> Vec<Finding> {
    let one = |source, place: &str, team: Team, why_not: Option<&str>| Finding {
        source,
        place: place.into(),
        team,
        change: None,
        why_not: why_not.map(Into::into),
    };
    let mut portal = team("acme", "aws-sso");
    portal.profiles = vec![
        profile("acme.Admin", "210987654321", "AdminAccess"),
        profile("acme.ReadOnly", "210987654321", "ReadOnly"),
        profile("acme.Deploy", "345678901234", "DeployFirmware"),
    ];
    vec![
        one("SimpleIOT", "~/.simpleiot/pumps/config.json", team("pumps", "cognito"), None),
        one("SimpleIOT", "~/.simpleiot/vineyard/config.json", team("vineyard", "cognito"), None),
        one("AWS config", "~/.aws/config", portal, None),
        one("SimpleIOT", "~/.simpleiot/lab/config.json", team("lab", "cognito"), Some("already here as lab")),
    ]
}

/// A desk after such a look.
fn roles(found: &Discovery, stopped: Option<Problem>) -> Scenario {
    let mut scenario = ok();
    let click = Click::FindRoles { team: id("acme-staging") };
    let _ = scenario.desk.take(Up::Act { click }, &scenario.model, now());
    scenario.desk.roles_found(1, found.found().clone(), stopped);
    scenario
}

/// A look that has come to the third of four accounts.
fn roles_coming() -> Scenario {
    let mut scenario = ok();
    let click = Click::FindRoles { team: id("acme-staging") };
    let _ = scenario.desk.take(Up::Act { click }, &scenario.model, now());
    scenario.desk.roles_come(1, half().found().clone());
    scenario
}

fn import(findings: Vec<Finding>, mut scenario: Scenario) -> Scenario {
    let _ = scenario.desk.look_for_teams();
    let warnings = vec!["~/.aws/config, line 41, sso_region: this section has none. Add one and look again.".into()];
    scenario.desk.found_teams(findings, warnings);
    scenario
}

fn many(count: usize) -> Scenario {
    let mut scenario = ok();
    scenario.model.teams = (0..count)
        .map(|n| {
            let place = ["berlin", "porto", "lyon", "osaka", "quito", "turin", "cork"][n % 7];
            let team = team(&format!("{place}-plant-{:03}", n + 1), if n % 3 == 0 { "aws-sso" } else { "cognito" });
            let minutes = i64::try_from(n).unwrap() * 7 % 900;
            let state = if n % 4 == 3 {
                TeamState::default()
            } else {
                logged_in(session("ana", -60, 30, Some(40 + minutes)), -60)
            };
            TeamEntry { team, state }
        })
        .collect();
    scenario
}

fn empty() -> Scenario {
    let mut scenario = ok();
    scenario.model.teams.clear();
    scenario
}

fn refused_form() -> Scenario {
    let mut scenario = ok().at(Page::AddTeam);
    let form = TeamForm {
        team: None,
        name: "pumps".into(),
        provider: "aws-sso".into(),
        settings: TeamSettings::from([("region".into(), "eu-west-1".into())]),
        secrets: BTreeMap::new(),
    };
    let _ = scenario.desk.take(Up::Answer { typed: Typed::Team { form } }, &scenario.model, now());
    scenario
}

pub fn all() -> Vec<(&'static str, Scenario)> {
    let (prod, staging, lab) = ("acme-prod", "acme-staging", "lab");
    let page = |name: &str| Page::Team { team: id(name) };
    let of = |error: ProviderError, name: &str| problem::of_provider(&error, name);
    let offline = || of(ProviderError::Http(HttpError::Dns { host: "oidc.eu-west-1.amazonaws.com".into() }), prod);
    let asks = |name: &str, question| ok().logging_in(name, Step::Checking, Some(question));
    let sms = second(Question::code(CodeKind::Sms, Some("+*******42".into())));
    let app =
        |wrong: bool| second(Question::code(CodeKind::Authenticator, None)).refused(wrong.then_some(Refusal::Wrong));
    let does = |deed, question| {
        let scenario = asks(prod, question);
        scenario.with(prod, |state| state.login.as_mut().unwrap().deed = Some(deed))
    };
    let failed = |name: &str, problem| {
        ok().with(name, |state| *state = TeamState { problem: Some(problem), ..TeamState::default() })
            .at(Page::Login { team: id(name) })
    };
    let rules = "Password must have numeric characters and at least 12 characters".to_owned();
    let setup = Question::setup();
    let mut locked = ok();
    locked.model.keychain = Keychain::Locked;
    let mut memory = ok();
    memory.model.keychain = Keychain::MemoryOnly;
    let mut broken = ok();
    broken.model.config_problem = Some(problem::malformed_file("~/.config/keyfob/config.toml", 12, 7, "expected `=`"));
    let mut away =
        ok().failing(prod, FailureKind::Offline, offline()).failing(staging, FailureKind::Offline, offline());
    away.model.offline_since = Some(later(-26));
    let mut demo = ok();
    demo.around.demo = true;
    let mut dark = ok().at(Page::Settings);
    dark.around.theme = Theme::Dark;
    let mut removed = ok();
    let _ = removed.desk.take(Up::Act { click: Click::Remove { team: id(lab) } }, &removed.model, now());
    let mut copied = ok();
    copied.desk.say_copied("export IOT_TEAM=acme-prod", now());
    let expired = ok().limited(prod, -4).limited("greenhouse", -38);
    let wrong = of(ProviderError::TooManyTries, prod);
    let mut looking = roles(&Discovery::default(), None);
    let _ = looking.desk.take(Up::Act { click: Click::FindRoles { team: id(staging) } }, &looking.model, now());
    let unopened = Opening::Failed { why: "there is none".into() };
    vec![
        ("ok", ok()),
        ("empty", empty()),
        ("found", import(findings(), empty())),
        ("team", ok().at(page(staging))),
        ("team-open-end", ok().at(page(prod))),
        ("team-out", ok().at(page(lab))),
        ("busy", ok().logging_in(lab, Step::Starting, None)),
        ("code", ok().logging_in(lab, Step::Starting, Some(code()))),
        ("browser", ok().logging_in(lab, Step::Starting, Some(page_in_the_browser(Opening::Opened, later(9))))),
        ("browser-away", ok().logging_in(lab, Step::Starting, Some(page_in_the_browser(unopened, later(9))))),
        ("password", asks(prod, Question::password("admin", false))),
        ("password-wrong", asks(prod, Question::password("admin", true).refused(Some(Refusal::Wrong)))),
        (
            "approve",
            asks(
                prod,
                Question::send_password(
                    "cognito-idp.eu-west-1.amazonaws.com",
                    "https://cognito-idp.eu-west-1.amazonaws.com/",
                ),
            ),
        ),
        ("mfa", asks(prod, app(false))),
        ("mfa-wrong", asks(prod, app(true))),
        ("mfa-sms", asks(prod, sms)),
        ("new-password", asks(prod, second(Question::new_password()).refused(Some(Refusal::Said { words: rules })))),
        ("factor", asks(prod, second(Question::factor(CodeKind::ALL)))),
        ("choose", asks(prod, many_roles())),
        ("setup", asks(prod, second(setup))),
        ("sign-up", does(Deed::SignUp, Question::sign_up("", ""))),
        (
            "sign-up-taken",
            does(Deed::SignUp, Question::sign_up("ana", "ana@acme.example").refused(Some(Refusal::Wrong))),
        ),
        ("confirm", does(Deed::SignUp, second(Question::confirm_account(Some("a***@a***".into()), false)))),
        ("forgot", does(Deed::Forgot, Question::whose(Deed::Forgot, "admin"))),
        (
            "reset",
            does(
                Deed::Forgot,
                second(Question::reset(Some("a***@a***".into()), true, true).refused(Some(Refusal::Over))),
            ),
        ),
        (
            "change-password",
            does(
                Deed::ChangePassword,
                Question::change_password().at(Some(Place { step: 1, of: 1, who: "admin".into() })),
            ),
        ),
        ("not-confirmed", failed(prod, of(ProviderError::NotConfirmed, prod))),
        ("reset-required", failed(prod, of(ProviderError::ResetRequired, prod))),
        ("sign-up-closed", {
            let problem = problem::of_account(&AccountError::SignUpClosed.into(), Deed::SignUp, prod);
            let undone = Undone { deed: Deed::SignUp, problem };
            ok().with(prod, |state| *state = TeamState { undone: Some(undone), ..TeamState::default() })
                .at(Page::Login { team: id(prod) })
        }),
        (
            "code-over",
            ok().with(lab, |state| state.problem = Some(of(ProviderError::CodeExpired, lab)))
                .at(Page::Login { team: id(lab) }),
        ),
        (
            "refused",
            ok().with(prod, |state| *state = TeamState { problem: Some(wrong), ..TeamState::default() })
                .at(Page::Login { team: id(prod) }),
        ),
        ("roles", roles(&found_of(targets()), None)),
        ("roles-coming", roles_coming()),
        ("roles-missing", roles(&half(), Some(offline()))),
        ("roles-stopped", roles(&half(), None)),
        ("team-chains", super::chains::chains()),
        ("add-profile", ok().at(Page::AddProfile { team: id(staging) })),
        ("roles-looking", looking),
        ("roles-failed", roles(&Discovery::default(), Some(offline()))),
        ("expiring", ok().limited(prod, 9)),
        ("expiring-team", ok().limited(prod, 9).at(page(prod))),
        ("expired", expired.clone()),
        ("expired-team", expired.at(page(prod))),
        ("offline", away.clone()),
        ("offline-team", away.at(page(staging))),
        ("locked", locked.clone()),
        ("keychain", locked.at(Page::Keychain)),
        ("memory", memory),
        (
            "error",
            ok().failing(
                prod,
                FailureKind::Final,
                of(ProviderError::UnknownClient { message: "User pool client does not exist.".into() }, prod),
            )
            .at(page(prod)),
        ),
        ("config-broken", broken),
        ("settings", ok().at(Page::Settings)),
        ("dark", dark),
        ("add", ok().at(Page::AddTeam)),
        ("add-refused", refused_form()),
        ("edit", ok().at(Page::EditTeam { team: id(prod) })),
        ("remove", ok().at(Page::RemoveTeam { team: id(staging) })),
        ("removed", removed),
        ("copied", copied),
        ("import", import(findings(), ok()).at(Page::Import)),
        ("import-changes", import(changes(&ok().model), ok()).at(Page::Import)),
        ("import-none", import(Vec::new(), empty()).at(Page::Import)),
        ("demo", demo),
        ("many", many(200)),
    ]
}

/// The same situation at another page.
fn elsewhere(scenario: &Scenario, page: Page) -> Value {
    serde_json::to_value(scenario.clone().at(page).view()).unwrap()
}

#[test]
fn the_stand_in_of_the_bridge_shows_real_views() {
    let mut files = BTreeMap::new();
    for (name, scenario) in all() {
        let mut views = vec![serde_json::to_value(scenario.view()).unwrap()];
        if name != "many" {
            views.push(elsewhere(&scenario, Page::Home));
        }
        if name == "found" {
            views.push(elsewhere(&scenario, Page::Import));
        }
        if name == "ok" {
            let teams: Vec<Id> = scenario.model.teams.iter().map(|entry| entry.team.id.clone()).collect();
            let pages = teams.into_iter().flat_map(|team| {
                let (one, two, three) = (team.clone(), team.clone(), team.clone());
                [
                    Page::Team { team },
                    Page::EditTeam { team: one },
                    Page::RemoveTeam { team: two },
                    Page::Roles { team: three },
                ]
            });
            let fixed = [Page::AddTeam, Page::Import, Page::Settings, Page::Keychain];
            views.extend(pages.chain(fixed).map(|page| elsewhere(&scenario, page)));
        }
        let text = serde_json::to_string(&json!({"now": now().as_millisecond(), "views": views})).unwrap();
        files.insert(format!("{name}.json"), format!("{text}\n"));
    }
    check(&ui("src/fixtures"), &files);
}
