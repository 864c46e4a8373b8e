//! The partitions of AWS: the domains in which the services of a region answer (botocore, partitions.json).

/// How the names of a partition's regions begin, and the domains of its services: the usual one, and the one for IPv4 and
/// IPv6 alike. The first whose beginning fits counts, and the last one fits all.
const PARTITIONS: [(&str, &str, &str); 7] = [
    ("cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    ("eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
    ("us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
    ("eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    ("us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    ("", "amazonaws.com", "api.aws"),
];

/// The usual domain of a region's services.
pub(crate) fn domain(region: &str) -> &'static str {
    domains(region).0
}

/// Both domains of a region's services.
pub(crate) fn domains(region: &str) -> (&'static str, &'static str) {
    let found = PARTITIONS.iter().find(|(start, ..)| region.starts_with(start));
    found.map_or(("amazonaws.com", "api.aws"), |(_, usual, dual)| (usual, dual))
}

#[cfg(test)]
mod tests {
    use super::*;

    // F290
    #[test]
    fn each_region_has_the_domains_of_its_partition() {
        for (region, usual, dual) in [
            ("eu-west-1", "amazonaws.com", "api.aws"),
            ("us-gov-west-1", "amazonaws.com", "api.aws"),
            ("cn-north-1", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
            ("eusc-de-east-1", "amazonaws.eu", "api.amazonwebservices.eu"),
            ("us-iso-east-1", "c2s.ic.gov", "api.aws.ic.gov"),
            ("us-isob-east-1", "sc2s.sgov.gov", "api.aws.scloud"),
            ("us-isof-south-1", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
            ("eu-isoe-west-1", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
        ] {
            assert_eq!(domains(region), (usual, dual), "{region}");
        }
    }
}
