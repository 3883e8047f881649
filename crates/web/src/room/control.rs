//! The organiser's control of a waiting room: the picture, and what is done.

use axum::{
    Json,
    extract::{Path, State},
    response::IntoResponse as _,
};
use frontrow_ledger::room::{
    Phase, Refusal, Steering,
    admission::{Ceiling, Tick},
};
use frontrow_shop::{
    Error,
    room::{Entry, RoomChange, Visit},
    ticket::zoned,
};
use frontrow_store::{page::PageRequest, room_samples::RoomSample, rooms::RoomAction};
use frontrow_words::Language;
use serde_json::Value;
use uuid::Uuid;

use super::login::Office;
use crate::{
    app::App,
    cache::CachePolicy,
    fail::{Answer, Fail},
    form::Posted,
    pages::{
        parts::{Flash, Tone},
        room_control::{
            ActionKind, ControlAction, ControlLinks, ControlPhase, ControlSteering, Limit,
            LivePicture, Picture, Point, RoomControlPage,
        },
    },
    reply,
    shop::labels,
    urls::{Act, Url},
    visitor::Visitor,
};

/// The page.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    office: Office,
    Path(performance): Path<Uuid>,
) -> Answer {
    let visit = own(&app, &office, performance).await?;
    let actions = app.shop.room_actions(performance, PageRequest::default()).await?;
    let act = |act| Url::OfficeAct(performance, act);
    let language = visitor.language;
    let asks_codes = app.shop.door(performance).entry != Entry::Anyone;
    let page = RoomControlPage {
        frame: visitor.frame_with(&app, None),
        heading: labels::heading(&visit.facts, visitor.language),
        phase: phase(&visit),
        starts: zoned(&visit.facts, visit.starts),
        picture: picture(&app, performance, &visit).await?,
        steering: steering(&visit),
        message: visit.message.clone(),
        actions: actions.items.into_iter().map(|done| action(&visit, done, language)).collect(),
        live: Url::OfficeLive(performance),
        links: ControlLinks {
            pause: act(Act::Pause),
            resume: act(Act::Resume),
            say: act(Act::Say),
            steer: act(Act::Steer),
            call_back: asks_codes.then(|| act(Act::CallBackCodes)),
            end: act(Act::End),
            room: Url::Room(performance),
            logout: Some(Url::OfficeLogout),
        },
    };
    reply::page(&app, &visitor, CachePolicy::Secret, &page)
}

/// The picture alone.
pub async fn live(
    State(app): State<App>,
    visitor: Visitor,
    office: Office,
    Path(performance): Path<Uuid>,
) -> Answer {
    let visit = own(&app, &office, performance).await?;
    let picture = picture(&app, performance, &visit).await?;
    let live = LivePicture::new(visitor.language, &picture, &steering(&visit));
    let mut response = Json(live).into_response();
    CachePolicy::Secret.apply(response.headers_mut());
    Ok(response)
}

/// Nobody is let in.
pub async fn pause(
    State(app): State<App>,
    office: Office,
    Path(performance): Path<Uuid>,
    posted: Posted,
) -> Answer {
    change(&app, &office, performance, &posted, RoomChange::Pause).await
}

/// They are again.
pub async fn resume(
    State(app): State<App>,
    office: Office,
    Path(performance): Path<Uuid>,
    posted: Posted,
) -> Answer {
    change(&app, &office, performance, &posted, RoomChange::Resume).await
}

/// Everybody is told something, or nothing any more.
pub async fn say(
    State(app): State<App>,
    office: Office,
    Path(performance): Path<Uuid>,
    posted: Posted,
) -> Answer {
    let message = Some(posted.get("message").trim().to_owned()).filter(|text| !text.is_empty());
    change(&app, &office, performance, &posted, RoomChange::Say(message)).await
}

/// How many are let in.
pub async fn steer(
    State(app): State<App>,
    office: Office,
    Path(performance): Path<Uuid>,
    posted: Posted,
) -> Answer {
    // What is no number is refused like zero.
    let number = |name| posted.get(name).trim().parse().unwrap_or(0);
    let steering =
        Steering { rate_per_minute: number("rate"), target: number("target"), cap: number("cap") };
    change(&app, &office, performance, &posted, RoomChange::Steer(steering)).await
}

/// No access code is valid any more.
pub async fn call_back_codes(
    State(app): State<App>,
    office: Office,
    Path(performance): Path<Uuid>,
    posted: Posted,
) -> Answer {
    change_if_sure(&app, &office, performance, &posted, RoomChange::CallBackCodes).await
}

/// Closed for good.
pub async fn end(
    State(app): State<App>,
    office: Office,
    Path(performance): Path<Uuid>,
    posted: Posted,
) -> Answer {
    change_if_sure(&app, &office, performance, &posted, RoomChange::End).await
}

/// What cannot be taken back is done by who ticked the box for it.
async fn change_if_sure(
    app: &App,
    office: &Office,
    performance: Uuid,
    posted: &Posted,
    what: RoomChange,
) -> Answer {
    if posted.get("sure") != "1" {
        return Ok(reply::redirect(&Url::OfficeRoom(performance)));
    }
    change(app, office, performance, posted, what).await
}

