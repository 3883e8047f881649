//! Replicas that share nothing but the database are one shop.

use reqwest::{Client, StatusCode, header::HeaderValue, redirect::Policy};
use serde_json::Value;

use crate::{
    database,
    replica::{Replica, free_port, status, verify},
    traffic::performance,
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
