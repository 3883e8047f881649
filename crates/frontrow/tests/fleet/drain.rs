//! Replicas that end, in order or not, behind the balancer.

use crate::{
    balancer::Balancer,
    database,
    replica::{Replica, free_port, status, verify},
    traffic::Traffic,
};

const SETTINGS: [&str; 4] = ["--drain-seconds", "2", "--grace-seconds", "20"];

/// Three replicas behind a balancer.
async fn fleet(database: &str) -> (Vec<Replica>, Balancer) {
    let replicas: Vec<Replica> =
        (0..3).map(|_| Replica::start(database, free_port(), &SETTINGS)).collect();
    let ports: Vec<u16> = replicas.iter().map(|replica| replica.port).collect();
    let balancer = Balancer::start(&ports);
    balancer.ready(&replicas).await;
    (replicas, balancer)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_replaced_one_after_another_fail_nobody() {
    let database = database::empty("drain").await;
    let (mut replicas, balancer) = fleet(&database).await;
    let traffic = Traffic::start(&balancer.base).await;
    traffic.pass(100).await;
    for replica in &mut replicas {
        replica.ask_to_end();
        traffic.pass(50).await;
        let status = replica.ended().await;
        assert!(status.success(), "{status}");
        traffic.pass(50).await;
        *replica = Replica::start(&database, replica.port, &SETTINGS);
        replica.ready().await;
        // The balancer sees it before the next one ends.
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        traffic.pass(50).await;
    }
    traffic.end_without_a_failure().await;
    assert_eq!(status(&database)["live"], 3, "those that ended in order are not waited for");
    verify(&database);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_are_killed_fail_nobody_and_lose_nothing() {
    let database = database::empty("kill").await;
    let (mut replicas, balancer) = fleet(&database).await;
    let traffic = Traffic::start(&balancer.base).await;
    for replica in &mut replicas {
        traffic.pass(100).await;
        replica.kill();
        traffic.pass(100).await;
        *replica = Replica::start(&database, replica.port, &SETTINGS);
        replica.ready().await;
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    }
    traffic.end_without_a_failure().await;
    verify(&database);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_hangs_and_wakes_up_fails_nobody_and_does_nothing_twice() {
    let database = database::empty("hang").await;
    let (replicas, balancer) = fleet(&database).await;
    let traffic = Traffic::start(&balancer.base).await;
    traffic.pass(100).await;
    for replica in &replicas {
        replica.signal("STOP");
    }
    // Everybody's requests hang somewhere; two wake up, and much later the third with what it had in hand.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    replicas[1].signal("CONT");
    replicas[2].signal("CONT");
    traffic.everybody_passes(3).await;
    traffic.pass(500).await;
    replicas[0].signal("CONT");
    traffic.pass(100).await;
    traffic.end_without_a_failure().await;
    verify(&database);
}
