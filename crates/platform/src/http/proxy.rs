//! The proxy that the environment names: read once and by us, and handed on as it was read.
//!
//! The client library takes an address that it cannot read for none, and would connect past the proxy that a person
//! or a company chose (F205).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use keyfob_core::doors::environment::Environment;
use keyfob_core::doors::ports::HttpError;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use url::Url;

use super::unusable;

/// In the order in which they count. Small letters win, as for curl and botocore.
const VARIABLES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/// A proxy, and which variable names it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Proxy {
    scheme: &'static str,
    pub host: String,
    port: u16,
    login: Option<Login>,
    pub from: String,
}

#[derive(Clone, PartialEq, Eq)]
struct Login {
    user: Vec<u8>,
    password: Vec<u8>,
}

/// The one that requests go through, if there is one.
pub(super) fn find(environment: &dyn Environment) -> Result<Option<Proxy>, HttpError> {
    for variable in VARIABLES {
        let said = environment.text(&[variable]).map_err(|e| unusable(&e.variable, "it is not UTF-8 text"))?;
        match said.as_ref().map(|said| said.value.trim()) {
            None | Some("") => {}
            Some(text) => return read(text, variable).map(Some).map_err(|why| unusable(variable, why)),
        }
    }
    Ok(None)
}

/// Reads `[scheme://][user[:password]@]host[:port][/]`. Users and passwords may be written with `%` or as they are. The
/// error quotes nothing: any part of it can be a password.
fn read(text: &str, from: &str) -> Result<Proxy, &'static str> {
    if text.starts_with(['"', '\'']) {
        return Err("there are quotes around its value");
    }
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    let (scheme, usual_port) = match scheme.to_ascii_lowercase().as_str() {
        "http" => ("http", 80),
        "https" => ("https", 443),
        "socks5" => ("socks5", 1080),
        // GNOME writes `socks` and leaves it to the proxy to look up names.
        "socks5h" | "socks" => ("socks5h", 1080),
        "socks4" => ("socks4", 1080),
        "socks4a" => ("socks4a", 1080),
        _ => return Err("it names a kind of proxy that Keyfob does not speak: http, https, socks4 and socks5 it does"),
    };
    let (login, place) = match rest.rsplit_once('@') {
        Some((login, place)) => (Some(Login::read(login)), place),
        None => (None, rest),
    };
    let place = place.trim_end_matches('/');
    // `Url` would leave out what is blank and take a backslash for a slash.
    if place.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err("it is not an address");
    }
    if place.contains(['/', '?', '#']) {
        return Err("it has something behind its host and port");
    }
    // A scheme that `Url` knows, so that it reads the host as one of the network.
    let url = Url::parse(&format!("https://{place}")).map_err(|_| "it is not an address")?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or("it is not an address")?.to_owned();
    let has_port = place.rsplit_once(':').is_some_and(|(_, port)| !port.is_empty() && !port.ends_with(']'));
    let port = if has_port { url.port_or_known_default().unwrap_or(usual_port) } else { usual_port };
    Ok(Proxy { scheme, host, port, login, from: from.to_owned() })
}

impl Login {
    fn read(text: &str) -> Self {
        let (user, password) = text.split_once(':').unwrap_or((text, ""));
        let decoded = |part: &str| percent_decode_str(part).collect();
        Login { user: decoded(user), password: decoded(password) }
    }
}

impl Proxy {
    /// Where it is, without its user and password.
    pub fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    pub fn has_login(&self) -> bool {
        self.login.is_some()
    }

