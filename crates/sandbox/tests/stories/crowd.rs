//! Many clients at once, and many accounts.

use std::thread;

use keyfob_sandbox::{Clock, Operation, Sandbox, Setup};

use crate::client::{Device, NOW, accounts, demo, send};

#[tokio::test]
async fn two_hundred_clients_log_in_at_once() {
    let (cloud, _) = demo().await;
    let statuses: Vec<u16> = thread::scope(|scope| {
        let clients: Vec<_> = (0..200)
            .map(|_| {
                scope.spawn(|| {
                    let device = Device::register(&cloud);
                    let tokens = device.log_in();
                    let renewed = device.renew(&tokens["refreshToken"]).json();
                    accounts(&cloud, &renewed).status
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    assert_eq!(statuses, vec![200; 200]);
    assert_eq!(cloud.count(Operation::RefreshToken), 200);
}

#[tokio::test]
async fn a_crowded_portal_hands_out_every_account_once_in_pages_of_any_size() {
    let setup = Setup { clock: Clock::stopped_at(NOW).0, ..Setup::crowded(250, 3) };
    let cloud = Sandbox::start(setup).await.unwrap();
    let tokens = Device::register(&cloud).log_in();
    let bearer = [("x-amz-sso_bearer_token", tokens["accessToken"].as_str().unwrap())];
    for size in [1, 7, 100] {
        let mut found = Vec::new();
        let mut next = String::new();
        loop {
            let target = format!("/assignment/accounts?max_result={size}{next}");
            let page = send(&cloud, "GET", &target, &bearer, "").json();
            let list = page["accountList"].as_array().unwrap();
            assert!(list.len() <= size);
            found.extend(list.iter().map(|account| account["accountId"].as_str().unwrap().to_owned()));
            match page["nextToken"].as_str() {
                Some(token) => next = format!("&next_token={token}"),
                None => break,
            }
        }
        let all: Vec<String> = (0..250).map(|i| format!("{}", 100_000_000_000_u64 + i)).collect();
        assert_eq!(found, all);
    }
}
