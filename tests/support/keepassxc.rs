//! A real KeePassXC with its default settings as the Secret Service of one test, and hands that answer its dialogs.

use std::fs;
use std::io::Write;
use std::process::{Child, Command, Stdio};

use super::desktop::x_server;
use super::keyring::{PrivateKeyring, wait_until};

/// What it asks before it lets a program read entries.
pub const ACCESS: &str = "Access Request";
/// What it asks before it opens its database.
pub const UNLOCK: &str = "Unlock Database";

const PASSWORD: &str = "password-of-the-database";

/// The database offers its root group to the Secret Service: nothing but its own settings window writes that
/// elsewhere. Everything else is as it comes.
const DATABASE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<KeePassFile>
<Meta><DatabaseName>Passwords</DatabaseName><CustomData><Item>
<Key>FDO_SECRETS_EXPOSED_GROUP</Key><Value>{00112233-4455-6677-8899-aabbccddeeff}</Value>
</Item></CustomData></Meta>
<Root><Group><UUID>ABEiM0RVZneImaq7zN3u/w==</UUID><Name>Root</Name></Group></Root>
</KeePassFile>
"#;

/// No questions of a first start; of the Secret Service nothing but that it is on.
const SETTINGS: &str = "[General]\nConfigVersion=2\nUpdateCheckMessageShown=true\n\n[GUI]\nCheckForUpdates=false\n\n\
                        [FdoSecrets]\nEnabled=true\n";

pub struct KeePassXc<'k> {
    keyring: &'k PrivateKeyring,
    display: String,
    children: Vec<Child>,
}

impl<'k> KeePassXc<'k> {
    /// Starts it on a bus where nobody offers the Secret Service. The database is open.
    pub fn start(keyring: &'k PrivateKeyring) -> Self {
        let (screen, display) = x_server(keyring);
        let mut this = KeePassXc { keyring, display, children: vec![screen] };
        let home = keyring.path();
        fs::create_dir_all(home.join(".config/keepassxc")).unwrap();
        fs::write(home.join(".config/keepassxc/keepassxc.ini"), SETTINGS).unwrap();
        fs::write(home.join("database.xml"), DATABASE).unwrap();
        let mut import = this.command("keepassxc-cli");
        import.args(["import", "--set-password", "--decryption-time", "100", "database.xml", "database.kdbx"]);
        tell(import, &format!("{PASSWORD}\n{PASSWORD}\n")).wait().unwrap();

        let manager = this.command("openbox").spawn().unwrap();
        let mut program = this.command("keepassxc");
        program.args(["--pw-stdin", "database.kdbx"]);
        this.children.extend([manager, tell(program, PASSWORD)]);
        wait_until("KeePassXC offers its database, open", || this.is_locked() == Some(false));
        this
    }

    /// Locks the database, as a person does.
    pub fn lock(&self) {
        self.press("Passwords", &["ctrl+l"]);
        wait_until("the database is locked", || self.is_locked() == Some(true));
    }

    /// The dialogs on the screen.
    pub fn dialogs(&self) -> String {
        let titles = [ACCESS, UNLOCK, "Question", "Delete", "New Database"];
        titles.into_iter().filter(|title| self.window(title).is_some()).collect::<Vec<_>>().join(", ")
    }

    /// Waits for the dialog and presses these keys in it; returns when it is gone.
    pub fn answer(&self, dialog: &str, keys: &[&str]) {
        let window = self.press(dialog, keys);
        wait_until(&format!("{dialog} is gone"), || self.window(dialog).as_ref() != Some(&window));
    }

    /// Waits for the question for the password and types it.
    pub fn unlock(&self) {
        let window = self.activate(UNLOCK);
        self.xdotool(&["type", "--window", &window, PASSWORD]);
        self.answer(UNLOCK, &["Return"]);
    }

    pub fn wait_for(&self, dialog: &str) {
        wait_until(&format!("{dialog} is shown"), || self.window(dialog).is_some());
    }

    fn press(&self, title: &str, keys: &[&str]) -> String {
        let window = self.activate(title);
        self.xdotool(&[&["key", "--clearmodifiers"], keys].concat());
        window
    }

    /// Keys go to the window that has the focus.
    fn activate(&self, title: &str) -> String {
        wait_until(&format!("{title} is shown"), || self.window(title).is_some());
        let window = self.window(title).unwrap();
        wait_until(&format!("{title} has the focus"), || {
            self.xdotool(&["windowactivate", &window]);
            self.xdotool(&["getactivewindow"]).as_ref() == Some(&window)
        });
        window
    }

    fn window(&self, title: &str) -> Option<String> {
        self.xdotool(&["search", "--onlyvisible", "--name", title])?.lines().next().map(str::to_owned)
    }

    fn xdotool(&self, args: &[&str]) -> Option<String> {
        let said = self.command("xdotool").args(args).stdout(Stdio::piped()).stderr(Stdio::null()).output().unwrap();
        said.status.success().then(|| String::from_utf8(said.stdout).unwrap().trim().to_owned())
    }

    /// `None` while there is no default collection.
    fn is_locked(&self) -> Option<bool> {
        let default = "/org/freedesktop/secrets/aliases/default";
        let asked = ["org.freedesktop.Secret.Collection", "Locked"];
        // Asking for the name itself would wait for somebody who could be started.
        let said =
            self.keyring.try_gdbus("org.freedesktop.secrets", default, "org.freedesktop.DBus.Properties.Get", &asked);
        said.ok().map(|said| said.contains("true"))
    }

    fn command(&self, program: &str) -> Command {
        let log =
            fs::File::options().create(true).append(true).open(self.keyring.path().join("keepassxc.log")).unwrap();
        let mut command = self.keyring.command(program);
        command.env("DISPLAY", &self.display).env("QT_QPA_PLATFORM", "xcb").env("NO_AT_BRIDGE", "1");
        // Two that share a folder for temporary files take themselves for one program.
        command.env("TMPDIR", self.keyring.path().join("run"));
        command.stdout(log.try_clone().unwrap()).stderr(log);
        command
    }
}

/// Starts it with this on its stdin.
fn tell(mut command: Command, input: &str) -> Child {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("KeePassXC is missing");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child
}

impl Drop for KeePassXc<'_> {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
