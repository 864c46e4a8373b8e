//! Which pages a person may be sent to: AWS's own, the team's own, nobody else's (threat T07).

use url::Url;

use super::place::Place;
use crate::partition::domains;
use crate::settings::{host_of, is_region, web_address};

/// Domains in which only AWS and what AWS hosts for its customers' sign-in can answer. `amazonaws.com` as a
/// whole is none: anybody can have a bucket or a function there.
const OWNED: [&str; 3] = [".awsapps.com", ".awsapps.cn", ".app.aws"];
/// Where the portals of a region lie, beside those: in its domain for IPv4 and IPv6, by one of these names.
const PORTALS: [&str; 2] = ["app", "api"];

/// Reads a page that the service names for the approval, and refuses any but a known one. The refused host
/// is the error.
pub(super) fn approval_page(place: &Place, text: &str) -> Result<Url, String> {
    let Ok(url) = web_address(text) else {
        return Err(Url::parse(text).map(|url| host_of(&url)).unwrap_or_default());
    };
    let host = host_of(&url);
    let own = host == host_of(&place.start) || (place.oidc.overridden && place.oidc.is_at(&host));
    if own || is_aws(&host) { Ok(url) } else { Err(host) }
}

fn is_aws(host: &str) -> bool {
    is_portal(host) || is_device_page(host)
}

/// The portal of an instance of Identity Center, in whichever of its forms.
pub(super) fn is_portal(host: &str) -> bool {
    let owned = OWNED.iter().any(|owned| host.len() > owned.len() && host.ends_with(owned));
    owned || portal_region(host).is_some() || is_issuer(host)
}

/// The region that stands in the name of a portal: `ID.portal.REGION.app.aws` or `ID.REGION.portal.amazonaws.com`, each
/// in the domains of its partition.
pub(super) fn portal_region(host: &str) -> Option<String> {
    let (id, rest) = host.split_once('.')?;
    let (first, rest) = rest.split_once('.')?;
    let (second, domain) = rest.split_once('.')?;
    let found = match (first, second) {
        ("portal", region) if is_region(region) => {
            let (_, dual) = domains(region);
            let known = |name: &&str| domain == dual.replacen("api", name, 1);
            PORTALS.iter().any(known).then_some(region)
        }
        (region, "portal") if is_region(region) => (domain == domains(region).0).then_some(region),
        _ => None,
    };
    found.filter(|_| !id.is_empty()).map(str::to_owned)
}

/// What a start URL may be in place of a portal: the name of the instance as the issuer of its tokens.
fn is_issuer(host: &str) -> bool {
    let rest = host.strip_prefix("identitycenter.").unwrap_or_default();
    ["amazonaws.com", "us-gov.amazonaws.com", "amazonaws.com.cn", "amazonaws.eu"].contains(&rest)
}

/// `device.sso.REGION.DOMAIN`, or one of its FIPS and dual-stack kind: the page of the service itself.
fn is_device_page(host: &str) -> bool {
    let rest = host.strip_prefix("device.sso.").or_else(|| host.strip_prefix("device.sso-fips."));
    let Some((region, domain)) = rest.and_then(|rest| rest.split_once('.')) else { return false };
    let (usual, dual) = domains(region);
    is_region(region) && (domain == usual || domain == dual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hosts_that_aws_itself_answers_for_may_show_the_code() {
        for good in [
            "device.sso.eu-west-1.amazonaws.com",
            "device.sso.cn-north-1.amazonaws.com.cn",
            "device.sso-fips.us-gov-west-1.amazonaws.com",
            "device.sso.eu-west-1.api.aws",
            "device.sso.eusc-de-east-1.amazonaws.eu",
            "device.sso.eusc-de-east-1.api.amazonwebservices.eu",
            "device.sso.us-iso-east-1.c2s.ic.gov",
            "d-1234567890.awsapps.com",
            "start.us-gov-home.awsapps.com",
            "start.us-gov-west-1.us-gov-home.awsapps.com",
            "start.cn-north-1.home.awsapps.cn",
            "ssoins-1234.portal.eu-west-1.app.aws",
            "ssoins-1234.eu-west-1.portal.amazonaws.com",
            "ssoins-1234.us-gov-west-1.portal.amazonaws.com",
            "ssoins-1234.portal.cn-north-1.app.amazonwebservices.com.cn",
            "ssoins-1234.cn-north-1.portal.amazonaws.com.cn",
            "ssoins-1234.portal.eusc-de-east-1.api.amazonwebservices.eu",
            "ssoins-1234.eusc-de-east-1.portal.amazonaws.eu",
            "identitycenter.amazonaws.com",
            "identitycenter.us-gov.amazonaws.com",
            "identitycenter.amazonaws.eu",
        ] {
            assert!(is_aws(good), "{good}");
        }
        for bad in [
            "evil.test",
            "awsapps.com.evil.test",
            "evilawsapps.com",
            ".awsapps.com",
            "bucket.s3.eu-west-1.amazonaws.com",
            "device.sso.evil.test",
            "device.sso.eu-west-1.amazonaws.com.evil.test",
            "device.sso.x.s3.eu-west-1.amazonaws.com",
            "device.sso.eu-west-1.amazonaws.com.cn",
            "d-1.awsapps.com:8443",
            "x.portal.eu-west-1.amazonaws.com",
            "bucket.eu-west-1.portal.amazonaws.com.evil.test",
            "eu-west-1.portal.amazonaws.com",
            "x.portal.evil.app.amazonwebservices.eu",
            "identitycenter.evil.test",
            "x.identitycenter.amazonaws.com",
        ] {
            assert!(!is_aws(bad), "{bad}");
        }
    }

    // F291
    #[test]
    fn the_region_of_a_portal_is_read_from_its_name() {
        assert_eq!(portal_region("ssoins-1.portal.us-east-2.app.aws").as_deref(), Some("us-east-2"));
        assert_eq!(portal_region("ssoins-1.us-east-2.portal.amazonaws.com").as_deref(), Some("us-east-2"));
        assert_eq!(portal_region("acme.awsapps.com"), None);
        assert_eq!(portal_region("identitycenter.amazonaws.com"), None);
    }
}
