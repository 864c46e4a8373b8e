//! Roles behind roles: every step once, whoever asks and however many; and what stands in the way, link by link.

use super::*;
use crate::mind::expiry::NEARLY_OVER;
use crate::testkit::refused;
use crate::words::facts::Allowed;
use crate::words::profile::{AssumedRole, Source};
use crate::words::session::Credential;
use crate::words::settings::Settings;
use tokio::join;

fn role(name: &str) -> AssumedRole {
    AssumedRole { role_arn: format!("arn:aws:iam::210987654321:role/{name}"), ..AssumedRole::default() }
}

fn behind(name: &str, team: Option<&str>, source: Option<&str>, roles: &[&str]) -> Profile {
    let source = Some(Source { team: team.map(str::to_owned), profile: source.map(str::to_owned) });
    let chain = roles.iter().copied().map(role).collect();
    Profile { target: Settings::new(), source, chain, ..profile(name, "1", "R") }
}

/// Beside `acme` a team `lab`, whose profile `far` begins with `acme`'s `deploy`, which begins with `admin`.
struct Chained {
    story: Story,
    lab: Team,
}

impl Chained {
    async fn new() -> Self {
        let mut story = Story::logged_in(Keep::InKeychain).await;
        story.team.profiles.push(behind("deploy", None, Some("admin"), &["Build", "Deploy"]));
        let mut lab = team("lab");
        lab.provider = "twin".into();
        lab.profiles = vec![behind("far", Some("acme"), Some("deploy"), &["Far"])];
        story.twin.asked();
        let mut chained = Chained { story, lab };
        chained.know();
        chained
    }

    fn know(&mut self) {
        self.story.sessions = self.story.sessions.among(&[self.story.team.clone(), self.lab.clone()]);
    }

    async fn get(&self, team: &Team, name: &str) -> Result<Credential, Problem> {
        let cx = self.story.cx();
        self.story.time.run(self.story.sessions.credential(team, team.profile(name).unwrap(), &cx)).await
    }

    async fn far(&self) -> Result<Credential, Problem> {
        self.get(&self.lab, "far").await
    }

    async fn deploy(&self) -> Result<Credential, Problem> {
        self.get(&self.story.team, "deploy").await
    }

    fn role(&mut self, change: impl FnOnce(&mut AssumedRole)) {
        change(self.story.team.profiles[3].chain.last_mut().unwrap());
        self.know();
    }
}

#[tokio::test]
async fn a_way_through_two_teams_is_gone_step_by_step_and_each_step_is_kept() {
    let all = Chained::new().await;
    assert_eq!(all.far().await.unwrap().token.expose(), "a1 → Build → Deploy → Far");
    assert_eq!(all.story.twin.asked(), ["admin by a1"]);
    let asked = all.story.tokens.asked();
    assert_eq!(asked, ["Build by a1 as anna", "Deploy by a1 → Build as anna", "Far by a1 → Build → Deploy as anna"]);
    // Nothing is asked for what is there, also by another process and on the way only.
    assert_eq!(all.deploy().await.unwrap().token.expose(), "a1 → Build → Deploy");
    let another = all.story.another().among(std::slice::from_ref(&all.story.team));
    let cx = all.story.cx();
    let far = another.credential(&all.lab, &all.lab.profiles[0], &cx);
    assert_eq!(all.story.time.run(far).await.unwrap().token.expose(), "a1 → Build → Deploy → Far");
    assert_eq!((all.story.tokens.asked(), all.story.twin.asked()), (vec![], vec![]));
}

// F250
#[tokio::test]
async fn a_hundred_processes_at_once_mint_the_session_s_keys_and_each_role_on_the_way_once() {
    let mut all = Chained::new().await;
    for n in 0..50 {
        all.lab.profiles.push(behind(&format!("p{n}"), Some("acme"), Some("deploy"), &[&format!("Role{n}")]));
    }
    all.know();
    let teams = [all.story.team.clone(), all.lab.clone()];
    let cx = all.story.cx();
    let mut waiting = tokio::task::JoinSet::new();
    for n in 0..100 {
        let (process, lab, cx) = (all.story.another().among(&teams), all.lab.clone(), cx.clone());
        waiting.spawn(async move { process.credential(&lab, &lab.profiles[1 + n % 50], &cx).await.map(drop) });
    }
    let done = all.story.time.run(waiting.join_all()).await;
    assert!(done.into_iter().all(|outcome| outcome.is_ok()));
    assert_eq!(all.story.twin.asked(), ["admin by a1"]);
    let asked = all.story.tokens.asked();
    let count = |begin: &str| asked.iter().filter(|asked| asked.starts_with(begin)).count();
    assert_eq!((count("Build by"), count("Deploy by"), asked.len()), (1, 1, 52));
}

