//! Replicas that share nothing but the database are one shop.

use std::{process::Command, time::Duration};

use reqwest::{Client, StatusCode, header::HeaderValue, redirect::Policy};
use serde_json::Value;

use crate::{
    database,
    replica::{CURRENT, Replica, free_port, status, verify},
    traffic::{Traffic, performance},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_start_at_once_on_an_empty_database_are_one_shop() {
    let database = database::empty("identical").await;
    let replicas: Vec<Replica> =
        (0..3).map(|_| Replica::start(&database, free_port(), &["--drain-seconds", "0"])).collect();
    let mut events = Vec::new();
    for replica in &replicas {
        replica.ready().await;
        let url = format!("{}/api/v1/events", replica.base);
        events.push(reqwest::get(url).await.unwrap().text().await.unwrap());
    }
    assert!(events.windows(2).all(|pair| pair[0] == pair[1]), "{events:?}");
    let first: Value = serde_json::from_str(&events[0]).unwrap();
    assert_eq!(first["items"].as_array().unwrap().len(), 4, "{first}");

    let fleet = status(&database);
    assert_eq!((&fleet["live"], &fleet["one_secret"]), (&3.into(), &true.into()), "{fleet}");

    a_fan_who_meets_another_replica_each_time_notices_nothing(&replicas).await;
    verify(&database);
}

/// Whoever serves only reads and writes rows; tables are `frontrow migrate`'s business.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_needs_no_right_to_change_tables() {
    let database = database::empty("rights").await;
    let data = tempfile::tempdir().unwrap();
    let migrate = Command::new(CURRENT)
        .args(["migrate", "--database-url", &database, "--data"])
        .arg(data.path())
        .status();
    assert!(migrate.unwrap().success());
    let shop = database::with_rows_only(&database, "fleet_rows_only").await;
    let replica = Replica::start(&shop, free_port(), &["--drain-seconds", "0"]);
    replica.ready().await;
    let traffic = Traffic::start(&replica.base).await;
    traffic.pass(50).await;
    traffic.end_without_a_failure().await;

    // On tables that are not there yet it says what to do.
    let empty = database::empty("rights_empty").await;
    let refused = Command::new(CURRENT)
        .args(["serve", "--migrate", "false", "--database-url", &empty, "--data"])
        .arg(data.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("frontrow migrate"), "{said}");
}

/// A replica that can read less than the others holds back what it could not read, until it is gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_wait_until_every_live_replica_can_read_them() {
    let database = database::empty("gate").await;
    let replica = Replica::start(&database, free_port(), &["--drain-seconds", "0"]);
    replica.ready().await;
    let traffic = Traffic::start(&replica.base).await;
    traffic.pass(50).await;
    // It can read nothing at all, so nothing is written.
    database::execute(
        &database,
        "INSERT INTO replicas SELECT gen_random_uuid(), 'ancient', roles, address, state, 0, \
         secret_print, streams, started_at, seen_at + 1000000 FROM replicas",
    )
    .await;
    // Its word reaches the other one within some seconds, and then holds wait.
    let mut waits = false;
    for _ in 0..50 {
        let before = traffic.answered();
        tokio::time::sleep(Duration::from_millis(300)).await;
        waits = traffic.answered() == before;
        if waits {
            break;
        }
    }
    assert!(waits, "what one replica cannot read is written");
    assert_eq!(status(&database)["writable_version"], 0);
    database::execute(&database, "DELETE FROM replicas WHERE knows = 0").await;
    traffic.pass(50).await;
    traffic.end_without_a_failure().await;
    assert_eq!(status(&database)["writable_version"], frontrow_ledger::RECORDS);
    verify(&database);
}

/// The cookie and the form of one replica are believed by the next, and what was held at one is in the cart at the
/// next, at once.
async fn a_fan_who_meets_another_replica_each_time_notices_nothing(replicas: &[Replica]) {
    let [one, two, three] = replicas else { unreachable!() };
    let performance = performance(&one.base).await;
    let http = Client::builder().redirect(Policy::none()).build().unwrap();
    let location = HeaderValue::from_static("/cart");
    for round in 0..10 {
        let page = http.get(format!("{}/performances/{performance}", one.base));
        let page = page.send().await.unwrap();
        let cookie = page.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let page = page.text().await.unwrap();
        let form = [
            ("csrf", hidden(&page, "csrf")),
            ("once", hidden(&page, "once")),
            ("area.0.0", "2".to_owned()),
        ];
        let hold = http.post(format!("{}/performances/{performance}/hold", two.base));
        let hold = hold.header("cookie", &cookie).form(&form).send().await.unwrap();
        assert_eq!(
            (hold.status(), &hold.headers()["location"]),
            (StatusCode::SEE_OTHER, &location)
        );
        // Sent twice, to another replica, it is held once.
        let again = http.post(format!("{}/performances/{performance}/hold", three.base));
        let again = again.header("cookie", &cookie).form(&form).send().await.unwrap();
        assert_eq!(
            (again.status(), &again.headers()["location"]),
            (StatusCode::SEE_OTHER, &location)
        );
        for replica in [three, one, two] {
            let cart = http.get(format!("{}/cart", replica.base)).header("cookie", &cookie);
            let cart = cart.send().await.unwrap().text().await.unwrap();
            assert!(cart.contains(&format!("/checkout/{performance}")), "round {round}: {cart}");
        }
    }
}

/// The value of a hidden field.
fn hidden(html: &str, name: &str) -> String {
    let at = html.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("{name}: {html}"));
    let tag = &html[html[..at].rfind('<').unwrap()..];
    let tag = &tag[..tag.find('>').unwrap()];
    let value = &tag[tag.find("value=\"").unwrap() + "value=\"".len()..];
    value[..value.find('"').unwrap()].to_owned()
}
