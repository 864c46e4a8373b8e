//! Two keyrings of one service: what we keep may lie in the one that is locked.

use keyfob_tests::support::keyring::{Keyring, PrivateKeyring};
use keyfob_tests::support::peers::venv;

use crate::asking::{OTHER_TEAM, Probe, TEAM, ask};
use crate::others::next_second;

/// What only a prompt does otherwise: GNOME Keyring's own door for tests makes and unlocks a second keyring.
const DOOR: &str = r"
import sys, secretstorage
from jeepney import DBusAddress, new_method_call
bus = secretstorage.dbus_init()
def call(interface, member, signature, *body):
    door = DBusAddress('/org/freedesktop/secrets', 'org.freedesktop.secrets', interface)
    return bus.send_and_get_reply(new_method_call(door, member, signature, body))
INSIDE = 'org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface'
_, session = call('org.freedesktop.Secret.Service', 'OpenSession', 'sv', 'plain', ('s', '')).body
secret = (session, b'', b'second', 'text/plain')
second = '/org/freedesktop/secrets/collection/second'
make = lambda: call(INSIDE, 'CreateWithMasterPassword', 'a{sv}(oayays)',
                    {'org.freedesktop.Secret.Collection.Label': ('s', 'second')}, secret)
unlock = lambda: call(INSIDE, 'UnlockWithMasterPassword', 'o(oayays)', second, secret)
lock = lambda: secretstorage.Collection(bus, second).lock()
default = lambda which: call('org.freedesktop.Secret.Service', 'SetAlias', 'so', 'default',
                             '/org/freedesktop/secrets/collection/' + which)
for step in sys.argv[1:]: eval(step)
";

fn door(keyring: &PrivateKeyring, steps: &[&str]) {
    let mut python = keyring.command(venv("python"));
    let done = python.args(["-c", DOOR]).args(steps).output().unwrap();
    assert!(done.status.success(), "{steps:?}: {}", String::from_utf8_lossy(&done.stderr));
}

// F121, K2
#[test]
fn an_entry_in_a_second_locked_keyring_is_locked_until_a_login_writes_to_the_default_one() {
    let keyring = PrivateKeyring::start(Keyring::Unlocked);
    door(&keyring, &["make()", "default('second')"]);
    let mut probe = Probe::start(&keyring, "state");
    assert_eq!(probe.ask(&format!("put {TEAM} old")), "ok");
    door(&keyring, &["default('login')", "lock()"]);
    for what in [format!("get {TEAM}"), format!("get {OTHER_TEAM}"), format!("put {TEAM} y"), format!("remove {TEAM}")]
    {
        assert!(probe.ask(&what).starts_with("locked: "), "{what}");
    }

    // The person is asked for the second keyring, and leaves it locked: there is no screen for the prompt.
    let listening = keyring.listen();
    assert_eq!(probe.ask("person ready"), "ok", "something new can be written");
    assert_eq!(listening.end().matches("member=Prompt\n").count(), 1);
    next_second();
    assert_eq!(probe.ask(&format!("person put {TEAM} new")), "ok");
    assert_eq!(ask(&keyring, &format!("get {TEAM}")), "some new", "what was written since counts");
    assert_eq!(ask(&keyring, &format!("get {OTHER_TEAM}")), "none");

    // The newest one still counts when both can be read.
    door(&keyring, &["unlock()"]);
    assert_eq!(ask(&keyring, &format!("get {TEAM}")), "some new");
}

// F121
#[test]
fn an_entry_in_a_second_open_keyring_is_found_while_the_default_one_is_locked() {
    let keyring = PrivateKeyring::start(Keyring::Unlocked);
    door(&keyring, &["make()", "default('second')"]);
    assert_eq!(ask(&keyring, &format!("put {TEAM} x")), "ok");
    door(&keyring, &["default('login')"]);
    keyring.lock();
    assert_eq!(ask(&keyring, &format!("get {TEAM}")), "some x");
    assert_eq!(ask(&keyring, &format!("put {TEAM} y")), "ok");
    assert!(ask(&keyring, &format!("get {OTHER_TEAM}")).starts_with("locked: "), "it may hide what it holds");
    assert!(ask(&keyring, "ready").starts_with("locked: "), "nothing new can be written");
}

// F121
#[test]
fn a_second_keyring_that_holds_nothing_of_ours_may_stay_locked() {
    let keyring = PrivateKeyring::start(Keyring::Unlocked);
    door(&keyring, &["make()", "lock()"]);
    let mut probe = Probe::start(&keyring, "state");
    assert_eq!(probe.ask("ready"), "ok");
    assert_eq!(probe.ask(&format!("get {TEAM}")), "none");
    assert_eq!(probe.ask(&format!("put {TEAM} x")), "ok");
    assert_eq!(probe.ask(&format!("get {OTHER_TEAM}")), "none");
}