// F251
#[tokio::test]
async fn ways_that_cross_two_teams_in_both_directions_never_wait_for_each_other() {
    let mut all = Chained::new().await;
    all.lab.profiles.push(profile("home", "123456789012", "Admin"));
    all.story.team.profiles.push(behind("back", Some("lab"), Some("home"), &["Back"]));
    all.know();
    let cx = all.story.typing("anna", "right", false);
    all.story.twin.server().only_kept = false;
    all.story.time.run(all.story.sessions.login(&all.lab, HowToLogIn::default(), &cx)).await.unwrap();
    let teams = [all.story.team.clone(), all.lab.clone()];
    let (one, two) = (all.story.another().among(&teams), all.story.another().among(&teams));
    let (acme, lab) = (&teams[0], &teams[1]);
    let both = async {
        let far = one.credential(lab, &lab.profiles[0], &cx);
        join!(far, two.credential(acme, &acme.profiles[4], &cx))
    };
    let (far, back) = all.story.time.run(both).await;
    assert!(far.unwrap().token.expose().ends_with("→ Far"));
    assert!(back.unwrap().token.expose().ends_with("→ Back"));
}

#[tokio::test]
async fn profiles_that_share_the_beginning_of_their_ways_share_its_steps() {
    let mut all = Chained::new().await;
    all.story.team.profiles.push(behind("other", None, Some("admin"), &["Build", "Other"]));
    // A target of their own under the roles, and twice the same one.
    for name in ["own", "twin"] {
        let chain = vec![role(name)];
        all.story.team.profiles.push(Profile { chain, ..profile(name, "123456789012", "Own") });
    }
    all.know();
    for name in ["deploy", "other", "own", "twin"] {
        all.get(&all.story.team, name).await.unwrap();
    }
    let asked = all.story.tokens.asked();
    assert_eq!(asked.iter().filter(|asked| asked.starts_with("Build")).count(), 1, "{asked:?}");
    assert_eq!(all.story.twin.asked(), ["admin by a1", "own by a1"]);
}

// F252
#[tokio::test]
async fn logging_out_of_the_team_that_a_way_begins_with_takes_the_credentials_of_other_teams_along() {
    let all = Chained::new().await;
    all.far().await.unwrap();
    assert!(all.story.store.entries().len() > 4, "{:?}", all.story.store.entries());
    all.story.time.run(all.story.sessions.logout(&all.story.team, false, &all.story.cx())).await.unwrap();
    assert_eq!(all.story.store.entries(), [all.story.entry()]);
    let told = all.far().await.unwrap_err();
    assert_eq!(told.code, "NOT-LOGGED-IN");
    assert!(told.detail.starts_with("It is where far begins: acme/admin → Build → Deploy → Far."), "{told:?}");
    // Also where the facts were lost in between, which know of them best.
    let all = Chained::new().await;
    all.far().await.unwrap();
    all.story.files.write(FACTS, "garbage");
    all.story.time.run(all.story.sessions.logout(&all.story.team, false, &all.story.cx())).await.unwrap();
    assert_eq!(all.story.store.entries(), [all.story.entry()]);
}

// F252
#[tokio::test]
async fn another_login_gives_nothing_of_the_one_before() {
    let all = Chained::new().await;
    all.far().await.unwrap();
    all.story.time.run(all.story.log_in("right", false)).await.unwrap();
    assert_eq!(all.far().await.unwrap().token.expose(), "a2 → Build → Deploy → Far");
}

