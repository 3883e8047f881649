//! The build before this one and this one on the same database, at the same time, under fans.

use std::{process::Command, time::Duration};

use crate::{
    balancer::Balancer,
    database,
    replica::{CURRENT, Replica, free_port, status, verify},
    traffic::Traffic,
};

/// What both builds know.
const SETTINGS: [&str; 4] =
    ["--secret", "rehearsal-0123456789abcdef0123456789abcdef", "--grace-seconds", "20"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the build before this one: cargo xtask upgrade-drill"]
async fn builds_are_replaced_forth_and_back_under_fans() {
    let previous = previous();
    let database = database::empty("upgrade").await;
    let mut replicas: Vec<Replica> = (0..3)
        .map(|_| Replica::start_build(&previous, &database, free_port(), &SETTINGS))
        .collect();
    let ports: Vec<u16> = replicas.iter().map(|replica| replica.port).collect();
    let balancer = Balancer::start(&ports);
    balancer.ready(&replicas).await;
    let traffic = Traffic::start(&balancer.base).await;
    traffic.pass(300).await;

    // What is added to the tables disturbs nobody.
    let migrated = Command::new(CURRENT)
        .args(["migrate", "--database-url", &database])
        .args(SETTINGS)
        .arg("--data")
        .arg(tempfile::tempdir().unwrap().path())
        .status();
    assert!(migrated.unwrap().success());
    traffic.pass(300).await;

    // Forth one by one, the first one back, forth again: every mixture has served.
    let steps = [(0, CURRENT), (1, CURRENT), (0, &previous), (0, CURRENT), (2, CURRENT)];
    for (number, build) in steps {
        let replica = &mut replicas[number];
        replica.ask_to_end();
        let ended = replica.ended().await;
        assert!(ended.success(), "{ended}");
        *replica = Replica::start_build(build, &database, replica.port, &SETTINGS);
        replica.ready().await;
        // The balancer has seen it before the next one ends.
        tokio::time::sleep(Duration::from_secs(2)).await;
        traffic.pass(300).await;
    }
    let answered = traffic.end_without_a_failure().await;
    println!("{answered} requests, none failed");
    let fleet = status(&database);
    assert_eq!(fleet["live"], 3, "{fleet:#}");
    verify(&database);
}

#[expect(clippy::disallowed_methods, reason = "tests are told which build came before")]
fn previous() -> String {
    std::env::var("TEST_PREVIOUS_FRONTROW").expect(
        "TEST_PREVIOUS_FRONTROW is the binary of the build before this one; `cargo xtask upgrade-drill` makes it",
    )
}
