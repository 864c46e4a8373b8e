//! Runs the demo cloud on a port until its standard input closes: `cloud [PORT] [--crowded]`. Prints one line of JSON
//! with the URL and everything needed to log in; the control surface is on.

use std::io::{Read, Write};

use keyfob_sandbox::{
    CLIENT_SECRET, DEMO_PASSWORD, DEMO_POOL, PASSWORD_CLIENT, ROTATING_CLIENT, SECRET_CLIENT, SRP_CLIENT, Sandbox,
    Setup, TOTP_SECRET,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let crowded = words.iter().any(|word| word == "--crowded");
    let port = words.iter().find(|word| !word.starts_with('-')).map_or(Ok(0), |word| word.parse())?;
    let setup = if crowded { Setup::crowded(250, 130) } else { Setup::demo() };
    let cloud = Sandbox::start(Setup { port, control: true, ..setup }).await?;
    let line = serde_json::json!({
        "url": cloud.url(),
        "start_url": cloud.start_url(),
        "region": "eu-west-1",
        "pool": DEMO_POOL,
        "clients": {
            "srp": SRP_CLIENT, "password": PASSWORD_CLIENT, "secret": SECRET_CLIENT, "rotating": ROTATING_CLIENT,
        },
        "client_secret": CLIENT_SECRET,
        "password": DEMO_PASSWORD,
        "totp_secret": TOTP_SECRET,
    });
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