async fn change(
    app: &App,
    office: &Office,
    performance: Uuid,
    posted: &Posted,
    change: RoomChange,
) -> Answer {
    own(app, office, performance).await?;
    let command = posted.command(app, change.name());
    let changed = app.shop.change_room(performance, change, &office.name, command).await;
    let page = Url::OfficeRoom(performance);
    let language = posted.visitor.language;
    let text = match changed {
        Ok(()) => return Ok(reply::redirect(&page)),
        Err(Error::Room(Refusal::BadTerms { .. })) => language.t("control-refused-numbers"),
        Err(Error::Room(Refusal::MessageTooLong)) => language.t("control-refused-long"),
        Err(Error::Room(_)) => language.t("control-refused"),
        Err(error) => return Err(error.into()),
    };
    let flash = Flash { tone: Tone::Bad, text: text.into_owned() };
    Ok(reply::redirect_saying(app, &page, &flash))
}

/// The room, if it is this organiser's.
async fn own(app: &App, office: &Office, performance: Uuid) -> Result<Visit, Fail> {
    let visit = app.shop.room_visit(performance, None).await?;
    let whose = visit.facts.details.event.organisation_id;
    if whose == office.organisation { Ok(visit) } else { Err(Fail::NOT_FOUND) }
}

const fn phase(visit: &Visit) -> ControlPhase {
    match visit.phase {
        Phase::Ended => ControlPhase::Ended,
        _ if visit.status.paused => ControlPhase::Paused,
        Phase::Off => ControlPhase::Off,
        Phase::Closed => ControlPhase::Closed,
        Phase::PreQueue => ControlPhase::Gathering,
        Phase::Draw => ControlPhase::Drawing,
        Phase::Queue => ControlPhase::Running,
        Phase::SoldOut => ControlPhase::SoldOut,
    }
}

const fn steering(visit: &Visit) -> ControlSteering {
    ControlSteering {
        rate_per_minute: visit.policy.rate_per_minute,
        target: visit.policy.target,
        cap: visit.policy.cap,
    }
}

async fn picture(app: &App, performance: Uuid, visit: &Visit) -> Result<Picture, Fail> {
    let samples = app.shop.room_history(performance).await?;
    let tick = visit.tick.as_ref();
    let heads = visit.headcount;
    let first = samples.first().map_or(visit.now, |sample| sample.at);
    Ok(Picture {
        joined: heads.joined,
        listed: app.shop.waiting_list_count(performance).await?,
        waiting: heads.waiting,
        admitted: heads.called,
        in_shop: heads.in_shop,
        expected: tick.map_or(0, |tick| tick.expected),
        no_shows: heads.missed,
        show_permille: tick.map_or(1_000, |tick| tick.show_permille),
        rate_per_minute: tick.map_or(0, |tick| tick.rate.turns_per_minute()),
        limit: limit(visit, tick),
        from: zoned(&visit.facts, first),
        to: zoned(&visit.facts, samples.last().map_or(visit.now, |sample| sample.at)),
        points: samples.windows(2).filter_map(point).collect(),
    })
}

/// What changed from one sample to the next, by the minute.
fn point(pair: &[RoomSample]) -> Option<Point> {
    let [before, after] = pair else { return None };
    let ms = u64::try_from(after.at.ms_since(before.at)).ok().filter(|ms| *ms > 0)?;
    let by_minute = |before: u64, after: u64| {
        let more = after.saturating_sub(before).saturating_mul(60_000) / ms;
        u32::try_from(more).unwrap_or(u32::MAX)
    };
    Some(Point {
        arrivals: by_minute(before.joined, after.joined),
        admitted: by_minute(before.called, after.called),
        rate: u32::try_from(after.rate_per_minute).unwrap_or(u32::MAX),
        no_shows: by_minute(before.missed, after.missed),
        waiting: after.waiting,
        in_shop: after.in_shop,
    })
}

fn limit(visit: &Visit, tick: Option<&Tick>) -> Limit {
    if visit.status.paused {
        return Limit::Paused;
    }
    match tick.map(|tick| tick.limited_by) {
        Some(Ceiling::Paused) => Limit::Paused,
        Some(Ceiling::Places) => Limit::Places,
        Some(Ceiling::Rate) => Limit::Rate,
        Some(Ceiling::Shop) => Limit::Shop,
        Some(Ceiling::Provider) => Limit::Payments,
        Some(Ceiling::Telemetry) => Limit::Telemetry,
        Some(Ceiling::People) => Limit::People,
        Some(Ceiling::Demand) | None => Limit::Demand,
    }
}

fn action(visit: &Visit, done: RoomAction, language: Language) -> ControlAction {
    let number = |name: &str| {
        let number = done.detail.get(name).and_then(Value::as_i64).unwrap_or(0);
        language.number(number)
    };
    let text = |name: &str| {
        let text = done.detail.get(name).and_then(Value::as_str);
        text.map(str::to_owned).unwrap_or_default()
    };
    let numbers = || {
        let [rate, target, cap] = ["rate_per_minute", "target", "cap"].map(number);
        let numbers = [("rate", rate.into()), ("target", target.into()), ("cap", cap.into())];
        language.t_with("control-did-numbers", numbers).into_owned()
    };
    let (kind, detail) = match done.action.as_str() {
        "pause" => (ActionKind::Pause, String::new()),
        "resume" => (ActionKind::Resume, String::new()),
        "say" => (ActionKind::Say, text("message")),
        "steer" => (ActionKind::Steer, numbers()),
        "beacon" => (ActionKind::Beacon, text("value")),
        "call-back-codes" => {
            let series = [("series", number("series").into())];
            (ActionKind::CallBackCodes, language.t_with("control-did-series", series).into_owned())
        }
        "end" => (ActionKind::End, String::new()),
        _ => (ActionKind::Define, numbers()),
    };
    ControlAction { at: zoned(&visit.facts, done.at), who: done.who, kind, detail }
}
