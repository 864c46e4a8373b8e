//! Proofs of possession, the verifier's side (RFC 9449 section 4.3).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;

use crate::http::Request;

/// How far the moment of a proof may be from ours, in seconds.
const SKEW: u64 = 300;

/// The key that proves this request, as one text; the error is what is wrong with the proof.
pub(super) fn key_of(request: &Request, url: &str, now: u64) -> Result<String, &'static str> {
    let proof = request.header("dpop").ok_or("a DPoP proof is missing")?;
    let mut parts = proof.splitn(3, '.');
    let (Some(head), Some(claims), Some(signature)) = (parts.next(), parts.next(), parts.next()) else {
        return Err("the DPoP proof is no JWS");
    };
    let read = |part: &str| -> Option<Value> { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok() };
    let (header, told) = (read(head).ok_or("its header is no JSON")?, read(claims).ok_or("its claims are no JSON")?);
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    if text(&header, "typ") != "dpop+jwt" || text(&header, "alg") != "ES256" {
        return Err("it is of another type or algorithm");
    }
    let jwk = header.get("jwk").ok_or("it has no key")?;
    if text(jwk, "kty") != "EC" || text(jwk, "crv") != "P-256" || jwk.get("d").is_some() {
        return Err("its key is no public one of P-256");
    }
    let coordinate = |name: &str| -> Option<[u8; 32]> { URL_SAFE_NO_PAD.decode(text(jwk, name)).ok()?.try_into().ok() };
    let (x, y) = coordinate("x").zip(coordinate("y")).ok_or("its key is not whole")?;
    // The point as it is (SEC 1 section 2.3.3); one that is not on the curve verifies nothing.
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, [&[4], &x[..], &y[..]].concat());
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "its signature is none")?;
    key.verify(format!("{head}.{claims}").as_bytes(), &signature).map_err(|_| "its signature is wrong")?;
    let moment = told.get("iat").and_then(Value::as_u64).ok_or("it names no moment")?;
    if text(&told, "htm") != request.method || text(&told, "htu") != url || text(&told, "jti").is_empty() {
        return Err("it is of another request");
    }
    if moment.abs_diff(now) > SKEW {
        return Err("it is of another time");
    }
    Ok(format!("{}.{}", text(jwk, "x"), text(jwk, "y")))
}
