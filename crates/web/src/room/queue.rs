//! The page of a fan in a waiting room, and what its forms do.

use axum::{
    Json,
    extract::{Path, RawQuery, State},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use frontrow_ledger::{
    limits::SOLD_OUT_NEAR,
    room::{
        Phase, Refusal, Turn,
        admission::{Ceiling, Wait},
    },
};
use frontrow_shop::{
    Error, Result as ShopResult,
    room::{Entered, Own, Visit},
    sales::{CategoryView, SaleView},
    ticket::zoned,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    app::App,
    cache::CachePolicy,
    fail::{Answer, Fail},
    form::Posted,
    limits::{ACCESS_CODE_CHARS_MAX, LONGER_SECONDS_MIN, PASS_SECONDS, ROOM_REFRESH_SECONDS},
    pages::room::{
        Inside, OwnPlace, PaceReason, Refresh, RoomLinks, RoomMail, RoomOffer, RoomPage, RoomState,
        Showing, Start, WaitRange, Waiting, Watch, WatchPlace, Watched,
    },
    reply,
    room::{door, mail},
    shop::{labels, performance::on_offer},
    urls::Url,
    visitor::{Visitor, pass_cookie},
};

/// What a page without scripts remembers of the one before.
#[derive(Debug, Default)]
struct Before {
    /// When the wait was to be over by what was told first, in seconds since the Unix epoch.
    told: Option<i64>,
    /// The visitor wanted to come in, and the shop was full.
    was_full: bool,
    /// The visitor does not want the page to ask by itself.
    still: bool,
    /// The access code of a mail's link.
    code: Option<String>,
}

impl Before {
    /// Whatever makes no sense counts as nothing.
    fn read(query: Option<&str>) -> Self {
        let mut before = Self::default();
        for (key, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*key {
                "told" => before.told = value.parse().ok(),
                "moment" => before.was_full = true,
                "still" => before.still = true,
                "code" if value.len() <= ACCESS_CODE_CHARS_MAX => {
                    before.code = Some(value.into_owned());
                }
                _ => {}
            }
        }
        before
    }
}

/// The page of a waiting room.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(performance): Path<Uuid>,
    RawQuery(query): RawQuery,
) -> Answer {
    let before = Before::read(query.as_deref());
    // There is none, or none any more: nobody waits.
    if !app.shop.has_room(performance) {
        return Ok(reply::redirect(&Url::Performance(performance)));
    }
    let visit = app.shop.room_visit(performance, visitor.receipt(performance)).await?;
    let sale = app.shop.performance(performance, frontrow_ledger::ChannelId::WEB).await?.sale;
    let mut state = state(&visit, &before, performance);
    if let RoomState::Inside(inside) = &mut state {
        let (pass, device) = (visitor.pass(performance), visitor.device());
        if let Ok(Some(elsewhere)) = app.shop.gate_address(performance, pass, device) {
            inside.shop = elsewhere;
        }
    }
    let told = match &state {
        RoomState::Waiting(waiting) => {
            earliest(before.told, waiting.wait.map(|it| ends(&visit, it)))
        }
        _ => None,
    };
    let mail = match visit.own {
        Some(own) => mail::wished(&app, performance, own.place).await,
        None => None,
    };
    let page = RoomPage {
        frame: visitor.frame_with(&app, None),
        showing: showing(&visit, &visitor),
        place: visit.own.map(|own| own_place(&visit, own, mail, performance)),
        start: Start { at: zoned(&visit.facts, visit.starts), drawn: visit.draw.is_some() },
        paused: visit.status.paused,
        message: visit.message.clone(),
        door: door::asks(&app, &visit, before.code, performance),
        offers: offers(&visit, &sale, &visitor),
        links: RoomLinks {
            root: visit
                .draw
                .as_ref()
                .and_then(|(draw, _)| draw.beacon.as_ref())
                .map(|_| Url::RoomRoot(performance)),
            join: Url::RoomJoin(performance),
            enter: Url::RoomEnter(performance),
            extend: Url::RoomExtend(performance),
            leave: Url::RoomLeave(performance),
            performance: Url::Performance(performance),
        },
        refresh: refresh(&state, &visit, told, before.still, performance),
        watch: state.is_live().then(|| watch(&app, &visitor, &visit, performance)),
        state,
    };
    reply::page(&app, &visitor, CachePolicy::Secret, &page)
}

/// Comes in.
pub async fn enter(
    State(app): State<App>,
    Path(performance): Path<Uuid>,
    posted: Posted,
) -> Answer {
    let visitor = &posted.visitor;
    let Some(receipt) = visitor.receipt(performance) else {
        return Ok(reply::redirect(&Url::Room(performance)));
    };
    let entered = app.shop.enter_shop(performance, receipt, visitor.device()).await;
    passed(&app, performance, entered)
}

