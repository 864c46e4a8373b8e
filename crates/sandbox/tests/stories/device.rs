//! Logins by device code on a clock that only the test moves.

use std::time::Duration;

use keyfob_sandbox::{CodeError, Expire, Fault, Operation, Rotation, What};

use crate::client::{Device, accounts, demo, send, with};

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

#[tokio::test]
async fn a_poll_before_its_time_is_slowed_down_and_has_to_wait_five_seconds_more() {
    let (cloud, hand) = with(|setup| setup.lifetimes.poll_interval = 5).await;
    let device = Device::register(&cloud);
    let started = device.start();
    assert_eq!(started["interval"], 5);
    assert_eq!(device.poll(&started).error(), "AuthorizationPendingException");
    hand.advance(seconds(4));
    assert_eq!(device.poll(&started).error(), "SlowDownException");
    hand.advance(seconds(9));
    assert_eq!(device.poll(&started).error(), "SlowDownException");
    hand.advance(seconds(15));
    assert_eq!(device.poll(&started).error(), "AuthorizationPendingException");
}

#[tokio::test]
async fn a_code_expires_to_the_second_and_cannot_be_approved_then() {
    let (cloud, hand) = demo().await;
    let device = Device::register(&cloud);
    let started = device.start();
    let code = started["userCode"].as_str().unwrap();
    assert_eq!(cloud.pending(), [code]);
    hand.advance(seconds(599));
    assert_eq!(device.poll(&started).error(), "AuthorizationPendingException");
    hand.advance(seconds(1));
    assert_eq!(device.poll(&started).error(), "ExpiredTokenException");
    assert_eq!(cloud.approve(code), Err(CodeError::Expired));
    assert!(cloud.pending().is_empty());
}

