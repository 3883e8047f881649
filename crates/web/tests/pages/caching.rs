//! Who may keep what for how long, and what every answer says to browsers.

use axum::{body::Body, http::StatusCode};

use crate::rig::{Visitor, World};

const SHARED: &str = "public, max-age=5, stale-while-revalidate=30";
const PRIVATE: &str = "private, no-cache";
const SECRET: &str = "no-store";
const SECOND: &str = "public, max-age=1";
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// Every page with its policy, for a visitor who has a cart.
async fn policies(world: &World, fan: &mut Visitor) -> Vec<(String, &'static str)> {
    let geometry = fan.get(&world.at("")).await;
    let geometry = geometry.html.split("data-geometry=\"").nth(1).unwrap();
    let geometry = geometry.split('"').next().unwrap().to_owned();
    let front = fan.get("/").await;
    let style = (*front.links("/assets/").iter().find(|link| link.contains("style.css")).unwrap())
        .to_owned();
    vec![
        ("/".into(), PRIVATE),
        ("/events/noc-v-kotelne".into(), PRIVATE),
        ("/imprint".into(), PRIVATE),
        ("/terms".into(), PRIVATE),
        ("/privacy".into(), PRIVATE),
        (world.at(""), PRIVATE),
        (world.at("/rows"), PRIVATE),
        (world.at("/rows/0"), PRIVATE),
        (world.at("/types?seat=1"), PRIVATE),
        (world.at("/status"), SECOND),
        (geometry, IMMUTABLE),
        (style, IMMUTABLE),
        ("/cart".into(), SECRET),
        (format!("/checkout/{}", world.performance), SECRET),
        ("/dev/outbox".into(), SECRET),
        ("/nowhere".into(), SECRET),
    ]
}

#[tokio::test]
async fn every_page_has_its_cache_policy_and_guards() {
    let world = World::new().await;
    let mut fan = world.visitor_with_cart().await;
    for (address, policy) in policies(&world, &mut fan).await {
        let answer = fan.get(&address).await;
        assert_eq!(answer.header("cache-control"), policy, "{address}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{address}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{address}");
        let security = answer.header("content-security-policy");
        assert!(security.starts_with("default-src 'none'"), "{address}");
        assert!(!security.contains("unsafe"), "{address}");
        assert_eq!(answer.header("x-request-id").len(), 32, "{address}");
    }
}

#[tokio::test]
async fn a_shared_page_is_the_same_for_everybody_and_asks_for_no_cookie() {
    let world = World::new().await;
    let (mut one, mut other) = (world.visitor(), world.visitor());
    for address in ["/", "/events/noc-v-kotelne", "/imprint"] {
        let (first, second) = (one.get(address).await, other.get(address).await);
        assert_eq!(first.html, second.html, "{address}");
        assert_eq!(first.header("cache-control"), SHARED, "{address}");
        assert_eq!(first.header("vary"), "accept-language, cookie", "{address}");
        assert_eq!(first.header("set-cookie"), "", "{address}");
        let request = one.request("GET", address).header("if-none-match", first.header("etag"));
        let known = one.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!((known.status, known.bytes.len()), (StatusCode::NOT_MODIFIED, 0), "{address}");
    }
}

#[tokio::test]
async fn assets_of_another_version_are_served_but_not_kept() {
    let world = World::new().await;
    let mut fan = world.visitor();
    let old = fan.get("/assets/0123456789abcdef/js/shop.js").await;
    assert_eq!((old.status, old.header("cache-control")), (StatusCode::OK, PRIVATE));
    assert_eq!(old.header("content-type"), "text/javascript; charset=utf-8");
    let none = fan.get("/assets/0123456789abcdef/../../Cargo.toml").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pages_and_geometry_are_compressed_for_those_who_ask() {
    let world = World::new().await;
    let mut fan = world.visitor();
    let page = fan.get(&world.at("")).await;
    let geometry = page.html.split("data-geometry=\"").nth(1).unwrap().split('"').next().unwrap();
    for address in ["/", geometry] {
        let plain = fan.get(address).await;
        let request = fan.request("GET", address).header("accept-encoding", "gzip, br");
        let small = fan.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(small.header("content-encoding"), "br", "{address}");
        assert!(small.bytes.len() * 2 < plain.bytes.len(), "{address}");
    }
}

#[tokio::test]
async fn a_language_is_remembered_and_otherwise_follows_the_browser() {
    let world = World::new().await;
    let mut fan = world.visitor();
    fan.language = "cs-CZ,cs;q=0.9";
    assert!(fan.get("/").await.html.contains("<html lang=\"cs\">"));
    let choice = fan.get("/?q=a%20b&lang=en").await;
    assert_eq!(choice.location(), "/?q=a+b");
    assert!(fan.get("/").await.html.contains("<html lang=\"en\">"));
    let fault = fan.get("/nowhere").await;
    assert_eq!(fault.heading(), "There is nothing here");
}
