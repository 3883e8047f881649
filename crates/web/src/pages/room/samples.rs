//! Every state of the room, as the gallery shows it.

use askama::Template as _;
use frontrow_words::Language;

use super::{
    DoorAsks, Inside, OwnPlace, PaceReason, Refresh, RoomLinks, RoomMail, RoomOffer, RoomPage,
    RoomState, Showing, Start, WaitRange, Waiting, Watch, WatchPlace, Watched,
};
use crate::{
    assets,
    pages::{
        cart::samples::countdown,
        frame::Frame,
        gallery::{Sample, compressed},
        parts::{CategoryLabel, Countdown, sample_id, sample_money, sample_time},
    },
    urls::Url,
};

fn offers() -> Vec<RoomOffer> {
    let offer = |index, name: &str, colour: &str, left, low, high| RoomOffer {
        category: CategoryLabel { name: name.to_owned(), colour: colour.to_owned() },
        prices: Some((sample_money(low), sample_money(high))),
        left: Some(left),
        index: Some(index),
    };
    vec![
        offer(0, "Front", "#b3123c", 0, 174_500, 349_000),
        offer(1, "Lower", "#d9822b", 2_104, 124_500, 249_000),
        offer(2, "Upper", "#4a8f5b", 6_020, 64_500, 129_000),
        offer(3, "Floor standing", "#333333", 1_930, 159_000, 159_000),
    ]
}

fn waiting(ahead: u64, wait: Option<(u64, u64)>) -> Waiting {
    Waiting {
        ahead,
        percent: 34,
        wait: wait.map(|(from_seconds, to_seconds)| WaitRange { from_seconds, to_seconds }),
        pace: PaceReason::Full,
        longer: false,
    }
}

fn watched() -> Watched {
    Watched {
        sale: sample_id(),
        status: Url::Status(sample_id()),
        draw: Some(Url::Rows(sample_id(), None)),
        message: Some(Url::Hold(sample_id())),
        said: 0,
        key: Some("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=".to_owned()),
        commitment: Some("9f3c41d6a2b80e57".repeat(4)),
        turn_seconds: 120,
    }
}

/// The page of somebody who has no place.
fn stranger(language: Language, state: RoomState) -> RoomPage {
    let mut frame = Frame::sample(language);
    frame.cart = None;
    let here = Url::Performance(sample_id());
    let changes = state.is_live();
    RoomPage {
        watch: changes.then(|| Watch::new(language, &watched(), None)),
        refresh: (!state.next().is_empty()).then(|| Refresh {
            seconds: 30,
            address: here.to_string(),
            still_address: here.to_string(),
            still: false,
        }),
        frame,
        showing: Showing {
            title: "Paper Tigers".to_owned(),
            starts: sample_time(3 * 24 * 60),
            venue: "Aréna Libeň, Praha".to_owned(),
        },
        state,
        place: None,
        start: Start { at: sample_time(25), drawn: true },
        paused: false,
        message: None,
        door: DoorAsks::default(),
        offers: offers(),
        links: RoomLinks {
            root: Some(Url::RoomRoot(sample_id())),
            join: here.clone(),
            enter: here.clone(),
            extend: here.clone(),
            leave: here.clone(),
            performance: here,
        },
    }
}

/// The page of somebody who has a place.
fn fan(language: Language, state: RoomState) -> RoomPage {
    let mut page = stranger(language, state);
    let place = WatchPlace {
        place: 48_210,
        position: matches!(page.state, RoomState::Waiting(_)).then_some(12_345),
        fan: "9f3c41d6a2b80e57".repeat(2),
    };
    if page.watch.is_some() {
        page.watch = Some(Watch::new(language, &watched(), Some(place)));
    }
    let drawn = !matches!(page.state, RoomState::Gathered { .. } | RoomState::Drawing);
    page.place = Some(OwnPlace {
        receipt: "K7XM-4QRD".to_owned(),
        proof: Some(Url::Status(sample_id())),
        drawn,
        rules: Some("https://example.org/fair-queue".to_owned()),
        mail: Some(RoomMail { action: Url::Status(sample_id()), turn: false, places: false }),
    });
    page
}

fn early(language: Language) -> Vec<(&'static str, RoomPage)> {
    let gathered = RoomState::Gathered { countdown: countdown(25) };
    let mut fifo = fan(language, gathered.clone());
    fifo.start.drawn = false;
    if let Some(mail) = fifo.place.as_mut().and_then(|place| place.mail.as_mut()) {
        mail.turn = true;
    }
    let mut code = stranger(language, RoomState::Gathering { countdown: countdown(25) });
    code.door.code = Some(String::new());
    code.door.work = Some(Url::Status(sample_id()));
    let mut register = stranger(language, RoomState::Gathering { countdown: countdown(25) });
    register.door.code = Some("8N2K-D7QM-4R0X-VB1C-99TE-KA3Z".to_owned());
    register.door.register = Some(Url::Status(sample_id()));
    vec![
        ("closed", stranger(language, RoomState::Closed { opens: countdown(59) })),
        ("gathering-code", code),
        ("gathering-register", register),
        ("gathering", stranger(language, RoomState::Gathering { countdown: countdown(25) })),
        ("gathered", fan(language, gathered)),
        ("gathered-in-order", fifo),
        ("drawing", fan(language, RoomState::Drawing)),
    ]
}