    /// The same for the client library.
    pub fn handed_on(&self) -> Result<reqwest::Proxy, HttpError> {
        let refused = || unusable(&self.from, "it is not an address");
        let login = match &self.login {
            // The protocol has a place of its own for them, which the library fills from the address.
            Some(Login { user, password }) if self.scheme.starts_with("socks") => {
                let encoded = |part| percent_encode(part, NON_ALPHANUMERIC);
                format!("{}:{}@", encoded(user), encoded(password))
            }
            _ => String::new(),
        };
        let address = format!("{}://{login}{}", self.scheme, self.place());
        // What this cannot read, the library would silently leave out.
        let is_read = address.parse::<http::Uri>().is_ok_and(|uri| uri.authority().is_some());
        let proxy = reqwest::Proxy::all(&address).ok().filter(|_| is_read).ok_or_else(refused)?;
        match &self.login {
            Some(Login { user, password }) if !self.scheme.starts_with("socks") => {
                let both = [user.as_slice(), b":", password].concat();
                let mut header =
                    HeaderValue::try_from(format!("Basic {}", STANDARD.encode(both))).map_err(|_| refused())?;
                header.set_sensitive(true);
                Ok(proxy.custom_http_auth(header))
            }
            _ => Ok(proxy),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use keyfob_core::doors::environment::Variables;

    use super::*;

    fn found(variables: &[(&str, &str)]) -> Result<Option<Proxy>, HttpError> {
        find(&variables.iter().copied().collect::<Variables>())
    }

    /// Scheme, place, user and password.
    fn read_as(text: &str) -> (&'static str, String, Option<(String, String)>) {
        let proxy = found(&[("HTTPS_PROXY", text)]).unwrap().unwrap();
        let words = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let login = proxy.login.as_ref().map(|login| (words(&login.user), words(&login.password)));
        proxy.handed_on().unwrap();
        (proxy.scheme, proxy.place(), login)
    }

    // F205
    #[test]
    fn a_proxy_is_read_however_people_write_it() {
        for (text, scheme, place) in [
            ("http://proxy.example:3128", "http", "proxy.example:3128"),
            ("http://proxy.example:3128/", "http", "proxy.example:3128"),
            (" http://proxy.example:3128 \n", "http", "proxy.example:3128"),
            ("proxy.example:3128", "http", "proxy.example:3128"),
            ("PROXY.example", "http", "proxy.example:80"),
            ("http://proxy.example:", "http", "proxy.example:80"),
            ("HTTP://proxy.example:443", "http", "proxy.example:443"),
            ("https://proxy.example", "https", "proxy.example:443"),
            ("Socks5://proxy.example", "socks5", "proxy.example:1080"),
            ("socks5h://127.0.0.1:443", "socks5h", "127.0.0.1:443"),
            ("socks://proxy.example:9050/", "socks5h", "proxy.example:9050"),
            ("http://[fd00::1]:3128/", "http", "[fd00::1]:3128"),
            ("http://[FD00::1]", "http", "[fd00::1]:80"),
            ("http://büro.example:1", "http", "xn--bro-hoa.example:1"),
        ] {
            assert_eq!(read_as(text), (scheme, place.to_owned(), None), "{text:?}");
        }
    }

    // F205
    #[test]
    fn users_and_passwords_are_taken_as_they_were_written_or_encoded() {
        for (login, user, password) in [
            ("ann:pass", "ann", "pass"),
            ("ann:pa ss", "ann", "pa ss"),
            ("ann:p@ss", "ann", "p@ss"),
            ("ann:p/a?s#s", "ann", "p/a?s#s"),
            ("ann:50%", "ann", "50%"),
            ("ann:p%40%20ss", "ann", "p@ ss"),
            ("ann:a:b", "ann", "a:b"),
            ("CORP\\ann:grün", "CORP\\ann", "grün"),
            ("ann", "ann", ""),
            ("ann:\"quoted\"", "ann", "\"quoted\""),
        ] {
            for scheme in ["http", "socks5"] {
                let read = read_as(&format!("{scheme}://{login}@proxy.example:3128/"));
                assert_eq!(read.1, "proxy.example:3128", "{login}");
                assert_eq!(read.2, Some((user.to_owned(), password.to_owned())), "{login}");
            }
        }
        assert_eq!(read_as("CORP\\ann:p#1@proxy.example:3128").2.unwrap().1, "p#1", "without a scheme");
    }

    // F09, F205
    #[test]
    fn what_cannot_be_read_is_refused_by_its_variable_and_never_shown() {
        for bad in [
            "http://",
            "::",
            "http://s3cret b/",
            "http://pro\\s3cret:1",
            "ftp://s3cret:1",
            "ann:s3cret://x@proxy:1",
            "http://u:s3cret@:99999",
            "http://u:s3cret@proxy:99999",
            "http://u:s3cret@proxy:port",
            "http://proxy:3128/s3cret.pac",
            "http://proxy:3128?s3cret",
            "\"http://s3cret:3128\"",
            "'s3cret:3128'",
            "http:proxy:3128",
            "fd00::1:3128",
            "http://[fd00::1:3128",
        ] {
            for variable in VARIABLES {
                let Err(HttpError::Unusable { what, why }) = found(&[(variable, bad)]) else { panic!("{bad}") };
                assert_eq!(what, variable);
                assert!(!why.contains("s3cret"), "{why}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_in_another_encoding_is_refused_and_not_taken_for_absent() {
        // F209
        use std::os::unix::ffi::OsStringExt;
        let latin = std::ffi::OsString::from_vec(b"http://ann:gr\xfcn@proxy:1".to_vec());
        let environment: Variables = [("HTTPS_PROXY", latin)].into_iter().collect();
        assert!(matches!(find(&environment), Err(HttpError::Unusable { what, .. }) if what == "HTTPS_PROXY"));
    }

    // F205
    #[test]
    fn small_letters_win_https_comes_before_all_and_empty_is_unset() {
        let by = |variables: &[(&str, &str)]| found(variables).unwrap().map(|proxy| proxy.from);
        let all = [("HTTPS_PROXY", "a"), ("https_proxy", "b"), ("all_proxy", "c"), ("ALL_PROXY", "d")];
        assert_eq!(by(&all).as_deref(), Some("https_proxy"));
        assert_eq!(by(&[("https_proxy", ""), ("HTTPS_PROXY", " "), ("ALL_PROXY", "d")]).as_deref(), Some("ALL_PROXY"));
        assert_eq!(
            by(&[("HTTP_PROXY", "a"), ("http_proxy", "a")]),
            None,
            "nothing is sent by http but to this machine"
        );
        assert_eq!(by(&[]), None);
    }
}
