//! What is free, asked for every second by everybody who looks at a seat map: written once per
//! position of the log and sent to all.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use axum_extra::extract::Query;
use base64::{Engine, prelude::BASE64_STANDARD};
use frontrow_ledger::SeatId;
use frontrow_shop::status::{Snapshot, Status};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    app::App,
    cache::CachePolicy,
    fail::Answer,
    limits::{DELTAS_KEPT_MAX, STATUSES_KEPT_MAX},
};

/// Answers that are ready, by performance.
#[derive(Debug, Default)]
pub struct Statuses(Mutex<HashMap<Uuid, Ready>>);

/// Answers for one version: by the version that the reader has, empty for none.
#[derive(Debug)]
struct Ready {
    version: String,
    bodies: HashMap<String, Bytes>,
}

/// Which version a reader has.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Since {
    since: String,
}

/// What is free in a performance.
pub async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Path(performance): Path<Uuid>,
    Query(Since { since }): Query<Since>,
) -> Answer {
    app.shop.reach_version(performance, &since).await?;
    let version = app.shop.snapshot(performance).await?.version();
    let tag = format!("\"{version}\"");
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == tag.as_str());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else if let Some(body) = app.statuses.find(performance, &version, &since) {
        json(body)
    } else {
        let since_version = (!since.is_empty()).then_some(since.as_str());
        let status = app.shop.status(performance, since_version).await?;
        json(app.statuses.keep(performance, since, &status))
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    CachePolicy::Second.apply(response.headers_mut());
    Ok(response)
}

fn json(body: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

impl Statuses {
    fn find(&self, performance: Uuid, version: &str, since: &str) -> Option<Bytes> {
        let ready = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ready = ready.get(&performance).filter(|ready| ready.version == version)?;
        ready.bodies.get(since).cloned()
    }

    /// Writes an answer and keeps it for the next reader.
    fn keep(&self, performance: Uuid, since: String, status: &Status) -> Bytes {
        let (version, body) = match status {
            Status::Full(now) => (now.version(), full(now)),
            Status::Delta { since, now, taken, freed } => {
                (now.version(), delta(since, now, taken, freed))
            }
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= STATUSES_KEPT_MAX && !known.contains_key(&performance) {
            known.clear();
        }
        let ready = known
            .entry(performance)
            .or_insert_with(|| Ready { version: String::new(), bodies: HashMap::new() });
        if ready.version != version || ready.bodies.len() >= DELTAS_KEPT_MAX {
            ready.bodies.clear();
            ready.version = version;
        }
        ready.bodies.insert(since, body.clone());
        body
    }
}

#[derive(Serialize)]
struct FullBody<'a> {
    version: String,
    selling: bool,
    seats: String,
    areas: &'a [u32],
}

#[derive(Serialize)]
struct DeltaBody<'a> {
    version: String,
    since: &'a str,
    selling: bool,
    taken: &'a [SeatId],
    freed: &'a [SeatId],
    areas: &'a [u32],
}

fn full(now: &Snapshot) -> Bytes {
    written(&FullBody {
        version: now.version(),
        selling: now.selling,
        seats: BASE64_STANDARD.encode(&now.seats),
        areas: &now.areas,
    })
}

fn delta(since: &str, now: &Snapshot, taken: &[SeatId], freed: &[SeatId]) -> Bytes {
    written(&DeltaBody {
        version: now.version(),
        since,
        selling: now.selling,
        taken,
        freed,
        areas: &now.areas,
    })
}

fn written(body: &impl Serialize) -> Bytes {
    serde_json::to_vec(body).expect("strings and numbers always serialise").into()
}

#[cfg(test)]
mod tests {
    use super::{delta, full};
    use frontrow_ledger::SeatId;
    use frontrow_log::Position;
    use frontrow_shop::status::Snapshot;

    fn snapshot(seats: Vec<u8>) -> Snapshot {
        Snapshot { position: Position(0x1a2b), selling: true, seats, areas: vec![3_500, 894, 20] }
    }

    #[test]
    fn a_status_is_written_as_documented() {
        let body = full(&snapshot(vec![0x00, 0x00, 0xff, 0x01]));
        let expected =
            r#"{"version":"1a2b-1","selling":true,"seats":"AAD/AQ==","areas":[3500,894,20]}"#;
        assert_eq!(body, expected);
        let body = delta("1a00-1", &snapshot(Vec::new()), &[SeatId(17), SeatId(18)], &[]);
        let expected = concat!(
            r#"{"version":"1a2b-1","since":"1a00-1","selling":true,"#,
            r#""taken":[17,18],"freed":[],"areas":[3500,894,20]}"#
        );
        assert_eq!(body, expected);
    }

    #[test]
    fn an_arena_s_status_is_at_most_five_kilobytes() {
        assert!(full(&snapshot(vec![0xa5; 18_384 / 8])).len() <= 5_000);
    }
}
