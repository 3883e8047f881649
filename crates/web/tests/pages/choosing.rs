//! Choosing places: forms, lists, status, and clear words when it does not work.

use axum::http::StatusCode;

use crate::rig::World;

#[tokio::test]
async fn best_available_and_a_standing_place_go_into_one_cart() {
    let world = World::new().await;
    let mut fan = world.visitor_with_cart().await;
    let page = fan.get(&world.at("")).await;
    let held = fan.send(&page, "best.0.0", &[("best.0.0", "2"), ("split", "1")]).await;
    let cart = fan.get(held.location()).await;
    assert_eq!(cart.html.matches("item-what").count(), 4);
    assert_eq!(cart.html.matches("Tables, row").count(), 4, "two seats, each named twice");
}

#[tokio::test]
async fn seats_are_chosen_from_a_list_and_get_their_types_on_the_next_page() {
    let world = World::new().await;
    let mut fan = world.visitor();
    let sections = fan.get(&world.at("/rows")).await;
    let section =
        sections.links("/performances/").into_iter().find(|link| link.ends_with("/rows/0"));
    let rows = fan.get(section.unwrap()).await;
    assert!(rows.html.contains("name=\"seat\" value=\"0\""));
    let types = fan.get(&world.at("/types?seat=0&seat=1")).await;
    assert_eq!(types.html.matches("<select id=\"seat.").count(), 2);
    let held = fan.send(&types, "seat.0", &[("seat.0", "0"), ("seat.1", "0")]).await;
    assert_eq!(held.location(), "/cart");
    let rows = fan.get(&world.at("/rows/0")).await;
    assert!(rows.html.contains("in your cart"), "one's own seats are marked");
    let mut other = world.visitor();
    let types = other.get(&world.at("/types?seat=0&seat=2")).await;
    assert!(types.html.contains("Somebody was faster"), "what is gone is said");
    assert_eq!(types.html.matches("<select id=\"seat.").count(), 1);
}

#[tokio::test]
async fn who_was_slower_is_told_which_seat_is_gone() {
    let world = World::new().await;
    let (mut one, mut other) = (world.visitor(), world.visitor());
    let address = world.at("/types?seat=7");
    let (first, second) = (one.get(&address).await, other.get(&address).await);
    assert_eq!(one.send(&first, "seat.7", &[("seat.7", "0")]).await.location(), "/cart");
    let late = other.send(&second, "seat.7", &[("seat.7", "0")]).await;
    assert_eq!(late.location(), world.at(""));
    let page = other.get(&world.at("")).await;
    assert!(page.html.contains("Somebody was faster: Tables, row\u{a0}1, seat\u{a0}8 is gone"));
    let again = other.get(&world.at("")).await;
    assert!(!again.html.contains("seat\u{a0}8 is gone"), "it is said once");
}

#[tokio::test]
async fn nonsense_holds_nothing_and_says_why() {
    let world = World::new().await;
    let mut fan = world.visitor();
    for (field, value, words) in [
        ("area.0.0", "0", "Say how many first"),
        ("area.0.0", "-1", "Say how many first"),
        ("area.0.0", "1.5", "Say how many first"),
        ("area.0.0", "2147483648", "places in one order"),
        ("area.0.0", "9", "At most 8 places in one order"),
        ("area.7.0", "1", "not possible"),
        ("best.99.0", "1", "not possible"),
        ("seat.140", "0", "not possible"),
        ("seat.0", "1", "on sale"),
        ("what", "ever", "Say how many first"),
    ] {
        let page = fan.get(&world.at("")).await;
        let answer = fan.send(&page, "area.0.0", &[(field, value)]).await;
        let page = fan.get(answer.location()).await;
        assert!(page.html.contains(words), "{field}={value}: {}", page.html);
        assert!(!page.html.contains("class=\"count\""), "{field}={value} holds nothing");
    }
}

#[tokio::test]
async fn a_status_is_told_once_and_then_only_what_changed() {
    let world = World::new().await;
    let mut reader = world.visitor();
    let full = reader.get(&world.at("/status")).await;
    let tag = full.header("etag").to_owned();
    let version = tag.trim_matches('"').to_owned();
    assert!(
        full.html.contains(&format!("\"version\":\"{version}\",\"selling\":true,\"seats\":\""))
    );
    let known = reader.request("GET", &world.at("/status")).header("if-none-match", &tag);
    let known = reader.ask(known.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!((known.status, known.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    let mut fan = world.visitor();
    let page = fan.get(&world.at("/types?seat=3")).await;
    fan.send(&page, "seat.3", &[("seat.3", "0")]).await;
    let change = reader.get(&world.at(&format!("/status?since={version}"))).await;
    assert!(change.html.contains("\"taken\":[3],\"freed\":[]"), "{}", change.html);
    let unknown = reader.get(&world.at("/status?since=nobody-knows")).await;
    assert!(unknown.html.contains("\"seats\":\""), "an unknown version gets everything");
}

#[tokio::test]
async fn an_event_is_found_by_words_without_accents_city_and_day() {
    let world = World::new().await;
    let mut fan = world.visitor();
    for (query, found) in [
        ("", 1),
        ("?q=boiler", 1),
        ("?q=kotelne", 1),
        ("?q=nobody", 0),
        ("?city=Plze%C5%88", 1),
        ("?city=Brno", 0),
        ("?genre=club", 1),
        ("?from=2027-01-24&to=2027-01-24", 1),
        ("?from=2027-01-25", 0),
        ("?from=nonsense&after=nonsense", 1),
    ] {
        let page = fan.get(&format!("/{query}")).await;
        assert_eq!(page.html.matches("<li class=\"card\">").count(), found, "{query}");
    }
}

#[tokio::test]
async fn who_comes_too_late_sees_what_is_gone_and_what_it_cost() {
    let world = World::new().await;
    let mut before = world.visitor();
    let offered = before.get(&world.at("")).await.html.matches("offer-name").count();
    // Whole orders first, then the odd rest.
    for places in ["8", "1"] {
        for field in ["area.0.0", "best.0.0", "best.1.0"] {
            loop {
                let mut fan = world.visitor();
                let page = fan.get(&world.at("")).await;
                if !page.html.contains(&format!("name=\"{field}\"")) {
                    break;
                }
                let held = fan.send(&page, field, &[(field, places), ("split", "1")]).await;
                if held.location() != "/cart" {
                    break;
                }
            }
        }
    }
    let page = world.visitor().get(&world.at("")).await;
    assert!(page.html.contains("Sold out"), "{}", page.html);
    assert_eq!(page.html.matches("offer gone").count(), offered, "every offer is still named");
    assert!(page.html.contains("CZK"), "and priced");
}
