//! PostgreSQL goes away and comes back while fans hold places: they wait, and nothing else happens to them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use tokio::net::{TcpListener, TcpStream};

use crate::{
    balancer::Balancer,
    database,
    postgres::Server,
    replica::{Replica, free_port, verify},
    traffic::Traffic,
};

/// How long it is away: as long as a restart or a failover of a small server takes.
const AWAY: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_restarts_or_crashes_fails_nobody_and_loses_nothing() {
    let mut server = Server::start();
    let database = database::create(&server.url(), "outage").await;
    let replicas: Vec<Replica> =
        (0..2).map(|_| Replica::start(&database, free_port(), &[])).collect();
    let balancer = Balancer::start(&[replicas[0].port, replicas[1].port]);
    balancer.ready(&replicas).await;
    let traffic = Traffic::start(&balancer.base).await;
    // As an operator restarts it, and as the machine under it dies.
    for signal in ["INT", "QUIT", "INT"] {
        traffic.pass(200).await;
        server.stop(signal);
        tokio::time::sleep(AWAY).await;
        server.run();
        traffic.pass(200).await;
    }
    traffic.end_without_a_failure().await;
    verify(&database);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failover_to_a_synchronous_standby_fails_nobody_and_loses_nothing() {
    let mut primary = Server::start();
    let mut standby = primary.standby();
    primary.wait_for_standby();
    // What was acknowledged is on both from now on.
    database::execute(&primary.url(), "ALTER SYSTEM SET synchronous_standby_names = '*'").await;
    database::execute(&primary.url(), "SELECT pg_reload_conf()").await;
    let address = Address::of(primary.port).await;
    let database = database::create(&address.url(), "failover").await;
    let replicas: Vec<Replica> =
        (0..2).map(|_| Replica::start(&database, free_port(), &[])).collect();
    let balancer = Balancer::start(&[replicas[0].port, replicas[1].port]);
    balancer.ready(&replicas).await;
    let traffic = Traffic::start(&balancer.base).await;
    traffic.pass(200).await;
    // The machine of the primary dies.
    primary.stop("QUIT");
    standby.promote();
    address.leads_to(standby.port);
    traffic.pass(200).await;
    traffic.end_without_a_failure().await;
    verify(&database);
    drop(standby);
}

/// An address that leads to whoever is the primary, as a virtual address or a proxy does.
struct Address {
    port: u16,
    target: Arc<AtomicU16>,
}

impl Address {
    async fn of(primary: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let target = Arc::new(AtomicU16::new(primary));
        let leads_to = Arc::clone(&target);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let port = leads_to.load(Ordering::Relaxed);
                tokio::spawn(async move {
                    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else {
                        return;
                    };
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        Self { port, target }
    }

    fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn leads_to(&self, port: u16) {
        self.target.store(port, Ordering::Relaxed);
    }
}