#[tokio::test]
async fn what_was_minted_for_a_profile_goes_with_it_wherever_its_way_begins() {
    let all = Chained::new().await;
    all.far().await.unwrap();
    let far = all.story.entry_of(&all.lab.profiles[0]);
    assert!(all.story.store.entry(&far).is_some(), "it lies with the session that it was minted with");
    all.story.sessions.forget_credential(&all.lab, &all.lab.profiles[0]).await.unwrap();
    assert_eq!(all.story.store.entry(&far), None);
    all.far().await.unwrap();
    all.story.time.run(all.story.sessions.remove(&all.lab, &all.story.cx())).await.unwrap();
    assert_eq!(all.story.store.entry(&far), None);
}

#[tokio::test]
async fn facts_that_were_lost_are_learned_anew_with_every_step() {
    let all = Chained::new().await;
    all.far().await.unwrap();
    let before = all.story.facts().credentials;
    all.story.files.write(FACTS, "garbage");
    let teams = [all.story.team.clone(), all.lab.clone()];
    let learned = all.story.sessions.relearn(&teams).await;
    assert_eq!((learned.teams[&all.story.team.id].credentials.len(), before.len()), (4, 4));
    all.story.tokens.asked();
    all.far().await.unwrap();
    assert_eq!(all.story.tokens.asked(), [""; 0]);
}

// F253
#[tokio::test]
async fn a_time_that_sts_refuses_is_shortened_to_what_it_allows_and_not_asked_for_again() {
    for (asks, longest, tries) in [(43_200, 14_400, 4), (43_200, 3_600, 5), (7_200, 3_600, 2), (43_200, 39_600, 4)] {
        let mut all = Chained::new().await;
        all.role(|role| role.duration = Some(asks));
        all.story.tokens.given().longest.insert("Deploy".into(), longest);
        let credential = all.deploy().await.unwrap();
        let life = credential.expires.duration_since(all.story.time.now()).as_secs();
        assert!((i64::from(longest) - 2..=i64::from(longest)).contains(&life), "{asks} {longest}: {life}");
        let asked = all.story.tokens.asked();
        assert!(asked.iter().filter(|asked| asked.starts_with("Deploy")).count() <= tries + 1, "{asked:?}");
        let deploy = &all.story.team.profiles[3];
        let allowed = Some(Allowed { asked: asks, given: longest });
        assert_eq!(all.story.sessions.facts().allowed(deploy), allowed);
        // Whoever logs out, and in anew, does not find out once more.
        all.story.time.run(all.story.sessions.logout(&all.story.team, false, &all.story.cx())).await.unwrap();
        all.story.time.run(all.story.log_in("right", false)).await.unwrap();
        all.deploy().await.unwrap();
        let asked = all.story.tokens.asked();
        assert_eq!(asked[1], format!("Deploy by a2 → Build as anna for {longest}"));
        assert_eq!((asked.len(), all.story.sessions.facts().allowed(deploy)), (2, allowed));
    }
}

// F253
#[tokio::test]
async fn behind_a_role_an_hour_is_all_there_is_and_is_asked_for_at_once() {
    let mut all = Chained::new().await;
    all.role(|role| role.duration = Some(43_200));
    let said = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining";
    all.story.tokens.given().faults.push_back(("Deploy".into(), refused("ValidationError", said)));
    all.deploy().await.unwrap();
    let asked = all.story.tokens.asked();
    let tail = |n: usize| asked[n].rsplit(' ').next().unwrap();
    assert_eq!((asked.len(), tail(1), tail(2)), (3, "43200", "3600"));
    // Another refusal is none of the time.
    all.story.tokens.given().faults.push_back(("Deploy".into(), refused("AccessDenied", "DurationSeconds")));
    all.story.pass(59).await;
    assert_eq!(all.deploy().await.unwrap_err().code, "ROLE-REFUSED");
}

// F253
#[tokio::test]
async fn the_search_for_what_sts_allows_ends_with_another_refusal_and_at_an_hour() {
    let mut all = Chained::new().await;
    all.role(|role| role.duration = Some(43_200));
    let too_long = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    for error in [refused("ValidationError", too_long), refused("AccessDenied", "no")] {
        all.story.tokens.given().faults.push_back(("Deploy".into(), error));
    }
    assert_eq!(all.deploy().await.unwrap_err().code, "ROLE-REFUSED");
    assert_eq!(all.story.tokens.asked().len(), 3, "Build, and Deploy for all of it and for less");
    all.story.tokens.given().longest.insert("Deploy".into(), 1_800);
    assert_eq!(all.deploy().await.unwrap_err().code, "ROLE-REFUSED");
    assert_eq!(all.story.sessions.facts().allowed(&all.story.team.profiles[3]), None);
}

