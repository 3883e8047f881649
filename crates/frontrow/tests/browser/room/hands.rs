//! The room without a mouse, without eyes, and too late.

use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::Key;

use super::{Room, shown};
use crate::{chrome::Visitor, fan::Fan, shop::Shop};

const CLUB: &str = "noc-v-kotelne";
/// Steps of the Tab key after which somebody gives up.
const STEPS: usize = 30;

#[tokio::test]
async fn by_keyboard_alone_and_nothing_takes_the_focus_away() {
    let shop = Shop::start().await;
    let room = Room::for_one(&shop, CLUB).await;
    let mut first = room.joins().await;
    room.lets_in(&mut first).await;
    let fan = Fan::visit(&shop, Visitor::desktop()).await;
    fan.open(&room.page()).await;
    fan.find(&shown("queue")).await;
    fan.tabs_to("form[action$='/join'] button").await;
    fan.presses(Key::Enter).await;
    fan.find(&shown("waiting")).await;

    let language = "header nav a";
    fan.tabs_to(language).await;
    fan.tells(
        "document.focused = []; document.addEventListener('focusin', event =>
        document.focused.push(event.target.outerHTML))",
    )
    .await;
    room.lets_out(first).await;
    fan.sees(&shown("turn")).await;
    assert_eq!(fan.tells("return document.focused").await, json!([]), "the focus stays");
    let still = format!("return document.activeElement === document.querySelector('{language}')");
    assert_eq!(fan.tells(&still).await, json!(true));
    // Told by what waits politely, and by the tab.
    fan.find_said("It is your turn").await;
    let title = fan.chrome.page.title().await.unwrap();
    assert!(title.starts_with("It is your turn"), "{title}");
    let live = "const live = document.querySelector('[data-live]');
        return [live.getAttribute('role'), document.querySelectorAll('[role=alert], [aria-live=assertive]').length]";
    assert_eq!(fan.tells(live).await, json!(["status", 0]));

    fan.tabs_to("form[action$='/enter'] button").await;
    fan.presses(Key::Enter).await;
    fan.find("section.offers .stepper").await;
    fan.tabs_to("main a[href$='/room']").await;
    fan.presses(Key::Enter).await;
    fan.arrives_at(&shown("inside")).await;
    let left = fan.seconds_left().await;
    fan.tabs_to("form[action$='/extend'] button").await;
    fan.presses(Key::Enter).await;
    fan.find("section.offers .stepper").await;
    fan.open(&room.page()).await;
    fan.arrives_at(&shown("inside")).await;
    assert!(fan.seconds_left().await > left + 240, "five minutes more");
    assert!(!fan.is_there("form[action$='/extend']").await, "once");
    fan.tabs_to("form[action$='/leave'] button").await;
    fan.presses(Key::Enter).await;
    fan.arrives_at(&shown("over")).await;
    fan.leaves().await;
}

#[tokio::test]
async fn who_comes_too_late_comes_in_all_the_same() {
    let shop = Shop::start().await;
    let terms = json!({
        "starts_in_minutes": 0, "opens_before_minutes": 0, "draw": false,
        "target": 1, "cap": 1, "turn_seconds": 20,
    });
    let room = Room::before(&shop, CLUB, terms).await;
    let fan = Fan::visit(&shop, Visitor::phone()).await;
    fan.joins(&room).await;
    fan.sees(&shown("turn")).await;
    fan.sees(&shown("missed")).await;
    fan.arrives_at(&shown("missed")).await;
    fan.find_said("Byli jste na řadě").await;
    fan.click(&format!("{} button", shown("missed"))).await;
    fan.arrives_at("section.offers").await;
    fan.leaves().await;
}

/// The page heard nothing for nearly the whole of a turn, as far as it knows. Only the shop knows what is left of it.
#[tokio::test]
async fn who_hears_of_the_turn_in_its_last_second_asks_the_shop() {
    let shop = Shop::start().await;
    let room = Room::for_one(&shop, CLUB).await;
    room.does(json!({ "action": "pause" })).await;
    let fan = Fan::visit(&shop, Visitor::phone()).await;
    fan.joins(&room).await;
    // Within two seconds of a question the page does not ask again: while its clock stands still, never.
    let freeze = "window.moment = Date.now() + 60_000; Date.now = () => window.moment;
        performance.clearResourceTimings();
        dispatchEvent(new Event('online'))";
    fan.tells(freeze).await;
    let asked = "return performance.getEntriesByType('resource')
        .some(({ name }) => name.endsWith('/status'))";
    while fan.tells(asked).await != json!(true) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    room.does(json!({ "action": "resume" })).await;
    while room.status().await.cursor == 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let turn = "JSON.parse(document.getElementById('room').textContent).turn";
    fan.tells(&format!("window.moment += ({turn} - 0.5) * 1000")).await;
    // Who loads the page anew has a clock that goes.
    let here = format!(
        r#"return "moment" in window ? document.querySelector("{}") : false"#,
        shown("turn")
    );
    loop {
        match fan.tells(&here).await {
            Value::Bool(false) => break,
            nothing => assert_eq!(nothing, Value::Null, "a turn of which nothing is left"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    fan.sees(&shown("turn")).await;
    fan.leaves().await;
}

impl Fan {
    /// Steps on until the focus is on something that can be seen.
    async fn tabs_to(&self, css: &str) {
        let there = format!(
            "const here = document.activeElement;
             return here.matches(\"{css}\") && here.checkVisibility() && here.matches(':focus-visible')"
        );
        for _ in 0..STEPS {
            self.presses(Key::Tab).await;
            if self.tells(&there).await == json!(true) {
                return;
            }
        }
        panic!("the keyboard does not lead to {css}");
    }

    async fn presses(&self, key: Key) {
        self.chrome.page.active_element().await.unwrap().send_keys("" + key).await.unwrap();
    }

    /// Waits until this was said to whoever listens.
    async fn find_said(&self, words: &str) {
        self.reads_hidden("[data-live]", words).await;
    }

    async fn reads_hidden(&self, css: &str, words: &str) {
        let script = format!("return document.querySelector('{css}').textContent");
        for _ in 0..300 {
            if self.tells(&script).await.as_str().is_some_and(|text| text.contains(words)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{css} never says {words}");
    }

    /// What the time in the shop counts down to.
    async fn seconds_left(&self) -> u64 {
        let clock = self.find("[data-state=inside] [data-countdown]").await.text().await.unwrap();
        let (minutes, seconds) = clock.split_once(':').unwrap();
        minutes.parse::<u64>().unwrap() * 60 + seconds.parse::<u64>().unwrap()
    }
}
