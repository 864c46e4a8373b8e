//! The demo cloud: one company with one portal and one user pool, and a crowded variant for tests of paging.

use crate::setup::{
    Account, Flow, IamUser, Idp, IdpClient, Mfa, Pool, PoolClient, PoolUser, Portal, PortalUser, Rotation, Setup,
    Status, Trust,
};

/// Pool of [`Setup::demo`].
pub const DEMO_POOL: &str = "eu-west-1_DemoPool1";
/// Client that allows `USER_SRP_AUTH` only.
pub const SRP_CLIENT: &str = "demosrpclient0000000000001";
/// Client that allows `USER_PASSWORD_AUTH` only.
pub const PASSWORD_CLIENT: &str = "demopasswordclient00000002";
/// Client with the secret [`CLIENT_SECRET`]; allows both flows.
pub const SECRET_CLIENT: &str = "demosecretclient0000000003";
pub const CLIENT_SECRET: &str = "demo0secret0demo0secret0demo0secret0demo0secret0demo";
/// Client with strict refresh-token rotation.
pub const ROTATING_CLIENT: &str = "demorotatingclient00000004";
/// Public client of the OpenID provider under `/idp`; [`SECRET_CLIENT`] is one with a secret there too.
pub const IDP_CLIENT: &str = "keyfob";
/// Password of every demo user of the pool.
pub const DEMO_PASSWORD: &str = "Correct-Horse-7";
/// TOTP secret of `tom` and `sel`.
pub const TOTP_SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// Access keys of the IAM users `kim`, who has the MFA device [`KIM_MFA`] with [`TOTP_SECRET`], and `bot`, who has none.
pub const KIM_KEY: &str = "AKIADEMO0KIM00000001";
pub const BOT_KEY: &str = "AKIADEMO0BOT00000001";
/// The secret of either key.
pub const KEY_SECRET: &str = "demo/secret+demo/secret+demo/secret+demo";
pub const KIM_MFA: &str = "arn:aws:iam::111111111111:mfa/kim";

impl Setup {
    /// - Portal `{url}/start`: users `alice` (everything) and `bob` (staging only), accounts `acme-prod`,
    ///   `acme-staging`, `acme-sandbox`.
    /// - Pool [`DEMO_POOL`]: clients [`SRP_CLIENT`], [`PASSWORD_CLIENT`], [`SECRET_CLIENT`], [`ROTATING_CLIENT`]; users
    ///   `ann` (plain), `tom` (TOTP), `sam` (SMS), `eve` (e-mail), `new` (must choose a password), `sel` (chooses
    ///   between TOTP and SMS), `unc` (unconfirmed), `res` (reset required),
    ///   `set` (must set up an authenticator), all with [`DEMO_PASSWORD`].
    /// - OpenID provider `{url}/idp`: client [`IDP_CLIENT`], user `ada`, strict rotation.
    /// - IAM users `kim` ([`KIM_KEY`], with MFA) and `bot` ([`BOT_KEY`]) in `acme-prod`.
    pub fn demo() -> Self {
        let (portals, pools) = (vec![demo_portal()], vec![demo_pool()]);
        Self { portals, pools, idp: demo_idp(), users: demo_users(), ..Self::default() }
    }

    /// The demo with `accounts` accounts of `roles` roles each in place of the three.
    pub fn crowded(accounts: usize, roles: usize) -> Self {
        let mut setup = Self::demo();
        for portal in &mut setup.portals {
            portal.accounts = (0..accounts)
                .map(|i| Account {
                    id: format!("{:012}", 100_000_000_000 + i as u64),
                    name: format!("crowd-{i:04}"),
                    email: format!("crowd-{i:04}@acme.example"),
                    roles: (0..roles).map(|r| format!("Role{r:03}")).collect(),
                    ..Account::default()
                })
                .collect();
        }
        setup
    }
}