// F254
#[tokio::test]
async fn the_first_link_that_ended_and_the_second_that_is_denied_are_told_apart() {
    let all = Chained::new().await;
    let said = "User: arn:aws:sts::1:assumed-role/Build/anna is not authorized to perform: sts:AssumeRole";
    all.story.tokens.given().faults.push_back(("Deploy".into(), refused("AccessDenied", said)));
    let told = all.far().await.unwrap_err();
    assert_eq!(told.code, "ROLE-REFUSED");
    let title = "Build did not get the role arn:aws:iam::210987654321:role/Deploy (link 2 of 3 of far)";
    assert_eq!((told.title.as_str(), told.exit), (title, crate::words::problem::Exit::Refused));
    assert!(told.detail.contains(said), "{}", told.detail);
    assert!(told.hint.contains("sts:AssumeRole") && told.hint.contains("trust policy in account 210987654321"));
    // What came before it stays.
    all.story.tokens.asked();
    all.far().await.unwrap();
    assert!(all.story.tokens.asked()[0].starts_with("Deploy by a1 → Build"));

    let all = Chained::new().await;
    all.story.twin.server().ended = true;
    all.story.pass(61).await;
    let told = all.far().await.unwrap_err();
    assert_eq!(told.code, "SESSION-ENDED");
    assert!(told.detail.starts_with("It is where far begins: acme/admin → Build"), "{}", told.detail);
}

// F255
#[tokio::test]
async fn keys_that_sts_does_not_know_any_more_are_minted_anew_once() {
    for code in ["ExpiredToken", "InvalidClientTokenId"] {
        let all = Chained::new().await;
        all.deploy().await.unwrap();
        all.story.tokens.asked();
        all.story.tokens.given().faults.push_back(("Far".into(), refused(code, "no")));
        all.far().await.unwrap();
        let asked = all.story.tokens.asked();
        assert_eq!(asked.iter().map(|a| a.split(' ').next().unwrap()).collect::<Vec<_>>(), ["Far", "Deploy", "Far"]);
        // Twice is no matter of age.
        for _ in 0..2 {
            all.story.tokens.given().faults.push_back(("Far".into(), refused(code, "no")));
        }
        all.story.pass(59).await;
        assert_eq!(all.far().await.unwrap_err().code, "ROLE-REFUSED");
    }
}

// F01
#[tokio::test]
async fn what_is_left_of_a_role_is_used_while_no_new_one_can_be_had() {
    let all = Chained::new().await;
    let first = all.far().await.unwrap();
    all.story.pass(50).await;
    let trouble = || ProviderError::ServerTrouble { host: "sts".into(), status: 503 };
    all.story.tokens.given().faults.push_back(("Far".into(), trouble()));
    assert_eq!(all.far().await.unwrap(), first);
    // Never in its last minute.
    all.story.pass(9).await;
    assert!(first.expires.duration_since(all.story.time.now()) <= NEARLY_OVER);
    all.story.tokens.given().faults.push_back(("Far".into(), trouble()));
    assert_eq!(all.far().await.unwrap_err().code, "NET-SERVER");
}

#[tokio::test]
async fn a_role_is_renewed_ahead_of_its_end_and_its_steps_with_it() {
    let all = Chained::new().await;
    let first = all.far().await.unwrap();
    all.story.pass(43).await;
    assert_eq!(all.far().await.unwrap(), first);
    all.story.pass(1).await;
    assert_ne!(all.far().await.unwrap(), first);
}