/// More time in the shop.
pub async fn extend(
    State(app): State<App>,
    Path(performance): Path<Uuid>,
    posted: Posted,
) -> Answer {
    let visitor = &posted.visitor;
    let pass = visitor.pass(performance);
    let extended = app.shop.extend_pass(performance, pass, visitor.device()).await;
    passed(&app, performance, extended)
}

/// Leaves the shop, so that the next one comes in.
pub async fn leave(
    State(app): State<App>,
    Path(performance): Path<Uuid>,
    posted: Posted,
) -> Answer {
    let visitor = &posted.visitor;
    let pass = visitor.pass(performance);
    app.shop.leave_shop(performance, pass, visitor.device()).await?;
    let name = pass_cookie(performance);
    Ok(reply::redirect_keeping(&app, &Url::Room(performance), &name, "", 0))
}

/// On into the shop with a pass, or back to the room, which says why not.
fn passed(app: &App, performance: Uuid, entered: ShopResult<Entered>) -> Result<Response, Fail> {
    let room = Url::Room(performance);
    match entered {
        Ok(Entered { pass, .. }) => {
            // Somebody else's shop is entered by a link of the room, as forms may not lead there.
            let elsewhere = app.shop.door(performance).gate.is_some();
            let to = if elsewhere { room } else { Url::Performance(performance) };
            let name = pass_cookie(performance);
            Ok(reply::redirect_keeping(app, &to, &name, &pass, PASS_SECONDS))
        }
        Err(Error::Room(Refusal::ShopFull)) => Ok(reply::redirect(&format!("{room}?moment=1"))),
        Err(Error::Room(_)) => Ok(reply::redirect(&room)),
        Err(error) => Err(error.into()),
    }
}

fn state(visit: &Visit, before: &Before, performance: Uuid) -> RoomState {
    let countdown = |until| labels::countdown(&visit.facts, until, visit.now);
    if let Some(Own { turn: Turn::InShop { until, extended }, .. }) = visit.own {
        return RoomState::Inside(Inside {
            countdown: countdown(until),
            can_extend: !extended,
            shop: Url::Performance(performance).to_string(),
        });
    }
    match (visit.phase, visit.own) {
        (Phase::Off, _) => RoomState::Open,
        (Phase::Ended, _) => RoomState::Ended,
        (Phase::SoldOut, _) => RoomState::SoldOut,
        (Phase::Closed, _) => RoomState::Closed { opens: countdown(visit.opens) },
        (Phase::PreQueue, None) => RoomState::Gathering { countdown: countdown(visit.starts) },
        (Phase::PreQueue, Some(_)) => RoomState::Gathered { countdown: countdown(visit.starts) },
        (Phase::Draw | Phase::Queue, None) => RoomState::Queue {
            waiting: visit.headcount.waiting,
            wait: told(visit.status.pace.wait(visit.headcount.waiting + 1)),
        },
        (Phase::Draw, Some(_)) => RoomState::Drawing,
        (Phase::Queue, Some(own)) => match own.turn {
            Turn::Undrawn => RoomState::Drawing,
            Turn::Waiting { ahead } => RoomState::Waiting(waiting(visit, &own, ahead, before)),
            Turn::Open { .. } | Turn::Missed if before.was_full => RoomState::OneMoment,
            Turn::Open { until } => RoomState::Turn { countdown: countdown(until) },
            Turn::Missed => RoomState::Missed,
            Turn::InShop { .. } | Turn::Over => RoomState::Over,
        },
    }
}

fn waiting(visit: &Visit, own: &Own, ahead: u64, before: &Before) -> Waiting {
    let position = own.position.unwrap_or(ahead).max(1);
    let wait = own.wait.and_then(told);
    let longer = wait.zip(before.told).is_some_and(|(wait, told)| {
        let slack = i64::try_from(wait.to_seconds / 10).unwrap_or(i64::MAX);
        ends(visit, wait) > told.saturating_add(slack.max(LONGER_SECONDS_MIN))
    });
    Waiting {
        ahead,
        percent: u8::try_from((visit.status.cursor * 100 / position).min(100)).unwrap_or(100),
        wait,
        pace: pace(visit.status.pace.slower.or(visit.tick.map(|tick| tick.limited_by))),
        longer,
    }
}

/// When a wait is over at the latest, in seconds since the Unix epoch.
fn ends(visit: &Visit, wait: WaitRange) -> i64 {
    let seconds = i64::try_from(wait.to_seconds).unwrap_or(i64::MAX);
    (visit.now.0 / 1_000).saturating_add(seconds)
}

/// What was told first counts, unless it has become better since.
fn earliest(before: Option<i64>, now: Option<i64>) -> Option<i64> {
    before.into_iter().chain(now).min()
}

/// Nothing while the queue stands still.
fn told(wait: Wait) -> Option<WaitRange> {
    let to_seconds = wait.to_ms?.div_ceil(1_000);
    Some(WaitRange { from_seconds: wait.from_ms / 1_000, to_seconds })
}

