//! The hosts that are reached without the proxy, in every form in which `NO_PROXY` is written.
//!
//! The client library knows names, addresses and networks; curl, Go, Python and Node between them also take ports,
//! `*.host`, brackets, dots at the end and blanks for commas. Whatever is no host matches none: the proxy is used.

use std::net::IpAddr;

use ipnet::IpNet;
use keyfob_core::doors::environment::Environment;
use keyfob_core::doors::ports::HttpError;
use url::{Host, Url};

use super::unusable;

/// In the order in which they count.
const VARIABLES: [&str; 2] = ["no_proxy", "NO_PROXY"];

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct NoProxy(Vec<Entry>);

#[derive(Debug, PartialEq, Eq)]
struct Entry {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Debug, PartialEq, Eq)]
enum Hosts {
    All,
    /// The host itself and all below it.
    Domain(String),
    /// All that end so, as `*.example.com` says.
    EndingIn(String),
    Network(IpNet),
}

impl NoProxy {
    pub fn find(environment: &dyn Environment) -> Result<Self, HttpError> {
        let said = environment.text(&VARIABLES).map_err(|e| unusable(&e.variable, "it is not UTF-8 text"))?;
        let Some(said) = said else { return Ok(NoProxy::default()) };
        if said.value.contains(['"', '\'']) {
            return Err(unusable(&said.from, "there are quotes in its value"));
        }
        Ok(NoProxy::read(&said.value))
    }

    fn read(text: &str) -> Self {
        NoProxy(text.split([',', ' ', '\t', '\r', '\n']).filter_map(Entry::read).collect())
    }

    /// Whether the proxy is left out on the way there. Names are not looked up.
    pub fn holds(&self, url: &Url) -> bool {
        let Some(host) = url.host() else { return false };
        self.0.iter().any(|entry| {
            entry.port.is_none_or(|port| url.port_or_known_default() == Some(port)) && entry.hosts.hold(&host)
        })
    }
}

impl Entry {
    fn read(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Entry { hosts: Hosts::All, port: None });
        }
        if let Some(network) = network(text) {
            return Some(Entry { hosts: Hosts::Network(network), port: None });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (text, None),
        };
        let hosts = match (network(host), host.strip_prefix('*')) {
            (Some(network), _) => Hosts::Network(network),
            (None, Some("")) => Hosts::All,
            (None, Some(end)) => Hosts::EndingIn(end.trim_end_matches('.').to_ascii_lowercase()),
            (None, None) => Hosts::Domain(domain(host)?),
        };
        Some(Entry { hosts, port })
    }
}

