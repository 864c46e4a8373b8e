//! Which page a person may be sent to with a code: AWS's own, the team's own, nobody else's (threat T07).

use url::Url;

use super::Place;
use crate::settings::{host_of, web_address};

/// Domains in which only AWS and what AWS hosts for its customers' sign-in can answer. `amazonaws.com` as a
/// whole is none: anybody can have a bucket or a function there.
const OWNED: [&str; 3] = [".awsapps.com", ".awsapps.cn", ".app.aws"];

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
    OWNED.iter().any(|owned| host.len() > owned.len() && host.ends_with(owned)) || is_device_page(host)
}

/// `device.sso.<region>.amazonaws.com`, in China with `.cn`, or one of its FIPS and dual-stack kind: the page of the
/// service itself.
fn is_device_page(host: &str) -> bool {
    let region = [".amazonaws.com.cn", ".amazonaws.com", ".api.aws"]
        .iter()
        .find_map(|suffix| host.strip_suffix(suffix))
        .and_then(|rest| rest.strip_prefix("device.sso.").or_else(|| rest.strip_prefix("device.sso-fips.")));
    region.is_some_and(crate::settings::is_region)
}

#[cfg(test)]
mod tests {
    use super::is_aws;

    #[test]
    fn only_hosts_that_aws_itself_answers_for_may_show_the_code() {
        for good in [
            "device.sso.eu-west-1.amazonaws.com",
            "device.sso.cn-north-1.amazonaws.com.cn",
            "device.sso-fips.us-gov-west-1.amazonaws.com",
            "device.sso.eu-west-1.api.aws",
            "d-1234567890.awsapps.com",
            "start.us-gov-west-1.us-gov-home.awsapps.com",
            "ssoins-1234.portal.eu-west-1.app.aws",
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
            "d-1.awsapps.com:8443",
        ] {
            assert!(!is_aws(bad), "{bad}");
        }
    }
}