const fn pace(limited_by: Option<Ceiling>) -> PaceReason {
    match limited_by {
        Some(Ceiling::Rate) => PaceReason::Rate,
        Some(Ceiling::Shop) => PaceReason::Shop,
        Some(Ceiling::Provider) => PaceReason::Payments,
        Some(Ceiling::Telemetry) => PaceReason::Unmeasured,
        Some(Ceiling::Places) => PaceReason::Places,
        Some(Ceiling::Paused | Ceiling::People | Ceiling::Demand) | None => PaceReason::Full,
    }
}

fn showing(visit: &Visit, visitor: &Visitor) -> Showing {
    let heading = labels::heading(&visit.facts, visitor.language);
    Showing {
        title: heading.title,
        starts: heading.starts,
        venue: format!("{}, {}", heading.venue.name, heading.venue.city),
    }
}

fn own_place(visit: &Visit, own: Own, mail: Option<RoomMail>, performance: Uuid) -> OwnPlace {
    let drawn = visit.draw.as_ref().and_then(|(_, drawn)| drawn.as_ref());
    let was_drawn = drawn.is_none_or(|drawn| own.place.0 < drawn.places);
    OwnPlace {
        receipt: format!("{:08}", own.place.0),
        proof: (visit.draw.is_some() && was_drawn).then_some(Url::RoomProof(performance)),
        drawn: drawn.is_some(),
        rules: visit.draw.as_ref().map(|_| Url::FairQueue.to_string()),
        mail,
    }
}

/// What can still be bought by category, as the public status has it: its order is that of the sale's categories.
fn offers(visit: &Visit, sale: &SaleView, visitor: &Visitor) -> Vec<RoomOffer> {
    let offer = |(index, category): (u16, &CategoryView)| {
        let (left, range) = on_offer(sale, category)?;
        let money = |minor| labels::money(minor, sale.currency);
        Some(RoomOffer {
            category: labels::category(&visit.facts, category.id, visitor.language),
            prices: Some((money(range.0), money(range.1))),
            left: Some(left),
            index: Some(index),
        })
    };
    (0..).zip(&sale.categories).filter_map(offer).collect()
}

/// Without scripts the page asks again, sooner where all may be sold soon and seldom after, and
/// remembers what it told.
fn refresh(
    state: &RoomState,
    visit: &Visit,
    told: Option<i64>,
    still: bool,
    performance: Uuid,
) -> Option<Refresh> {
    if state.next().is_empty() {
        return None;
    }
    let polls = visit.status.polls;
    let seconds = match state {
        RoomState::Turn { .. } | RoomState::OneMoment | RoomState::Drawing => {
            ROOM_REFRESH_SECONDS.0
        }
        RoomState::Waiting(_) | RoomState::Queue { .. } => {
            ROOM_REFRESH_SECONDS.1.min(polls.far.into())
        }
        RoomState::SoldOut if is_first(visit) => polls.near.into(),
        RoomState::SoldOut => polls.far.into(),
        _ => ROOM_REFRESH_SECONDS.1,
    };
    let room = Url::Room(performance);
    let address = told.map_or_else(|| room.to_string(), |told| format!("{room}?told={told}"));
    let joint = if told.is_some() { '&' } else { '?' };
    let still_address = format!("{address}{joint}still");
    Some(Refresh { seconds, address, still_address, still })
}

/// Whoever stands first hears of places that come back before their turn is over.
fn is_first(visit: &Visit) -> bool {
    let position = visit.own.and_then(|own| own.position);
    position.is_some_and(|it| it.saturating_sub(visit.status.cursor) < SOLD_OUT_NEAR)
}

fn watch(app: &App, visitor: &Visitor, visit: &Visit, performance: Uuid) -> Watch {
    let key = BASE64_STANDARD.encode(app.shop.keys().board().verifying_key().as_bytes());
    let place = visit.own.map(|own| WatchPlace {
        place: own.place.0.into(),
        position: own.position,
        fan: hex::encode(own.fan.0),
    });
    let (announced, _) = visit.draw.clone().unzip();
    let watched = Watched {
        sale: performance,
        status: Url::RoomStatus(performance),
        draw: visit.draw.as_ref().map(|_| Url::RoomDraw(performance)),
        message: Some(Url::RoomMessage(performance)),
        said: visit.status.message,
        key: Some(key),
        commitment: announced.map(|draw| hex::encode(draw.commitment)),
        turn_seconds: u32::try_from(visit.policy.turn_ms / 1_000).unwrap_or(u32::MAX),
    };
    Watch::new(visitor.language, &watched, place)
}

/// What the organiser tells everybody who waits.
pub async fn message(State(app): State<App>, Path(performance): Path<Uuid>) -> Answer {
    let visit = app.shop.room_visit(performance, None).await?;
    let said = json!({ "number": visit.status.message, "text": visit.message });
    let mut response = Json(said).into_response();
    CachePolicy::Second.apply(response.headers_mut());
    Ok(response)
}
