//! Checks that several providers make on a team's settings before anything goes over the network.

use std::net::IpAddr;

use keyfob_core::words::about::{About, BadSetting, Field};
use keyfob_core::words::browser;
use keyfob_core::words::cause::{Cause, Source};
use keyfob_core::words::name::check_name;
use keyfob_core::words::settings::Settings;
use url::{Host, Url};

/// The name by which the `iot` CLI knows the team, where it is another one; every provider takes it.
pub(crate) const IOT_TEAM: Field =
    Field { key: "iot-team", label: "Team name for the iot CLI", required: false, example: "acme", secret: false };

/// The browser in which the team's pages open; every provider takes it.
pub(crate) const BROWSER: Field =
    Field { key: browser::BROWSER, label: "Browser", required: false, example: "firefox profile work", secret: false };

/// Refuses keys that the provider does not have, secrets that do not belong into a file, and missing or
/// unusable values of the fields that all providers share.
pub(crate) fn known(settings: &Settings, fields: &[Field]) -> Result<(), BadSetting> {
    if let Some(secret) = fields.iter().find(|field| field.secret && settings.contains_key(field.key)) {
        return Err(malformed(secret, "is a secret: it is kept in the keychain, never in the config file"));
    }
    About::check_keys(settings, fields)?;
    if let Some(Err(bad)) = value(settings, &IOT_TEAM).map(check_name) {
        return Err(malformed(&IOT_TEAM, &format!("cannot be used: {bad}")));
    }
    match value(settings, &BROWSER).map(browser::Choice::parse) {
        Some(Err(bad)) => Err(malformed(&BROWSER, &bad.to_string())),
        _ => Ok(()),
    }
}

/// A value that was given and is not empty.
pub(crate) fn value<'a>(settings: &'a Settings, field: &Field) -> Option<&'a str> {
    settings.get(field.key).map(String::as_str).filter(|text| !text.is_empty())
}

/// A value that has to be there.
pub(crate) fn required<'a>(settings: &'a Settings, field: &Field) -> Result<&'a str, BadSetting> {
    value(settings, field).ok_or_else(|| BadSetting::Missing { key: field.key.into(), example: field.example.into() })
}

/// A value of the team's settings, as what may be why something failed.
pub(crate) fn given(field: &Field, value: &str) -> Cause {
    Cause::Given { key: field.key.into(), value: value.to_owned(), source: Source::Settings }
}

/// An AWS region by its shape, such as `eu-west-1` or `us-gov-west-1`. It becomes part of a host name, so
/// nothing else may pass; new regions need no new release.
pub(crate) fn region(settings: &Settings, field: &Field) -> Result<String, BadSetting> {
    let text = required(settings, field)?;
    if is_region(text) {
        Ok(text.into())
    } else {
        Err(malformed(field, &format!("is not the name of an AWS region: {text:?}")))
    }
}

/// The Region of the global addresses, as for the AWS CLI.
pub(crate) const USUAL_REGION: &str = "us-east-1";

/// The same where one need not be said: then it is the usual one.
pub(crate) fn region_or_usual(settings: &Settings, field: &Field) -> Result<String, BadSetting> {
    match value(settings, field) {
        Some(_) => region(settings, field),
        None => Ok(USUAL_REGION.into()),
    }
}

pub(crate) fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return false };
    let word = |part: &str| (2..=12).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase());
    (1..=3).contains(&middle.len())
        && word(first)
        && middle.iter().all(|part| word(part))
        && (1..=2).contains(&last.len())
        && last.bytes().all(|b| b.is_ascii_digit())
}

/// The address of a page or a service: https, or http on this machine.
pub(crate) fn address(field: &Field, text: &str) -> Result<Url, BadSetting> {
    web_address(text).map_err(|why| malformed(field, why))
}

/// Reads an address that secrets may be sent to; the error is the end of a sentence. `Url` repairs tabs,
/// line ends and backslashes silently, and what two programs read differently is no address (security D.1).
pub(crate) fn web_address(text: &str) -> Result<Url, &'static str> {
    if text.len() > 2048 || text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err("is not an address");
    }
    let url = Url::parse(text).map_err(|_| "is not an address")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("has a user name before its host");
    }
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => Ok(url),
        ("http", Some(host)) if is_loopback(&host) => Ok(url),
        _ => Err("must begin with https:// (http:// only for this machine)"),
    }
}

/// Whether an address is one of this machine.
pub(crate) fn is_here(url: &Url) -> bool {
    url.host().is_some_and(|host| is_loopback(&host))
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => IpAddr::V4(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::V6(*address).is_loopback(),
    }
}

/// The host of an address, with its port where that is not the scheme's own.
pub(crate) fn host_of(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => String::new(),
    }
}

pub(crate) fn malformed(field: &Field, why: &str) -> BadSetting {
    BadSetting::Malformed { key: field.key.into(), why: why.into(), example: field.example.into() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    #[test]
    fn regions_are_told_by_their_shape() {
        for good in ["eu-west-1", "us-gov-west-1", "ap-southeast-7", "cn-north-1", "eu-isoe-west-1"] {
            assert!(is_region(good), "{good}");
        }
        for bad in
            ["", "eu", "eu-west", "eu-west-1.evil.test", "EU-WEST-1", "eu-west-1/", "eu-west-123", "a-b-1", "eu--1"]
        {
            assert!(!is_region(bad), "{bad}");
        }
    }

    #[test]
    fn only_https_or_this_machine_is_an_address() {
        for good in
            ["https://acme.awsapps.com/start", "http://127.0.0.1:4000", "http://[::1]:1/x", "http://localhost:9/"]
        {
            assert!(web_address(good).is_ok(), "{good}");
        }
        for bad in [
            "http://acme.awsapps.com/start",
            "http://127.0.0.1.evil.test/",
            "ftp://acme.test/",
            "javascript:alert(1)",
            "https://cognito-idp.eu-west-1.amazonaws.com@evil.test/",
            "https://a\tb.test/",
            "https:\\\\evil.test",
            "acme.awsapps.com/start",
            "",
        ] {
            assert!(web_address(bad).is_err(), "{bad:?}");
        }
    }
}
