//! The control in its states, as the gallery shows it.

use askama::Template as _;
use frontrow_words::Language;

use super::{
    ActionKind, ControlAction, ControlLinks, ControlPhase, ControlSteering, Limit, LivePicture,
    Picture, Point, RoomControlPage,
};
use crate::{
    pages::{
        frame::Frame,
        gallery::Sample,
        parts::{Flash, Tone, sample_id, sample_time},
        performance::samples::heading,
    },
    urls::Url,
};

fn points() -> Vec<Point> {
    (0..121_u32)
        .map(|step| {
            let started = step.saturating_sub(30);
            let slow = (70..85).contains(&step);
            let rate = if slow { 260 } else { 600 };
            Point {
                arrivals: if step < 30 { 300 + step * 90 } else { 3_000 / (1 + started / 6) },
                admitted: if started == 0 { 0 } else { rate - 20 - step % 7 },
                rate,
                no_shows: if started < 2 { 0 } else { rate / 5 },
                waiting: u64::from(step.min(40)) * 1_200 + 9_000 - u64::from(started) * 25,
                in_shop: (started * 45).min(1_480 + step % 12),
            }
        })
        .collect()
}

fn actions() -> Vec<ControlAction> {
    let action = |minutes, kind, detail: &str| ControlAction {
        at: sample_time(minutes),
        who: "promoter's laptop".to_owned(),
        kind,
        detail: detail.to_owned(),
    };
    vec![
        action(
            24,
            ActionKind::Steer,
            "600 a minute, in the shop 1,500 on average and 1,800 at most",
        ),
        action(21, ActionKind::Say, "The doors open at 18:00."),
        action(19, ActionKind::Resume, ""),
        action(17, ActionKind::Pause, ""),
        action(15, ActionKind::Beacon, "f0a3"),
        action(-90, ActionKind::CallBackCodes, "codes of series 1 from now on"),
        action(-2_880, ActionKind::Define, ""),
    ]
}

fn page(language: Language, phase: ControlPhase, limit: Limit) -> RoomControlPage {
    let mut frame = Frame::sample(language);
    frame.cart = None;
    let here = Url::Performance(sample_id());
    RoomControlPage {
        frame,
        heading: heading(),
        phase,
        starts: sample_time(15),
        picture: Picture {
            joined: 61_204,
            listed: 214,
            waiting: 54_750,
            admitted: 6_454,
            in_shop: 1_486,
            expected: 212,
            no_shows: 1_302,
            show_permille: 803,
            rate_per_minute: 600,
            limit,
            from: sample_time(0),
            to: sample_time(30),
            points: points(),
        },
        steering: ControlSteering { rate_per_minute: 600, target: 1_500, cap: 1_800 },
        message: None,
        actions: actions(),
        live: Url::Status(sample_id()),
        links: ControlLinks {
            pause: here.clone(),
            resume: here.clone(),
            say: here.clone(),
            steer: here.clone(),
            call_back: None,
            end: here.clone(),
            room: here.clone(),
            logout: Some(here),
        },
    }
}

impl Sample for RoomControlPage {
    fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let mut paused = page(language, ControlPhase::Paused, Limit::Paused);
        paused.message = Some("We mend a payment terminal & go on at 20:15.".to_owned());
        let mut early = page(language, ControlPhase::Gathering, Limit::Demand);
        early.links.call_back = Some(early.links.end.clone());
        early.picture.points.clear();
        early.actions.clear();
        let mut wrong = page(language, ControlPhase::Running, Limit::Payments);
        wrong.frame.flash =
            vec![Flash { tone: Tone::Bad, text: "These numbers do not fit.".to_owned() }];
        vec![
            ("running", page(language, ControlPhase::Running, Limit::People)),
            ("wrong", wrong),
            ("paused", paused),
            ("early", early),
            ("ended", page(language, ControlPhase::Ended, Limit::Demand)),
        ]
    }
}

#[test]
fn the_script_is_told_what_the_page_says_already() {
    let page = page(Language::Cs, ControlPhase::Running, Limit::Shop);
    let html = page.render().unwrap();
    let live = LivePicture::new(Language::Cs, &page.picture, &page.steering);
    for (name, text) in &live.numbers {
        assert!(html.contains(&format!("data-number=\"{name}\">{text}<")), "{name}: {text}");
    }
    for (name, points) in &live.curves {
        assert!(html.contains(&format!("data-curve=\"{name}\" points=\"{points}\"")), "{name}");
    }
}
