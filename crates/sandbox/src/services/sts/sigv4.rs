//! AWS Signature Version 4, the verifier's side (AWS General Reference, "Create a signed AWS API request").

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use sha2::{Digest, Sha256};

use crate::{http::Request, mac::hmac_sha256};

/// How far the request's time may be from ours, in seconds.
const SKEW: i64 = 15 * 60;

/// The parts of an `Authorization` header.
pub(super) struct Claim<'h> {
    pub key_id: &'h str,
    /// `DATE/REGION/SERVICE/aws4_request`
    scope: &'h str,
    signed_headers: &'h str,
    signature: &'h str,
}

impl<'h> Claim<'h> {
    /// `AWS4-HMAC-SHA256 Credential=ID/DATE/REGION/SERVICE/aws4_request, SignedHeaders=…, Signature=…`
    pub fn read(header: &'h str) -> Option<Self> {
        let fields = header.strip_prefix("AWS4-HMAC-SHA256")?;
        let field = |name: &str| fields.split(',').find_map(|f| f.trim().strip_prefix(name)?.strip_prefix('='));
        let (key_id, scope) = field("Credential")?.split_once('/')?;
        let (signed_headers, signature) = (field("SignedHeaders")?, field("Signature")?);
        Some(Self { key_id, scope, signed_headers, signature })
    }

    /// Computes the signature again; the error is the message that AWS would give.
    pub fn verify(&self, request: &Request, secret: &str, now: u64) -> Result<(), String> {
        let date = request.header("x-amz-date").unwrap_or_default();
        let signed_at = read_time(date).ok_or("Date is missing or not in ISO-8601 'basic format'")?;
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        if signed_at < now - SKEW {
            return Err(format!(
                "Signature expired: {date} is now earlier than {} ({} - 15 min.)",
                write_time(now - SKEW),
                write_time(now)
            ));
        }
        if signed_at > now + SKEW {
            return Err(format!(
                "Signature not yet current: {date} is still later than {} ({} + 15 min.)",
                write_time(now + SKEW),
                write_time(now)
            ));
        }
        let scope: Vec<&str> = self.scope.split('/').collect();
        let [day, region, service, "aws4_request"] = scope[..] else {
            return Err("Credential should be scoped to a valid region.".to_owned());
        };
        if !date.starts_with(day) || service != "sts" {
            return Err("Credential should be scoped to correct service: 'sts'.".to_owned());
        }
        let canonical = hex(&Sha256::digest(self.canonical(request)));
        let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{}\n{canonical}", self.scope);
        let mut key = format!("AWS4{secret}").into_bytes();
        for part in [day, region, service, "aws4_request"] {
            key = hmac_sha256(&key, &[part.as_bytes()]);
        }
        if hex(&hmac_sha256(&key, &[to_sign.as_bytes()])) == self.signature {
            Ok(())
        } else {
            Err("The request signature we calculated does not match the signature you provided. Check your AWS \
                 Secret Access Key and signing method. Consult the service documentation for details."
                .to_owned())
        }
    }

    fn canonical(&self, request: &Request) -> String {
        let mut query: Vec<(String, String)> =
            request.query.iter().map(|(key, value)| (encode(key), encode(value))).collect();
        query.sort();
        let query: Vec<String> = query.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
        let headers: String = self
            .signed_headers
            .split(';')
            .map(|name| {
                let value = request.header(name).unwrap_or_default();
                format!("{name}:{}\n", value.split_whitespace().collect::<Vec<_>>().join(" "))
            })
            .collect();
        let payload = hex(&Sha256::digest(&request.body));
        [&request.method, "/", &query.join("&"), &headers, self.signed_headers, &payload].join("\n")
    }
}

fn read_time(text: &str) -> Option<i64> {
    let civil = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

fn write_time(epoch: i64) -> String {
    Timestamp::from_second(epoch).unwrap_or(Timestamp::MAX).strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `example.txt` was signed by botocore 1.44 (`SigV4Auth`) with the keys `ASIAEXAMPLE`, `secret`, `token`.
    fn example(secret: &str, now: u64) -> Result<(), String> {
        let authorization = include_str!("example.txt").trim();
        let mut request = Request::new(
            "POST",
            "/",
            vec![
                ("host".to_owned(), "sts.amazonaws.com".to_owned()),
                ("x-amz-date".to_owned(), "20260102T030405Z".to_owned()),
                ("x-amz-security-token".to_owned(), "token".to_owned()),
            ],
        );
        request.body = b"Action=GetCallerIdentity&Version=2011-06-15".to_vec();
        Claim::read(authorization).map_or(Err("unread".to_owned()), |claim| claim.verify(&request, secret, now))
    }

    const SIGNED_AT: u64 = 1_767_323_045;

    #[test]
    fn a_signature_of_botocore_is_accepted() {
        assert_eq!(example("secret", SIGNED_AT), Ok(()));
    }

    #[test]
    fn a_wrong_secret_is_refused() {
        assert!(example("Secret", SIGNED_AT).is_err_and(|why| why.starts_with("The request signature")));
    }

    #[test]
    fn a_clock_that_is_sixteen_minutes_off_is_named_with_both_times() {
        let late = example("secret", SIGNED_AT + 960);
        assert!(late.is_err_and(|why| why.starts_with("Signature expired: 20260102T030405Z is now earlier than")));
        let early = example("secret", SIGNED_AT - 960);
        assert!(early.is_err_and(|why| why.starts_with("Signature not yet current")));
    }
}