// F256
#[tokio::test]
async fn an_mfa_code_that_no_role_can_bring_is_refused_before_anybody_is_asked() {
    let mut all = Chained::new().await;
    all.role(|role| role.mfa_serial = Some("arn:aws:iam::123456789012:mfa/ann".into()));
    let told = all.far().await.unwrap_err();
    assert_eq!(told.code, "ROLE-MFA");
    assert!(told.title.contains("arn:aws:iam::123456789012:mfa/ann") && told.title.contains("role/Deploy"));
    assert_eq!((all.story.twin.asked(), all.story.tokens.asked()), (vec![], vec![]));
    // Where access keys log in with that device, one code at the login serves what begins there, and nothing behind it.
    all.story.twin.server().by_keys = true;
    all.know();
    assert_eq!(all.far().await.unwrap_err().code, "ROLE-MFA");
    all.story.team.settings.insert("mfa-serial".into(), "arn:aws:iam::123456789012:mfa/ann".into());
    all.know();
    assert_eq!(all.far().await.unwrap_err().code, "ROLE-MFA", "the code went to the role before");
    all.story.team.settings.remove("mfa-serial");
    all.story.team.profiles[3].chain.remove(0);
    all.know();
    let told = all.far().await.unwrap_err();
    assert!(told.detail.contains("The login to acme, with which it begins, asks for no code."), "{told:?}");
    all.story.team.settings.insert("mfa-serial".into(), "GAHT12345678".into());
    all.know();
    assert!(all.far().await.unwrap_err().detail.contains("for the code of GAHT12345678"));
    all.story.team.settings.insert("mfa-serial".into(), "arn:aws:iam::123456789012:mfa/ann".into());
    all.know();
    assert_eq!(all.far().await.unwrap().token.expose(), "a1 → Deploy → Far");
}

// F257, F258
#[tokio::test]
async fn a_chain_that_cannot_be_is_told_by_name_and_nothing_is_asked() {
    let tell = async |change: fn(&mut Chained)| {
        let mut all = Chained::new().await;
        change(&mut all);
        all.know();
        let told = all.far().await.unwrap_err();
        assert_eq!((all.story.twin.asked(), all.story.tokens.asked()), (vec![], vec![]), "{told:?}");
        (told.code, told.title)
    };
    let (code, title) = tell(|all| all.story.team.profiles.clear()).await;
    assert_eq!(code, "PROFILE-SOURCE");
    assert!(title.contains("acme has no profile called deploy"), "{title}");
    let (_, title) = tell(|all| all.lab.profiles[0].source.as_mut().unwrap().team = Some("gone".into())).await;
    assert!(title.contains("no team called gone"), "{title}");
    let (_, title) = tell(|all| {
        all.story.team.profiles[3].source = Some(Source { team: Some("lab".into()), profile: Some("far".into()) });
    })
    .await;
    assert!(title.contains("round in a circle: far → deploy → far"), "{title}");
    let (code, title) =
        tell(|all| all.lab.profiles[0].chain[0].role_arn = "arn:aws-cn:iam::210987654321:role/Far".into()).await;
    assert_eq!(code, "ROLE-PARTITION");
    assert!(title.contains("from aws to aws-cn (Far)"), "{title}");
}

// F257
#[tokio::test]
async fn a_profile_is_checked_as_the_config_file_will_have_it() {
    let mut all = Chained::new().await;
    all.lab.profiles.push(profile("home", "123456789012", "Admin"));
    let teams = [all.story.team.clone(), all.lab.clone()];
    let check = |team: Option<&str>, profile: &str| {
        let source = Some(Source { team: team.map(str::to_owned), profile: Some(profile.into()) });
        let new = Profile { source, ..teams[0].profiles[3].clone() };
        all.story.sessions.check_way(&teams, &teams[0], &new).map_err(|told| told.code)
    };
    assert_eq!((check(None, "admin"), check(Some("lab"), "home")), (Ok(()), Ok(())));
    assert_eq!(check(Some("lab"), "far"), Err("PROFILE-SOURCE".into()), "which begins with this one");
}

#[tokio::test]
async fn every_field_of_a_role_reaches_sts() {
    let mut all = Chained::new().await;
    all.role(|role| {
        role.session_name = Some("ci".into());
        role.duration = Some(900);
    });
    all.deploy().await.unwrap();
    assert_eq!(all.story.tokens.asked()[1], "Deploy by a1 → Build as ci for 900");
    // A role that says something else is another one.
    all.role(|role| role.session_name = Some("me".into()));
    all.deploy().await.unwrap();
    assert_eq!(all.story.tokens.asked(), ["Deploy by a1 → Build as me for 900"]);
    let deploy = all.story.team.profiles[3].clone();
    let cx = all.story.cx();
    let caller = all.story.time.run(all.story.sessions.caller(&all.story.team, &deploy, &cx)).await.unwrap();
    assert_eq!(caller.arn, "a1 → Build → Deploy");
}