fn demo_portal() -> Portal {
    let account = |id: &str, name: &str, roles: &[&str], assumable: &[&str]| Account {
        id: id.to_owned(),
        name: name.to_owned(),
        email: format!("aws+{name}@acme.example"),
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        assumable: assumable.iter().map(|r| (*r).to_owned()).collect(),
        ..Account::default()
    };
    Portal {
        start_url: "{url}/start".to_owned(),
        users: vec![
            PortalUser { name: "alice".to_owned(), email: "alice@acme.example".to_owned(), only: None },
            PortalUser {
                name: "bob".to_owned(),
                email: "bob@acme.example".to_owned(),
                only: Some([("222222222222".to_owned(), vec!["Developer".to_owned()])].into()),
            },
        ],
        accounts: vec![
            account("111111111111", "acme-prod", &["AdministratorAccess", "ReadOnly"], &["Deploy"]),
            account("222222222222", "acme-staging", &["AdministratorAccess", "Developer", "ReadOnly"], &["Deploy"]),
            Account {
                trust: [("Guarded".to_owned(), guarded()), ("Federated".to_owned(), federated())].into(),
                ..account(
                    "333333333333",
                    "acme-sandbox",
                    &["AdministratorAccess", "Developer"],
                    &["Guarded", "Federated"],
                )
            },
        ],
    }
}

fn demo_idp() -> Idp {
    let client = |id: &str, secret: Option<&str>| IdpClient { id: id.to_owned(), secret: secret.map(str::to_owned) };
    Idp {
        clients: vec![client(IDP_CLIENT, None), client(SECRET_CLIENT, Some(CLIENT_SECRET))],
        users: vec![PortalUser { name: "ada".to_owned(), email: "ada@acme.example".to_owned(), only: None }],
        rotation: Rotation::Strict,
    }
}

/// A role that asks for everything that a trust policy can.
fn guarded() -> Trust {
    Trust {
        external_id: Some("acme-4711".to_owned()),
        tags: [("team".to_owned(), "web".to_owned())].into(),
        source_identity: Some("alice".to_owned()),
        longest: Some(1_800),
        only: vec!["arn:aws:sts::".to_owned()],
        issuer: None,
    }
}

/// A role for the ID tokens of one issuer.
fn federated() -> Trust {
    Trust { issuer: Some("https://idp.acme.example".to_owned()), ..Trust::default() }
}

fn demo_users() -> Vec<IamUser> {
    let user = |name: &str, key: &str| IamUser {
        account: "111111111111".to_owned(),
        name: name.to_owned(),
        key_id: key.to_owned(),
        secret: KEY_SECRET.to_owned(),
        ..IamUser::default()
    };
    let kim = IamUser { mfa_serial: KIM_MFA.to_owned(), mfa_seed: TOTP_SECRET.to_owned(), ..user("kim", KIM_KEY) };
    vec![kim, user("bot", BOT_KEY)]
}

fn demo_pool() -> Pool {
    let client = |id: &str, flows: &[Flow], secret: Option<&str>, rotation| PoolClient {
        id: id.to_owned(),
        secret: secret.map(str::to_owned),
        flows: flows.to_vec(),
        rotation,
        reveals_users: false,
    };
    let user = |name: &str, status, mfa: &[Mfa]| PoolUser {
        name: name.to_owned(),
        email: format!("{name}@acme.example"),
        phone: Some("+15555550142".to_owned()),
        password: DEMO_PASSWORD.to_owned(),
        status,
        mfa: mfa.to_vec(),
        must_set_up: false,
    };
    let set = PoolUser { must_set_up: true, ..user("set", Status::Confirmed, &[]) };
    let totp = Mfa::Totp { secret: TOTP_SECRET.to_owned() };
    Pool {
        id: DEMO_POOL.to_owned(),
        closed: false,
        clients: vec![
            client(SRP_CLIENT, &[Flow::Srp], None, Rotation::Off),
            client(PASSWORD_CLIENT, &[Flow::Password], None, Rotation::Off),
            client(SECRET_CLIENT, &[Flow::Srp, Flow::Password], Some(CLIENT_SECRET), Rotation::Off),
            client(ROTATING_CLIENT, &[Flow::Srp], None, Rotation::Strict),
        ],
        users: vec![
            user("ann", Status::Confirmed, &[]),
            user("tom", Status::Confirmed, std::slice::from_ref(&totp)),
            user("sam", Status::Confirmed, &[Mfa::Sms]),
            user("eve", Status::Confirmed, &[Mfa::Email]),
            user("new", Status::NewPassword, &[]),
            user("sel", Status::Confirmed, &[totp.clone(), Mfa::Sms]),
            user("unc", Status::Unconfirmed, &[]),
            user("res", Status::ResetRequired, &[]),
            set,
        ],
    }
}
