//! Setting up an authenticator in the middle of a login (`MFA_SETUP`): its seed is shown once and kept nowhere.

use keyfob_core::doors::ports::Revealed;
use keyfob_core::doors::provider::{Cx, ProviderError};
use keyfob_core::words::login::Step;
use keyfob_core::words::question::{CODE, Question, Refusal};
use keyfob_core::words::secret::Secret;

use super::pool::{Challenge, Pool, Reply};
use super::refusal;
use super::typed::Typed;
use crate::asking;
use crate::wire::{Failure, unexpected};

/// How often a person is asked for the same thing, should the server never say that it is enough.
const MOST_ASKS: u32 = 10;
/// As which the pool lists the authenticator.
const DEVICE: &str = "Keyfob";

pub(super) async fn authenticator(
    pool: &Pool,
    challenge: &Challenge,
    user: &str,
    typed: &mut Typed,
    cx: &Cx,
) -> Result<Reply, ProviderError> {
    let (seed, session) = associate(pool, challenge, cx).await?;
    let place = typed.next(0);
    let shown = Revealed { text: grouped(&seed), uri: address(&pool.team, &place.who, &seed) };
    let mut wrong = false;
    for _ in 0..MOST_ASKS {
        let question = Question::setup().at(Some(place.clone())).refused(wrong.then_some(Refusal::Wrong));
        let refused = wrong.then_some(ProviderError::WrongCode);
        let code = asking::fill_in_showing(question, shown.clone(), refused, cx).await?.take(CODE);
        // People copy codes with the spaces they are shown with.
        let code = Secret::new(code.expose().split_whitespace().collect::<String>());
        cx.person.show(&Step::Checking);
        match verify(pool, &session, &code, cx).await {
            Ok(session) => {
                let proved = Challenge { session: Some(session), ..challenge.clone() };
                let done = pool.respond(&proved, user, &[], cx).await;
                return done.map_err(|failure| refusal::of_login(failure, pool));
            }
            Err(failure) => match refusal::of_login(failure, pool) {
                ProviderError::WrongCode => wrong = true,
                error => return Err(error),
            },
        }
    }
    Err(ProviderError::WrongCode)
}

/// `AssociateSoftwareToken`: the seed, and the session to prove it in.
async fn associate(pool: &Pool, challenge: &Challenge, cx: &Cx) -> Result<(Secret, String), ProviderError> {
    let sent = pool.client.associate_software_token().set_session(challenge.session.clone()).send().await;
    let answer = sent.map_err(|error| refusal::of_login(pool.failure(&error, cx), pool))?;
    match (answer.secret_code.map(Secret::new), answer.session) {
        (Some(seed), Some(session)) if is_base32(seed.expose()) => Ok((seed, session)),
        _ => Err(unexpected(&pool.endpoint.host, "it gave no seed for an authenticator")),
    }
}

/// `VerifySoftwareToken`: the session that answers the challenge, once the code was right.
async fn verify(pool: &Pool, session: &str, code: &Secret, cx: &Cx) -> Result<String, Failure> {
    let sent = pool
        .client
        .verify_software_token()
        .session(session)
        .user_code(code.expose())
        .friendly_device_name(DEVICE)
        .send()
        .await;
    let answer = sent.map_err(|error| pool.failure(&error, cx))?;
    // `Status` is SUCCESS or ERROR; only one of them comes with a session to go on in.
    match (answer.status.as_ref().map(|status| status.as_str()), answer.session) {
        (Some("SUCCESS"), Some(session)) => Ok(session),
        (Some("ERROR"), _) => Err(Failure::Failed(ProviderError::WrongCode)),
        _ => Err(Failure::Failed(unexpected(&pool.endpoint.host, "it does not say whether the code was right"))),
    }
}

/// In groups of four, so that it can be typed without losing the place.
fn grouped(seed: &Secret) -> Secret {
    let letters: Vec<char> = seed.expose().chars().collect();
    Secret::new(letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" "))
}

/// Google Authenticator's key URI format. SHA-1, six digits and thirty seconds are what it stands for untold.
fn address(team: &str, user: &str, seed: &Secret) -> Secret {
    let issuer = escaped(&format!("Keyfob {team}"));
    Secret::new(format!("otpauth://totp/{issuer}:{}?secret={}&issuer={issuer}", escaped(user), seed.expose()))
}

/// Percent-encoding of all that is not unreserved (RFC 3986 §2.3).
fn escaped(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(one).collect()
}

/// RFC 4648 §6.
fn is_base32(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7' | b'='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_shown_in_groups_and_as_an_address_that_names_team_and_person() {
        let seed = Secret::new("JBSWY3DPEHPK3PXPAB");
        assert_eq!(grouped(&seed).expose(), "JBSW Y3DP EHPK 3PXP AB");
        assert_eq!(
            address("acme prod", "ann+1@acme.example", &seed).expose(),
            "otpauth://totp/Keyfob%20acme%20prod:ann%2B1%40acme.example?secret=JBSWY3DPEHPK3PXPAB&issuer=Keyfob%20acme%20prod"
        );
    }

    #[test]
    fn what_is_no_seed_is_not_taken_for_one() {
        assert!(is_base32("JBSWY3DP") && !is_base32("") && !is_base32("a&b") && !is_base32("0189"));
    }
}
