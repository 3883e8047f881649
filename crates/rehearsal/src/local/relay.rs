//! Somebody between replicas and database, as a virtual address is: it can be told to dawdle, and to lead to another server.

use std::sync::{
    Arc,
    atomic::{AtomicU16, AtomicU64, Ordering},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::{AbortHandle, JoinSet},
    time::{Duration, sleep},
};

use super::SetError;

/// Passes on what replicas and database say to each other.
#[derive(Debug)]
pub(super) struct Relay {
    port: u16,
    server: Arc<AtomicU16>,
    delay_ms: Arc<AtomicU64>,
    task: AbortHandle,
}

impl Relay {
    /// In front of a server of this machine.
    pub(super) async fn start(server: u16) -> Result<Self, SetError> {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.map_err(SetError::io("no port is free"))?;
        let port = listener.local_addr().map_err(SetError::io("no port is free"))?.port();
        let delay_ms = Arc::new(AtomicU64::new(0));
        let server = Arc::new(AtomicU16::new(server));
        let (leads_to, delay) = (Arc::clone(&server), Arc::clone(&delay_ms));
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let delay = Arc::clone(&delay);
                let server = leads_to.load(Ordering::Relaxed);
                connections.spawn(async move { pass(client, server, &delay).await });
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self { port, server, delay_ms, task: task.abort_handle() })
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// New connections lead to this server from now on.
    pub(super) fn leads_to(&self, server: u16) {
        self.server.store(server, Ordering::Relaxed);
    }

    /// From now on every message waits so long.
    pub(super) fn delay(&self, delay: Duration) {
        let ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.delay_ms.store(ms, Ordering::Relaxed);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(client: TcpStream, server: u16, delay_ms: &AtomicU64) {
    // A connection that cannot be made is closed, as a server that is down would.
    let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await else { return };
    client.set_nodelay(true).ok();
    server.set_nodelay(true).ok();
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = one_way(from_client, to_server, delay_ms) => {}
        () = one_way(from_server, to_client, delay_ms) => {}
    }
}

async fn one_way(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay_ms: &AtomicU64) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        let delay = delay_ms.load(Ordering::Relaxed);
        if delay > 0 {
            sleep(Duration::from_millis(delay)).await;
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
