//! A system bus of one test alone, with a logind on it that says what it is told to say.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::json;

use super::keyring::PrivateKeyring;

/// Takes logind's name and sends signals, one for each line of JSON.
const LOGIND: &str = r#"
import json, sys
import dbus, dbus.lowlevel
bus = dbus.bus.BusConnection(sys.argv[1])
bus.request_name("org.freedesktop.login1")
print("ready", flush=True)
for line in sys.stdin:
    said = json.loads(line)
    message = dbus.lowlevel.SignalMessage("/org/freedesktop/login1", said["interface"], said["member"])
    if said["begins"] is not None:
        message.append(said["begins"], signature="b")
    bus.send_message(message)
    bus.flush()
    print("sent", flush=True)
"#;

pub struct Logind {
    /// For `DBUS_SYSTEM_BUS_ADDRESS`.
    pub address: String,
    bus: Child,
    logind: Child,
    pipes: std::sync::Mutex<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Logind {
    pub fn start(home: &PrivateKeyring) -> Self {
        let config = home.path().join("system.conf");
        let text = format!(
            "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \
             \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n<busconfig><type>system</type>\
             <listen>unix:path={}</listen><auth>EXTERNAL</auth><policy context=\"default\">\
             <allow send_destination=\"*\"/><allow receive_sender=\"*\"/><allow send_type=\"signal\"/><allow own=\"*\"/>\
             </policy></busconfig>\n",
            home.path().join("run/system").display()
        );
        fs::write(&config, text).unwrap();
        let mut command = home.command("dbus-daemon");
        command
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .arg(format!("--config-file={}", config.display()));
        let mut bus = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        let mut command = home.command("/usr/bin/python3");
        command.args(["-c", LOGIND, &address]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut logind = command.spawn().unwrap();
        let mut pipes = (logind.stdin.take().unwrap(), BufReader::new(logind.stdout.take().unwrap()));
        let mut ready = String::new();
        pipes.1.read_line(&mut ready).unwrap();
        assert_eq!(ready, "ready\n");
        Logind { address, bus, logind, pipes: pipes.into() }
    }

    /// Sends a signal of logind's, with a word on whether something begins where it has one.
    pub fn emit(&self, interface: &str, member: &str, begins: Option<bool>) {
        let mut pipes = self.pipes.lock().unwrap();
        writeln!(pipes.0, "{}", json!({"interface": interface, "member": member, "begins": begins})).unwrap();
        let mut sent = String::new();
        pipes.1.read_line(&mut sent).unwrap();
        assert_eq!(sent, "sent\n");
    }
}

impl Drop for Logind {
    fn drop(&mut self) {
        for child in [&mut self.logind, &mut self.bus] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
