//! The handle that programs and tests hold: start, script, look.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use crate::{
    cloud::Cloud,
    decide::{self, CodeError, Expire},
    faults::Fault,
    log::Seen,
    operation::Operation,
    server::{self, Server},
    services,
    setup::Setup,
    world::World,
};

/// A running sandbox; it ends, and its port is free again, when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    cloud: Arc<Cloud>,
    address: SocketAddr,
    url: String,
    _server: Server,
}

impl Sandbox {
    /// Listens on 127.0.0.1 and answers from a thread of its own. Fails when the port is taken.
    pub async fn start(setup: Setup) -> io::Result<Self> {
        let (listener, address) = server::listen(setup.port)?;
        let url = format!("http://{address}");
        let cloud = Arc::new(Cloud::new(World::new(setup, url.clone())));
        let server = Server::start(listener, Arc::clone(&cloud)).await?;
        Ok(Self { cloud, address, url, _server: server })
    }

    /// `http://127.0.0.1:PORT`, the endpoint of every service.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The start URL of the first portal; empty without one.
    pub fn start_url(&self) -> String {
        self.cloud.with(|world| world.setup.portals.first().map(|p| world.start_url(p)).unwrap_or_default())
    }

    /// The sandbox's time since the Unix epoch.
    pub fn now(&self) -> Duration {
        self.cloud.now()
    }

    /// Puts the sandbox ahead of its clock (or, negative, back) by so many more seconds.
    pub fn shift(&self, seconds: i64) {
        self.cloud.shift(seconds);
    }

    /// Changes the setup while it runs: take a role away, shorten a lifetime, switch rotation.
    pub fn change(&self, change: impl FnOnce(&mut Setup)) {
        self.cloud.with(|world| change(&mut world.setup));
    }

    /// Approves a code as the portal's first user.
    pub fn approve(&self, user_code: &str) -> Result<(), CodeError> {
        self.cloud.with(|world| decide::approve(world, user_code, None))
    }

    /// Approves a code as `user`.
    pub fn approve_as(&self, user_code: &str, user: &str) -> Result<(), CodeError> {
        self.cloud.with(|world| decide::approve(world, user_code, Some(user)))
    }

    /// Refuses a code: the next poll gets `access_denied`.
    pub fn refuse(&self, user_code: &str) -> Result<(), CodeError> {
        self.cloud.with(|world| decide::refuse(world, user_code))
    }

    /// Approves the newest open code; when there is none, the next one as soon as it is issued.
    pub fn approve_next(&self) -> Result<(), CodeError> {
        self.cloud.with(decide::approve_next)
    }

    /// Codes that wait for a person, oldest first.
    pub fn pending(&self) -> Vec<String> {
        self.cloud.with(|world| decide::pending(world))
    }

    /// The queue of things that shall go wrong.
    pub fn faults(&self) -> FaultQueue<'_> {
        FaultQueue(&self.cloud)
    }

    /// All requests so far, oldest first, without those to the control surface. Bounded: the oldest are forgotten.
    pub fn log(&self) -> Vec<Seen> {
        self.cloud.log().entries()
    }

    pub fn clear_log(&self) {
        self.cloud.log().clear();
    }

    /// How many requests of this kind the log holds.
    pub fn count(&self, operation: Operation) -> usize {
        self.log().iter().filter(|seen| seen.operation == operation).count()
    }

    /// The last SMS or e-mail code that was "sent" to this pool user.
    pub fn last_code(&self, user: &str) -> Option<String> {
        self.cloud.with(|world| services::last_code(world, user))
    }

    /// The code that this pool user's authenticator shows now.
    pub fn totp(&self, user: &str) -> Option<String> {
        self.cloud.with(|world| services::shown_code(world, user))
    }

    /// Ends everything of one kind now.
    pub fn expire(&self, what: Expire) {
        self.cloud.with(|world| decide::expire(world, what));
    }

    /// Portal sessions and Cognito refresh tokens are over.
    pub fn expire_sessions(&self) {
        self.expire(Expire::Sessions);
    }

    /// All OIDC client registrations have expired.
    pub fn forget_clients(&self) {
        self.expire(Expire::Registrations);
    }

    /// Ends every session, refresh token and AWS key of the portal or pool user `who`; returns how many there were.
    pub fn revoke_everything(&self, who: &str) -> usize {
        self.cloud.with(|world| decide::revoke_everything(world, who))
    }
}

/// Adds and removes faults; a borrowed view of the sandbox.
#[derive(Clone, Copy, Debug)]
pub struct FaultQueue<'s>(&'s Cloud);

impl FaultQueue<'_> {
    pub fn add(&self, fault: Fault) {
        self.0.faults().push(fault);
    }

    pub fn clear(&self) {
        self.0.faults().clear();
    }

    /// Faults that nobody met yet.
    pub fn waiting(&self) -> usize {
        self.0.faults().waiting()
    }
}
