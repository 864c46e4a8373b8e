//! What a log out leaves of a session in the memory of the tray program: nothing.

use keyfob_core::testkit::Sought;
use keyfob_sandbox::{DEMO_PASSWORD, Operation, Rotation, Sandbox};
use keyfob_tests::support::desktop::until;
use serde_json::Value;

use crate::stage::Stage;

/// How the cloud calls what must not stay, in its answers.
const SECRETS: &[&str] = &[
    "accessToken",
    "refreshToken",
    "idToken",
    "clientSecret",
    "AccessToken",
    "RefreshToken",
    "IdToken",
    "secretAccessKey",
    "sessionToken",
];

// F150
#[test]
fn a_log_out_leaves_no_token_in_the_memory_of_the_tray() {
    if !rustix::process::geteuid().is_root() {
        // Nobody else may look into a hardened process.
        return;
    }
    let stage = Stage::new();
    stage.cloud.change(|setup| {
        setup.sso_rotation = Rotation::Strict;
        let clients = setup.pools.iter_mut().flat_map(|pool| &mut pool.clients);
        clients.for_each(|client| client.rotation = Rotation::Strict);
    });
    let app = stage.app();
    app.click(&["acme", "Log in…"]);
    app.until_row("acme · Check the page shows  ");
    stage.cloud.approve_next().unwrap();
    app.until_row("● acme");
    stage.keyfob("profile add acme admin --account 111111111111 --role AdministratorAccess");
    stage.log_in_to_pool();
    app.until_row("● my_pool");
    for (team, operation) in [("acme", Operation::RefreshToken), ("my_pool", Operation::GetTokensFromRefreshToken)] {
        for _ in 0..3 {
            let before = stage.cloud.count(operation);
            app.click(&[team, "Renew now"]);
            until("the tray has renewed", || match stage.cloud.count(operation) {
                count if count > before => Ok(()),
                _ => Err(stage.log()),
            });
            app.until_row(&format!("● {team}"));
        }
    }
    for secret in ["AWS keys of admin", "Token"] {
        app.click(&["acme", "Copy a secret", secret]);
        stage.notice("Copied a secret");
    }
    let process = app.pid().to_string();
    let handed_out = handed_out(&stage.cloud);
    assert!(!handed_out.found(&process).unwrap().is_empty(), "the search must be able to find something");

    for team in ["acme", "my_pool"] {
        app.click(&[team, "Log out"]);
        app.until_row(&format!("○ {team} · Logged out"));
    }
    // What was copied is taken back once the person leaves, and connections are closed after a few seconds.
    until("nothing is left of the sessions", || {
        stage.screen_saver(true);
        match handed_out.found(&process).unwrap() {
            left if left.is_empty() => Ok(()),
            left => Err(format!("{left:#?}")),
        }
    });
}

/// All secrets in the answers of the cloud so far.
fn handed_out(cloud: &Sandbox) -> Sought {
    let mut sought = Sought::default();
    sought.add("the password", DEMO_PASSWORD.as_bytes());
    for (number, seen) in cloud.log().iter().enumerate() {
        let Ok(answer) = serde_json::from_str::<Value>(&seen.answer) else { continue };
        let inner = [&answer, &answer["AuthenticationResult"], &answer["roleCredentials"]];
        for (name, value) in inner.into_iter().flat_map(|part| SECRETS.iter().map(move |name| (name, &part[*name]))) {
            if let Some(text) = value.as_str() {
                sought.add(&format!("{name} of answer {number} ({:?})", seen.operation), text.as_bytes());
            }
        }
    }
    sought
}
