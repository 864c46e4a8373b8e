//! Which addresses never leave this computer.

use url::Host;

/// True for `localhost`, 127.0.0.0/8 and ::1: the only hosts that are spoken to without TLS, and never
/// through a proxy (threat T39).
pub(crate) fn is_loopback(host: Option<Host<&str>>) -> bool {
    match host {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