fn late(language: Language) -> Vec<(&'static str, RoomPage)> {
    let range = WaitRange { from_seconds: 1_900, to_seconds: 2_900 };
    let queue = RoomState::Queue { waiting: 48_211, wait: Some(range) };
    let first = fan(language, RoomState::Waiting(waiting(8_420, Some((1_300, 2_000)))));
    let mut slower = fan(
        language,
        RoomState::Waiting(Waiting {
            pace: PaceReason::Payments,
            longer: true,
            ..waiting(8_420, Some((2_300, 4_400)))
        }),
    );
    slower.message = Some("The doors open at 18:00 & the <band> is on its way.".to_owned());
    let mut paused = fan(language, RoomState::Waiting(waiting(812, None)));
    paused.paused = true;
    paused.message = Some("We mend a payment terminal and go on at 20:15.".to_owned());
    let small = fan(language, RoomState::Waiting(waiting(412_900, Some((70_000, 99_000)))));
    vec![
        ("queue", stranger(language, queue)),
        ("waiting", first),
        ("waiting-longer", slower),
        ("paused", paused),
        ("small-chance", small),
    ]
}

fn last(language: Language) -> Vec<(&'static str, RoomPage)> {
    let inside = |can_extend| {
        let shop = Url::Performance(sample_id()).to_string();
        RoomState::Inside(Inside { countdown: countdown(9), can_extend, shop })
    };
    let mut sold_out = fan(language, RoomState::SoldOut);
    let mut newcomer = stranger(language, RoomState::SoldOut);
    for offer in sold_out.offers.iter_mut().chain(&mut newcomer.offers) {
        offer.left = Some(0);
    }
    if let Some(mail) = sold_out.place.as_mut().and_then(|place| place.mail.as_mut()) {
        mail.places = true;
    }
    vec![
        ("turn", fan(language, RoomState::Turn { countdown: countdown(2) })),
        ("one-moment", fan(language, RoomState::OneMoment)),
        ("missed", fan(language, RoomState::Missed)),
        ("inside", fan(language, inside(true))),
        ("inside-extended", fan(language, inside(false))),
        ("over", fan(language, RoomState::Over)),
        ("sold-out", sold_out),
        ("sold-out-newcomer", newcomer),
        ("ended", stranger(language, RoomState::Ended)),
        ("open", stranger(language, RoomState::Open)),
    ]
}

impl Sample for RoomPage {
    fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let mut all = early(language);
        all.extend(late(language));
        all.extend(last(language));
        all
    }
}

/// One round trip of a fresh connection: ten packets carry all that a fan needs to wait.
const ROOM_BYTES_MAX: usize = 14_000;

/// What the page loads at once: what it names, and what its script imports.
const LOADED: [&str; 6] = [
    "room.css",
    "images/icon.svg",
    "js/room/start.js",
    "js/room/status.js",
    "js/room/wait.js",
    "js/room/alarm.js",
];

#[test]
fn page_style_and_scripts_together_fit_in_one_round_trip() {
    let text = |path: &str| {
        let asset = assets::find(path).unwrap();
        std::str::from_utf8(&asset.bytes).unwrap().to_owned()
    };
    let loaded: usize = LOADED.iter().map(|path| compressed(&text(path))).sum();
    for script in LOADED.iter().filter(|path| path.starts_with("js/")) {
        for import in text(script).lines().filter(|line| line.starts_with("import ")) {
            let name = import.split("'./").nth(1).unwrap().split('\'').next().unwrap();
            assert!(LOADED.contains(&format!("js/room/{name}").as_str()), "{name} is not counted");
        }
    }
    for language in Language::ALL {
        for (name, page) in RoomPage::samples(language) {
            let html = page.render().unwrap();
            let all = compressed(&html) + loaded;
            assert!(all <= ROOM_BYTES_MAX, "{name}: {all} bytes");
            for tag in html.split(['<', '>']).filter(|tag| tag.contains("\"/assets/")) {
                let known = LOADED.iter().any(|path| tag.contains(&format!("/{path}\"")));
                assert!(known, "{name}: {tag} is not counted");
            }
        }
    }
}

#[test]
fn a_fan_who_waits_has_what_comes_next_at_hand() {
    let html = fan(Language::En, RoomState::Waiting(waiting(10, None))).render().unwrap();
    for state in ["turn", "missed", "sold-out", "ended", "open"] {
        let section = html.split(&format!("data-state=\"{state}\"")).nth(1).unwrap();
        assert!(section.split('>').next().unwrap().ends_with(" hidden"), "{state} is shown");
    }
    let mut still = fan(Language::En, RoomState::Waiting(waiting(10, None)));
    still.watch = None;
    assert!(!still.render().unwrap().contains("data-state=\"turn\""));
}

#[test]
fn a_chance_is_small_when_those_ahead_can_take_all_places_that_are_left() {
    let small = |ahead, left: Option<u32>| {
        let mut page = fan(Language::En, RoomState::Waiting(waiting(ahead, None)));
        page.offers.truncate(2);
        page.offers[1].left = left;
        page.chance_is_small()
    };
    assert!(small(100, Some(100)));
    assert!(!small(99, Some(100)));
    assert!(small(0, Some(0)), "all places are in carts");
    assert!(!small(1_000_000, None), "nobody is told what is not known");
}

#[test]
fn without_scripts_a_page_is_back_when_its_countdown_is_over() {
    let mut page = stranger(Language::En, RoomState::Closed { opens: countdown(59) });
    let refresh =
        Refresh { seconds: 30, address: String::new(), still_address: String::new(), still: false };
    assert_eq!(page.refresh_seconds(&refresh), 30);
    page.state = RoomState::Closed { opens: Countdown { left_seconds: 4, ..countdown(1) } };
    assert_eq!(page.refresh_seconds(&refresh), 5);
    assert!(page.render().unwrap().contains("content=\"5; url=/"));
    page.refresh = None;
    assert!(!page.render().unwrap().contains("http-equiv"));
}
