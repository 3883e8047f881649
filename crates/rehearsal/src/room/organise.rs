//! What the drill does as the organiser: puts the room before the performance.

use std::time::Duration;

use http::{Method, header};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{RoomMode, RoomPlan};
use crate::{
    browser::{Ask, Browser, Jar},
    crowd::Crowd,
    limits::{ROOM_KNOWN_LOOKS, ROOM_KNOWN_WITHIN, ROOM_LEAD},
    tally::Step,
    target::{Target, TargetError},
};

/// Sets the room up and waits until every replica knows it. Answers when the drill starts: turns come, by the shop's own
/// clock, exactly so long after that as the plan says.
pub(crate) async fn set_up(
    browser: &Browser,
    target: &Target,
    plan: &RoomPlan,
    crowd: &Crowd,
) -> Result<Instant, TargetError> {
    let from_start = plan.starts(crowd);
    let seconds = match plan.mode {
        RoomMode::Draw => (ROOM_LEAD + from_start).as_secs() + 1,
        RoomMode::Automatic => 0,
    };
    let path = format!("/api/v1/performances/{}/room", target.performance);
    let body = body(plan, seconds);
    let mut ask = Ask::json(Step::Room, path, &format!("rehearsal-{}", target.performance), &body);
    ask.method = Method::PUT;
    let ask = ask.with(header::AUTHORIZATION, &format!("Bearer {}", plan.api_key));
    let answer = browser.ask(&mut Jar::default(), Instant::now(), &ask).await;
    let defined = Instant::now();
    let answer =
        answer.map_err(|lost| TargetError::Lost { base: browser.base().to_owned(), lost })?;
    if !answer.status.is_success() {
        let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let why = problem["detail"].as_str().or(problem["title"].as_str()).unwrap_or_default();
        return Err(TargetError::NoRoom { status: answer.status.as_u16(), why: why.to_owned() });
    }
    known(browser, target, defined).await?;
    Ok(match plan.mode {
        RoomMode::Draw => defined + Duration::from_secs(seconds).saturating_sub(from_start),
        RoomMode::Automatic => Instant::now(),
    })
}

/// A replica learns of a room within a second or so; balancers may ask any of them.
async fn known(browser: &Browser, target: &Target, since: Instant) -> Result<(), TargetError> {
    let mut in_a_row = 0;
    while in_a_row < ROOM_KNOWN_LOOKS {
        let ask = Ask::get(Step::Poll, target.board_path());
        let answer = browser.ask(&mut Jar::default(), Instant::now(), &ask).await;
        let seen = answer.is_ok_and(|answer| answer.status.is_success());
        in_a_row = if seen { in_a_row + 1 } else { 0 };
        if since.elapsed() > ROOM_KNOWN_WITHIN {
            return Err(TargetError::Unknown("waiting room"));
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

fn body(plan: &RoomPlan, seconds: u64) -> Value {
    json!({
        "mode": match plan.mode { RoomMode::Draw => "on", RoomMode::Automatic => "automatic" },
        "starts_in_seconds": seconds,
        // Open from now on.
        "opens_before_minutes": seconds / 60 + 1,
        "draw": plan.mode == RoomMode::Draw,
        "target": plan.target,
        "cap": plan.cap,
        "rate_per_minute": plan.rate_per_minute,
        "turn_seconds": plan.turn.as_secs(),
        "pass_minutes": (plan.pass.as_secs() / 60).max(1),
        "extension_minutes": 1,
    })
}