#[tokio::test]
async fn a_code_is_approved_in_advance_at_the_nth_poll_or_by_name() {
    let (cloud, _) = with(|setup| setup.lifetimes.poll_interval = 0).await;
    let device = Device::register(&cloud);
    cloud.approve_next().unwrap();
    assert_eq!(device.poll(&device.start()).status, 200);
    assert_eq!(device.poll(&device.start()).error(), "AuthorizationPendingException");

    cloud.change(|setup| setup.approve_after_polls = Some(3));
    let started = device.start();
    let statuses: Vec<u16> = (0..3).map(|_| device.poll(&started).status).collect();
    assert_eq!(statuses, [400, 400, 200]);

    cloud.change(|setup| setup.approve_after_polls = None);
    let started = device.start();
    let code = started["userCode"].as_str().unwrap();
    assert_eq!(cloud.approve_as(code, "mallory"), Err(CodeError::NobodyThere));
    cloud.approve_as(code, "bob").unwrap();
    assert_eq!(cloud.refuse(code), Err(CodeError::Decided));
    let list = accounts(&cloud, &device.poll(&started).json()).json();
    assert_eq!(list["accountList"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_access_token_is_renewed_until_the_session_ends_and_never_outlives_it() {
    let (cloud, hand) = demo().await;
    let device = Device::register(&cloud);
    let tokens = device.log_in();
    assert_eq!(tokens["expiresIn"], 3_600);
    hand.advance(seconds(3_600));
    assert_eq!(accounts(&cloud, &tokens).status, 401);
    hand.advance(seconds(7 * 3_600 - 3_600 + 1_800));
    let renewed = device.renew(&tokens["refreshToken"]).json();
    assert_eq!(renewed["expiresIn"], 1_800);
    hand.advance(seconds(1_800));
    assert_eq!(device.renew(&tokens["refreshToken"]).error(), "InvalidGrantException");
    assert_eq!(accounts(&cloud, &renewed).status, 401);
}

#[tokio::test]
async fn with_strict_rotation_a_lost_answer_costs_the_session() {
    let (cloud, _) = with(|setup| setup.sso_rotation = Rotation::Strict).await;
    let device = Device::register(&cloud);
    let tokens = device.log_in();
    cloud.faults().add(Fault::on(Operation::RefreshToken, What::LostAnswer));
    let lost = device.renew(&tokens["refreshToken"]);
    assert_eq!((lost.status, lost.head.as_str()), (0, ""));
    assert_eq!(device.renew(&tokens["refreshToken"]).error(), "InvalidGrantException");
    assert_eq!(cloud.count(Operation::RefreshToken), 2);
    let first = cloud.log().into_iter().find(|seen| seen.operation == Operation::RefreshToken).unwrap();
    assert_eq!((first.status, first.fault.as_deref()), (0, Some("LostAnswer")));
}

#[tokio::test]
async fn in_the_grace_time_a_lost_answer_costs_nothing() {
    let (cloud, hand) = with(|setup| setup.sso_rotation = Rotation::Grace(30)).await;
    let device = Device::register(&cloud);
    let tokens = device.log_in();
    cloud.faults().add(Fault::on(Operation::RefreshToken, What::LostAnswer));
    device.renew(&tokens["refreshToken"]);
    hand.advance(seconds(29));
    let renewed = device.renew(&tokens["refreshToken"]);
    assert_eq!(renewed.status, 200);
    assert_ne!(renewed.json()["refreshToken"], tokens["refreshToken"]);
    hand.advance(seconds(1));
    assert_eq!(device.renew(&tokens["refreshToken"]).error(), "InvalidGrantException");
    assert_eq!(device.renew(&renewed.json()["refreshToken"]).status, 200);
}

#[tokio::test]
async fn everything_of_a_person_or_of_a_kind_can_be_ended() {
    let (cloud, _) = demo().await;
    let device = Device::register(&cloud);
    let tokens = device.log_in();
    cloud.expire(Expire::AccessTokens);
    assert_eq!(accounts(&cloud, &tokens).status, 401);
    let tokens = device.renew(&tokens["refreshToken"]).json();
    assert_eq!(accounts(&cloud, &tokens).status, 200);
    assert_eq!(cloud.revoke_everything("bob"), 0);
    assert_eq!(cloud.revoke_everything("alice"), 1);
    assert_eq!(device.renew(&tokens["refreshToken"]).error(), "InvalidGrantException");
    cloud.forget_clients();
    let refused = device.renew(&tokens["refreshToken"]);
    assert_eq!((refused.status, refused.error().as_str()), (401, "InvalidClientException"));
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_forbidden_and_a_closed_account_is_not_found() {
    let (cloud, _) = demo().await;
    let tokens = Device::register(&cloud).log_in();
    let bearer = tokens["accessToken"].as_str().unwrap();
    let ask = || {
        let target = "/federation/credentials?account_id=111111111111&role_name=ReadOnly";
        send(&cloud, "GET", target, &[("x-amz-sso_bearer_token", bearer)], "").status
    };
    assert_eq!(ask(), 200);
    cloud.change(|setup| setup.portals[0].accounts[0].roles.retain(|role| role != "ReadOnly"));
    assert_eq!(ask(), 403);
    cloud.change(|setup| drop(setup.portals[0].accounts.remove(0)));
    assert_eq!(ask(), 404);
}

#[tokio::test]
async fn whoever_signs_in_again_goes_on_with_the_session_there_is_where_the_portal_says_so() {
    let (cloud, hand) = with(|setup| (setup.one_session, setup.lifetimes.session) = (true, 3_000)).await;
    let lives = || {
        cloud.approve_next().unwrap();
        let device = Device::register(&cloud);
        device.poll(&device.start()).json()["expiresIn"].as_u64().unwrap()
    };
    assert_eq!(lives(), 3_000);
    hand.advance(seconds(2_000));
    assert_eq!(lives(), 1_000);
    hand.advance(seconds(1_000));
    assert_eq!(lives(), 3_000);
}
