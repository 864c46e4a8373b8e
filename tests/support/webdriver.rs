//! The real window by WebKit's own driver (W3C WebDriver): what it shows, and what a person types into it.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};

use super::desktop::until;

/// The name of an element in answers (WebDriver section 12.2).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A session with a window.
pub struct WebDriver {
    session: String,
}

impl WebDriver {
    /// Starts the driver, and by it the program; returns when that has opened its window.
    pub fn start(mut driver: Command, program: &Path) -> (Child, WebDriver) {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        driver.args(["--host=127.0.0.1", &format!("--port={port}")]).stdout(Stdio::null()).stderr(Stdio::null());
        let child = driver.spawn().expect("WebKitWebDriver is missing");
        let url = format!("http://127.0.0.1:{port}");
        until("the driver answers", || ask("GET", &format!("{url}/status"), None).map(drop));
        let options = json!({"binary": program, "args": []});
        let wanted = json!({"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}});
        let session = ask("POST", &format!("{url}/session"), Some(&wanted)).unwrap();
        (child, WebDriver { session: format!("{url}/session/{}", session["sessionId"].as_str().unwrap()) })
    }

    /// What a script in the page returns.
    pub fn run(&self, script: &str) -> Value {
        self.ask("POST", "/execute/sync", &json!({"script": script, "args": []})).unwrap()
    }

    /// Waits until the page shows this text.
    pub fn until_text(&self, text: &str) {
        until(&format!("the window shows “{text}”"), || match self.run("return document.body.innerText") {
            Value::String(shown) if shown.contains(text) => Ok(()),
            other => Err(other.to_string()),
        });
    }

    /// Types into the field that this selector finds.
    pub fn type_into(&self, selector: &str, text: &str) {
        let element = self.find(selector);
        self.ask("POST", &format!("/element/{element}/value"), &json!({"text": text})).unwrap();
    }

    /// Clicks what this selector finds.
    pub fn click(&self, selector: &str) {
        let element = self.find(selector);
        self.ask("POST", &format!("/element/{element}/click"), &json!({})).unwrap();
    }

    fn find(&self, selector: &str) -> String {
        let mut found = String::new();
        until(&format!("there is {selector}"), || {
            let asked = json!({"using": "css selector", "value": selector});
            found = self.ask("POST", "/element", &asked)?[ELEMENT].as_str().unwrap_or_default().to_owned();
            Ok(())
        });
        found
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        ask(method, &format!("{}{path}", self.session), Some(body))
    }
}

fn ask(method: &str, url: &str, body: Option<&Value>) -> Result<Value, String> {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--max-time", "180", "--request", method, url]);
    if let Some(body) = body {
        curl.args(["--data", &body.to_string()]);
    }
    let Output { stdout, stderr, .. } = curl.output().unwrap();
    let said: Value = serde_json::from_slice(&stdout).map_err(|_| String::from_utf8_lossy(&stderr).into_owned())?;
    let value = &said["value"];
    if value.get("error").is_some() { Err(value.to_string()) } else { Ok(value.clone()) }
}