/// An address or a network, with brackets or without.
fn network(text: &str) -> Option<IpNet> {
    let bare = text.strip_prefix('[').and_then(|text| text.split_once(']'));
    let text = match bare {
        Some((address, rest)) if rest.is_empty() || rest.starts_with('/') => format!("{address}{rest}"),
        _ => text.to_owned(),
    };
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// A name as it stands in an address, without the dots around it.
fn domain(text: &str) -> Option<String> {
    match Host::parse(text.trim_matches('.')).ok()? {
        Host::Domain(name) => Some(name),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

impl Hosts {
    fn hold(&self, host: &Host<&str>) -> bool {
        let name = match host {
            Host::Domain(name) => name.trim_end_matches('.').to_ascii_lowercase(),
            Host::Ipv4(_) | Host::Ipv6(_) => String::new(),
        };
        match self {
            Hosts::All => true,
            Hosts::Domain(domain) => {
                name.strip_suffix(domain.as_str()).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
            }
            Hosts::EndingIn(end) => name.len() > end.len() && name.ends_with(end.as_str()),
            Hosts::Network(network) => match host {
                Host::Domain(_) => false,
                Host::Ipv4(ip) => network.contains(&IpAddr::V4(*ip)),
                Host::Ipv6(ip) => network.contains(&ip.to_canonical()) || network.contains(&IpAddr::V6(*ip)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use keyfob_core::doors::environment::Variables;

    use super::*;

    fn holds(list: &str, url: &str) -> bool {
        NoProxy::read(list).holds(&Url::parse(url).unwrap())
    }

    // F206
    #[test]
    fn every_written_form_of_a_list_leaves_the_proxy_out_where_it_says() {
        for (list, url) in [
            ("*", "https://x.example/"),
            ("a.test, *", "https://x.example/"),
            ("x.example", "https://x.example/"),
            ("x.example", "https://deep.sub.x.example/"),
            (".x.example", "https://x.example/"),
            (".x.example", "https://sub.x.example/"),
            ("*.x.example", "https://sub.x.example/"),
            ("*x.example", "https://subx.example/"),
            ("X.Example", "https://x.EXAMPLE/"),
            ("x.example.", "https://x.example/"),
            ("x.example", "https://x.example./"),
            ("a.test,x.example", "https://x.example/"),
            ("a.test x.example", "https://x.example/"),
            (" a.test ,\tx.example ,", "https://x.example/"),
            ("x.example:443", "https://x.example/"),
            ("x.example:8443", "https://sub.x.example:8443/"),
            (".x.example:8443", "https://x.example:8443/"),
            ("*.x.example:8443", "https://sub.x.example:8443/"),
            ("*:8443", "https://x.example:8443/"),
            ("büro.example", "https://büro.example/"),
            ("10.1.2.3", "https://10.1.2.3/"),
            ("10.1.2.3:443", "https://10.1.2.3/"),
            ("10.0.0.0/8", "https://10.1.2.3/"),
            ("10.1.2.3/8", "https://10.200.0.1/"),
            ("fd00::1", "https://[fd00::1]/"),
            ("[fd00::1]", "https://[fd00::1]/"),
            ("[fd00::1]:8443", "https://[fd00::1]:8443/"),
            ("FD00:0:0::1", "https://[fd00::1]/"),
            ("fd00::/8", "https://[fd12::1]/"),
            ("[fd00::]/8", "https://[fd12::1]/"),
            ("10.0.0.0/8", "https://[::ffff:10.1.2.3]/"),
        ] {
            assert!(holds(list, url), "{list:?} {url}");
        }
    }

    // F206
    #[test]
    fn no_form_of_a_list_leaves_the_proxy_out_anywhere_else() {
        for (list, url) in [
            ("", "https://x.example/"),
            (",, ,", "https://x.example/"),
            ("x.example", "https://notx.example/"),
            ("x.example", "https://x.example.evil.test/"),
            (".x.example", "https://notx.example/"),
            ("*.x.example", "https://x.example/"),
            ("*.x.example", "https://notx.example/"),
            ("x.example:8443", "https://x.example/"),
            ("x.example:port", "https://x.example/"),
            ("x*ple", "https://x.example/"),
            ("10.1.2.3", "https://10.1.2.30/"),
            ("10.0.0.0/8", "https://11.0.0.1/"),
            ("10.0.0.0/33", "https://10.0.0.1/"),
            ("0.0.0.0/0", "https://x.example/"),
            ("fd00::/8", "https://[fe80::1]/"),
            ("[fd00::1]:8443", "https://[fd00::1]/"),
            ("10", "https://10.1.2.3/"),
            ("<local>", "https://x.example/"),
        ] {
            assert!(!holds(list, url), "{list:?} {url}");
        }
    }

    // F206, F209
    #[test]
    fn small_letters_win_and_quotes_are_refused() {
        let found = |variables: &[(&str, &str)]| NoProxy::find(&variables.iter().copied().collect::<Variables>());
        assert_eq!(found(&[("NO_PROXY", "a.test"), ("no_proxy", "b.test")]), Ok(NoProxy::read("b.test")));
        assert_eq!(found(&[("NO_PROXY", "a.test"), ("no_proxy", "")]), Ok(NoProxy::read("a.test")));
        let refused = found(&[("NO_PROXY", "\"a.test,b.test\"")]).unwrap_err();
        assert!(matches!(refused, HttpError::Unusable { what, .. } if what == "NO_PROXY"));
    }
}
