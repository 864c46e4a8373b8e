//! Which access portal an address leads to, however it is written.

use url::Url;

/// What makes a portal the one that it is: host, port and path. Case, a slash or `#/` at the end, a query, and a port that
/// is the usual one anyway are spelling.
pub fn identity(start_url: &str) -> String {
    let Ok(url) = Url::parse(start_url.trim()) else { return start_url.trim().to_owned() };
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    let path = url.path().trim_matches('/').to_lowercase();
    // A host of its own is one portal, whatever page of it somebody had open when they copied the address.
    let is_whole = company(host).is_some_and(|name| name != "start");
    format!("{host}{port}/{}", if is_whole { "" } else { &path })
}

/// `acme` of `acme.awsapps.com`. Hosts that many companies share, such as `start.us-gov-home.awsapps.com`, give `start`.
pub fn company(host: &str) -> Option<&str> {
    let below = [".awsapps.com", ".awsapps.cn", ".app.aws"].iter().find_map(|end| host.strip_suffix(end))?;
    Some(below.split('.').next().unwrap_or(below))
}

#[cfg(test)]
mod tests {
    use super::*;

    // F178
    #[test]
    fn one_portal_is_one_however_it_is_written() {
        for same in [
            "https://Acme.awsapps.com/start",
            "https://acme.awsapps.com:443/start/",
            "https://acme.awsapps.com/start#/",
            "https://acme.awsapps.com/start/#/?tab=accounts",
            "HTTPS://acme.awsapps.com",
            "https://acme.awsapps.com./start?x=1",
            " https://acme.awsapps.com/Start ",
        ] {
            assert_eq!(identity(same), identity("https://acme.awsapps.com/start"), "{same}");
        }
        for same in ["https://sso.acme.example/a/", "https://SSO.acme.example:443/A#/"] {
            assert_eq!(identity(same), identity("https://sso.acme.example/a"), "{same}");
        }
    }

    // F178
    #[test]
    fn two_portals_are_two() {
        for (one, other) in [
            ("https://acme.awsapps.com/start", "https://acme2.awsapps.com/start"),
            (
                "https://start.us-gov-home.awsapps.com/directory/d-1",
                "https://start.us-gov-home.awsapps.com/directory/d-2",
            ),
            ("https://sso.acme.example/a", "https://sso.acme.example/b"),
            ("http://127.0.0.1:8001/start", "http://127.0.0.1:8002/start"),
        ] {
            assert_ne!(identity(one), identity(other), "{one} {other}");
        }
    }
}
