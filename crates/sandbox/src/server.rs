//! The listening socket and its thread: a runtime of its own, so that a test may pause or block its runtime freely.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use tokio::sync::{Semaphore, oneshot};

use crate::{
    cloud::Cloud,
    front,
    http::Answer,
    wire::{Manner, Reply, Wire},
};

/// Connections served at once; further ones wait in the listen queue.
const MOST_CONNECTIONS: usize = 1_024;

/// Ends the server when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Takes the port; 0 is any free one.
pub(crate) fn listen(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

impl Server {
    /// Starts to answer; returns when the server is ready.
    pub async fn start(listener: TcpListener, cloud: Arc<Cloud>) -> io::Result<Self> {
        let (ready, is_ready) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("keyfob-sandbox".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            match runtime {
                Err(why) => drop(ready.send(Err(why))),
                Ok(runtime) => runtime.block_on(async {
                    match tokio::net::TcpListener::from_std(listener) {
                        Err(why) => drop(ready.send(Err(why))),
                        Ok(listener) => {
                            let _ = ready.send(Ok(()));
                            tokio::select! {
                                () = accept(listener, cloud) => {}
                                _ = stopped => {}
                            }
                        }
                    }
                }),
            }
        })?;
        is_ready.await.map_err(|_| io::Error::other("the sandbox's thread ended early"))??;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It panicked or it ended: either way the port is free now.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: tokio::net::TcpListener, cloud: Arc<Cloud>) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        // A connection that came to nothing, or too many open files: neither is a reason to end or to spin.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let cloud = Arc::clone(&cloud);
        tokio::spawn(async move {
            // A connection that breaks is the client's business.
            let _ = converse(Wire::new(stream), &cloud).await;
            drop(place);
        });
    }
}

async fn converse(mut wire: Wire, cloud: &Cloud) -> io::Result<()> {
    loop {
        let request = match wire.read().await {
            Ok(Some(request)) => request,
            Ok(None) => return Ok(()),
            Err(why) if why.kind() == io::ErrorKind::InvalidData => {
                let answer = Answer::new(400, "text/plain; charset=utf-8", why.to_string());
                wire.write(None, Reply { answer, manner: Manner::Plain, date: cloud.now() }).await?;
                return Ok(());
            }
            Err(why) => return Err(why),
        };
        let met = front::meet(cloud, &request);
        if !met.plan.delay.is_zero() {
            tokio::time::sleep(met.plan.delay).await;
        }
        let reply = front::answer(cloud, &request, &met);
        if !wire.write(Some(&request), reply).await? {
            return Ok(());
        }
    }
}
