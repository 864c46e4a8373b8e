//! KeePassXC with its default settings, as the person at the terminal and their scripts meet it.

use keyfob_sandbox::{DEMO_PASSWORD, Setup};
use keyfob_tests::support::keepassxc::{ACCESS, KeePassXc, UNLOCK};
use keyfob_tests::support::keyring::Keyring;
use keyfob_tests::support::stage::Stage;

/// What a login or a command says while it waits for the person's answer.
const WAITS: &str = "waiting for your answer to its prompt";

// F120, K1
#[test]
fn a_person_is_asked_for_access_and_a_script_hears_what_to_do() {
    let stage = Stage::with(Setup::demo(), Keyring::NoService);
    let keepassxc = KeePassXc::start(&stage.keyring);
    stage.log_in_to_pool("pool");
    let said = stage.run("token pool").fails(6, "KC-ACCESS");
    assert!(said.contains("Confirm when passwords are retrieved"), "{said}");
    stage.run("renew pool").fails(6, "KC-ACCESS");
    stage.run("logout pool").fails(6, "KC-ACCESS");
    stage.pipe("login pool --username ann --password-stdin", DEMO_PASSWORD).fails(6, "KC-ACCESS");
    assert_eq!(keepassxc.dialogs(), "", "a script has nobody who could answer");

    let mut asked = stage.terminal("token pool --reveal");
    asked.wait_for(WAITS);
    keepassxc.answer(ACCESS, &["Return"]);
    assert_eq!(asked.status(), 0);
    let mut asked = stage.terminal("renew pool");
    asked.wait_for(WAITS);
    keepassxc.answer(ACCESS, &["Escape"]);
    asked.wait_for("KC-ACCESS");
    assert_eq!(asked.status(), 6);
}

// F122, F123, K3, K4
#[test]
fn a_locked_database_is_opened_before_anybody_signs_in() {
    let stage = Stage::with(Setup::demo(), Keyring::NoService);
    let keepassxc = KeePassXc::start(&stage.keyring);
    stage.log_in_to_pool("pool");
    stage.add_portal("acme");
    keepassxc.lock();
    let before = stage.cloud.log().len();
    for command in ["token pool", "renew pool", "logout pool", "profile discover acme"] {
        stage.run(command).fails(6, "KC-LOCKED");
    }
    assert_eq!(keepassxc.dialogs(), "");

    let mut login = stage.terminal("login acme --no-open");
    login.wait_for(WAITS);
    keepassxc.answer(UNLOCK, &["Escape"]);
    login.wait_for("KC-LOCKED");
    assert_eq!(login.status(), 6);
    assert_eq!(stage.cloud.log().len(), before, "somebody signed in, in vain");

    stage.cloud.approve_next().unwrap();
    let mut login = stage.terminal("login acme --no-open");
    login.wait_for(WAITS);
    keepassxc.unlock();
    keepassxc.answer(ACCESS, &["Return"]);
    assert_eq!(login.status(), 0);
    assert_eq!(stage.status_of("acme")["health"], "fresh");
}
