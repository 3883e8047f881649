//! What nobody can do: send somebody else's form, buy twice by a double click, see what is not theirs.

use axum::{body::Body, http::StatusCode};

use crate::rig::World;

#[tokio::test]
async fn a_form_is_taken_only_from_the_visitor_who_was_shown_it() {
    let world = World::new().await;
    let (mut one, mut other) = (world.visitor(), world.visitor());
    let page = one.get(&world.at("")).await;
    other.get(&world.at("")).await;
    let (action, mut fields) = page.form("area.0.0");
    fields.push(("area.0.0".to_owned(), "1".to_owned()));
    let stolen = other.post(&action, &fields).await;
    assert_eq!(stolen.status, StatusCode::FORBIDDEN);
    assert_eq!(stolen.heading(), "That form is too old");
    let mut nobody = world.visitor();
    assert_eq!(nobody.post(&action, &fields).await.status, StatusCode::FORBIDDEN);
    fields.retain(|(name, _)| name != "csrf");
    assert_eq!(one.post(&action, &fields).await.status, StatusCode::FORBIDDEN);
    assert!(one.get("/cart").await.html.contains("Nothing held yet"));
}

#[tokio::test]
async fn a_form_that_another_site_sends_is_refused() {
    let world = World::new().await;
    let mut fan = world.visitor();
    let page = fan.get(&world.at("")).await;
    let (action, fields) = page.form("area.0.0");
    let mut body = form_urlencoded::Serializer::new(String::new());
    let body = body.extend_pairs(&fields).append_pair("area.0.0", "1").finish();
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "http://evil.test")] {
        let request = fan.form_request(&action).header(name, value);
        let answer = fan.ask(request.body(Body::from(body.clone())).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
    let request = fan.form_request(&action).header("origin", "http://shop.test");
    let answer = fan.ask(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.location(), "/cart", "our own page is believed");
}

#[tokio::test]
async fn the_same_form_twice_holds_once_and_another_choice_holds_more() {
    let world = World::new().await;
    let mut fan = world.visitor();
    let page = fan.get(&world.at("")).await;
    for _ in 0..2 {
        let answer = fan.send(&page, "area.0.0", &[("area.0.0", "2")]).await;
        assert_eq!(answer.location(), "/cart");
    }
    assert_eq!(fan.get("/cart").await.html.matches("item-what").count(), 2);
    fan.send(&page, "area.0.0", &[("area.0.0", "3")]).await;
    assert_eq!(fan.get("/cart").await.html.matches("item-what").count(), 5);
}

#[tokio::test]
async fn a_flood_of_forms_is_slowed_down() {
    let world = World::new().await;
    let mut fan = world.visitor();
    let page = fan.get(&world.at("")).await;
    let mut sent = 0;
    let slowed = loop {
        let answer = fan.send(&page, "area.0.0", &[("area.0.0", "0")]).await;
        if answer.status != StatusCode::SEE_OTHER {
            break answer;
        }
        sent += 1;
        assert!(sent < 100, "nobody sends a hundred forms in a moment");
    };
    assert_eq!(slowed.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!((slowed.heading(), slowed.header("retry-after")), ("A little slower, please", "1"));
    world.clock.pass_ms(10_000);
    let answer = fan.send(&page, "area.0.0", &[("area.0.0", "1")]).await;
    assert_eq!(answer.location(), "/cart");
}

#[tokio::test]
async fn a_cookie_that_was_changed_is_nobody_s() {
    let world = World::new().await;
    let mut fan = world.visitor_with_cart().await;
    let visit = fan.cookies.get("visit").unwrap().clone();
    let changed = if visit.starts_with('0') { "1" } else { "0" };
    fan.cookies.insert("visit".to_owned(), format!("{changed}{}", &visit[1..]));
    assert!(fan.get("/cart").await.html.contains("Nothing held yet"));
    fan.cookies.insert("flash".to_owned(), "Z2hlbGxv.00000000000000000000000000000000".to_owned());
    assert!(!fan.get("/cart").await.html.contains("hello"), "a forged message is not shown");
}

#[tokio::test]
async fn cookies_are_out_of_reach_of_scripts_and_of_plain_http() {
    let world = World::new().await;
    let mut fan = world.visitor();
    let demo = fan.get(&world.at("")).await;
    let cookie = demo.header("set-cookie");
    assert!(cookie.contains("; HttpOnly; SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");
    let mut fan = world.visitor();
    fan.router = world.live_router();
    let live = fan.get(&world.at("")).await;
    assert!(live.header("set-cookie").ends_with("; Secure"));
    assert_eq!(live.header("strict-transport-security"), "max-age=31536000");
    assert!(!live.html.contains("class=\"demo\""));
    assert_eq!(fan.get("/dev/outbox").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_yours_look_the_same() {
    let world = World::new().await;
    let mut fan = world.visitor();
    let order = format!("/orders/{}", "A".repeat(43));
    for address in [
        "/nowhere",
        "/events/nobody",
        "/performances/no-id",
        "/performances/00000000-0000-0000-0000-000000000000",
        "/performances/00000000-0000-0000-0000-000000000000/status",
        "/geometry/nothing.json",
        "/orders/guess",
        &order,
        &format!("{order}/tickets/1"),
        &format!("{order}/tickets-a4.pdf"),
        "/pay/test/nobody",
        "/dev/outbox/..%2f..%2fshop.db",
        "/dev/outbox/nothing.eml",
        &world.at("/rows/99"),
    ] {
        let answer = fan.get(address).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        assert_eq!(answer.heading(), "There is nothing here", "{address}");
    }
}

#[tokio::test]
async fn bodies_that_are_too_large_are_refused() {
    let world = World::new().await;
    let mut fan = world.visitor();
    let page = fan.get(&world.at("")).await;
    let (action, _) = page.form("area.0.0");
    for body in ["x".repeat(70_000), "a=1&".repeat(500)] {
        let request = fan.form_request(&action).body(Body::from(body)).unwrap();
        let answer = fan.ask(request).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(answer.heading(), "That is too much at once");
    }
}

#[tokio::test]
async fn a_webhook_is_believed_only_from_its_provider() {
    let world = World::new().await;
    let mut anybody = world.visitor();
    let post = |visitor: &crate::rig::Visitor, address: &str| {
        visitor.request("POST", address).body(Body::from("{}")).unwrap()
    };
    let request = post(&anybody, "/webhooks/test");
    assert_eq!(anybody.ask(request).await.status, StatusCode::BAD_REQUEST);
    let request = post(&anybody, "/webhooks/nobody");
    assert_eq!(anybody.ask(request).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_api_answers_in_problem_documents_and_the_pages_in_pages() {
    let world = World::new().await;
    let mut client = world.visitor();
    let api = client.get("/api/v1/nowhere").await;
    assert_eq!(api.header("content-type"), "application/problem+json");
    let page = client.get("/nowhere").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    for address in ["/healthz", "/readyz"] {
        assert_eq!(client.get(address).await.status, StatusCode::OK);
    }
}
