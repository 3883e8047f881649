//! One process takes over from another on one machine, without a balancer.

use std::{net::TcpListener, os::fd::OwnedFd, process::Command, time::Duration};

use crate::{
    database,
    replica::{CURRENT, Replica, free_port, status_of, verify, verify_of},
    traffic::Traffic,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_process_on_the_same_port_takes_over_without_a_refused_connection() {
    let database = database::empty("same_port").await;
    let shop = ["--database-url", &database];
    takes_over(&shop).await;
    verify(&database);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_too() {
    let data = tempfile::tempdir().unwrap();
    let shop = ["--data", data.path().to_str().unwrap()];
    takes_over(&shop).await;
    verify_of(&shop);
}

async fn takes_over(shop: &[&str]) {
    let port = free_port();
    let start = || {
        let mut command = Command::new(CURRENT);
        command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]).args(shop);
        command.args(["--reuse-port", "true", "--drain-seconds", "1"]);
        let data = tempfile::tempdir().unwrap();
        command.current_dir(data.path());
        Replica::run(command, port, data)
    };
    let mut serving = start();
    serving.ready().await;
    let traffic = Traffic::knocking(&serving.base).await;
    for _ in 0..3 {
        traffic.pass(100).await;
        let next = start();
        // Both serve; only the fleet knows them apart.
        while status_of(shop)["live"] != 2 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        traffic.pass(100).await;
        serving.ask_to_end();
        traffic.pass(100).await;
        let ended = serving.ended().await;
        assert!(ended.success(), "{ended}");
        serving = next;
    }
    traffic.pass(100).await;
    traffic.end_without_a_failure().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_that_a_supervisor_holds_is_never_closed() {
    let database = database::empty("handed_over").await;
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut serving = handed_over(&database, &socket);
    serving.ready().await;
    let traffic = Traffic::knocking(&serving.base).await;
    for _ in 0..3 {
        traffic.pass(100).await;
        serving.ask_to_end();
        let ended = serving.ended().await;
        assert!(ended.success(), "{ended}");
        // Nobody serves now; whoever comes waits in the socket.
        serving = handed_over(&database, &socket);
    }
    traffic.pass(100).await;
    traffic.end_without_a_failure().await;
    verify(&database);
}

/// What systemd does: the socket as descriptor 3, and two variables that say so.
fn handed_over(database: &str, socket: &TcpListener) -> Replica {
    const BECOME: &str =
        "exec 3<&0 </dev/null; export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$0\" \"$@\"";
    let data = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", BECOME, CURRENT, "serve", "--drain-seconds", "0"]);
    command.args(["--database-url", database, "--data"]).arg(data.path());
    command.stdin(OwnedFd::from(socket.try_clone().unwrap()));
    Replica::run(command, socket.local_addr().unwrap().port(), data)
}
