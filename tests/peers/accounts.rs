//! Our accounts of a user pool against a strict server that nobody here wrote, which checks codes and passwords.

use keyfob_core::doors::provider::{AccountError, Provider, ProviderError};
use keyfob_core::words::about::Deed;
use keyfob_core::words::question::{Answer, Filled, Question, Refusal};
use keyfob_core::words::secret::Secret;
use keyfob_core::words::session::Session;
use keyfob_providers::Cognito;
use keyfob_tests::support::person::{Reply, Scripted, real_world, types};

use crate::cognito::Pool;

const NEW: &str = "Brand-new-horse-9";
/// What this server sends, whoever asks.
const CONFIRMATION: &str = "123456";
const RESET: &str = "654321";

fn fills<const N: usize>(fields: [(&str, &str); N]) -> Reply {
    let filled = fields.into_iter().fold(Filled::default(), |filled, (key, text)| filled.with(key, Secret::new(text)));
    Box::new(move |_| Answer::Filled(filled.clone()))
}

impl Pool {
    async fn does(
        &mut self,
        deed: Deed,
        session: Option<&Session>,
        replies: Vec<Reply>,
    ) -> (Result<(), ProviderError>, Vec<Question>) {
        let person = Scripted::new(replies);
        let cx = real_world(person.clone());
        let outcome = Cognito.account(deed, &self.team, &mut self.kept, session, &cx).await;
        (outcome, person.asked())
    }

    async fn lets_in(&mut self, name: &str, password: &str) -> Session {
        let (session, _) = self.log_in(vec![types(name, password)]).await;
        session.unwrap_or_else(|error| panic!("{name}: {error:?}"))
    }
}

#[tokio::test]
async fn an_account_is_made_and_confirmed_by_the_code_alone() {
    for confidential in [false, true] {
        let mut pool = Pool::start();
        if confidential {
            let secret = pool.text("confidential_secret");
            pool = pool.confidential(&secret);
        }
        let name =
            |name, password| fills([("username", name), ("email", "zoe@acme.example"), ("new-password", password)]);
        let replies = vec![
            name("ada", NEW),
            name("zoe", "weak"),
            name("zoe", NEW),
            fills([("code", "000000")]),
            fills([("code", CONFIRMATION)]),
        ];
        let (made, asked) = pool.does(Deed::SignUp, None, replies).await;
        made.unwrap();
        let refused: Vec<bool> = asked.iter().map(|question| question.refusal.is_some()).collect();
        assert_eq!(refused, [false, true, true, false, true], "{asked:?}");
        assert_eq!(asked[1].refusal, Some(Refusal::Wrong), "the name was taken");
        assert_eq!(pool.lets_in("zoe", NEW).await.who, "zoe");
        let (again, _) =
            pool.does(Deed::Confirm, None, vec![fills([("username", "zoe")]), fills([("code", "1")])]).await;
        assert_eq!(again.unwrap_err().bare(), &AccountError::AlreadyConfirmed.into());
    }
}

#[tokio::test]
async fn an_account_that_waits_does_not_log_in() {
    let mut pool = Pool::start();
    let up = fills([("username", "yan"), ("email", "yan@acme.example"), ("new-password", NEW)]);
    let (left, _) = pool.does(Deed::SignUp, None, vec![up]).await;
    assert_eq!(left, Err(ProviderError::Cancelled));
    let (session, _) = pool.log_in(vec![types("yan", NEW)]).await;
    assert_eq!(session.unwrap_err().bare(), &ProviderError::NotConfirmed);
    let (sent, _) = pool.does(Deed::Resend, None, vec![fills([("username", "yan")])]).await;
    sent.unwrap();
    let replies = vec![fills([("username", "yan")]), fills([("code", CONFIRMATION)])];
    pool.does(Deed::Confirm, None, replies).await.0.unwrap();
    pool.lets_in("yan", NEW).await;
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_and_a_known_one_changed() {
    let mut pool = Pool::start();
    let replies = vec![
        fills([("username", "ada")]),
        fills([("code", "000000"), ("new-password", NEW)]),
        fills([("code", RESET), ("new-password", "weak")]),
        fills([("new-password", NEW)]),
    ];
    let (reset, asked) = pool.does(Deed::Forgot, None, replies).await;
    reset.unwrap();
    assert_eq!(asked.len(), 4);
    let session = pool.lets_in("ada", NEW).await;

    let change = |old, new| fills([("password", old), ("new-password", new)]);
    let replies = vec![change("wrong", "Other-horse-9"), change(NEW, "weak"), change(NEW, "Other-horse-9")];
    let (changed, asked) = pool.does(Deed::ChangePassword, Some(&session), replies).await;
    changed.unwrap();
    assert_eq!(asked[1].refusal, Some(Refusal::Wrong));
    pool.lets_in("ada", "Other-horse-9").await;
}
