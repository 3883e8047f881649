//! Answers as bytes, with the headers that hyper and the layers would have put on them.

use axum::http::StatusCode;
use frontrow_ledger::Time;
use frontrow_shop::room::Joined;
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use uuid::Uuid;

use crate::{api, cache::CachePolicy, front::Front};

/// Answers that are to be sent.
#[derive(Default)]
pub(super) struct Answers {
    pub(super) bytes: Vec<u8>,
    /// The `Date` of a second since the Unix epoch.
    date: (i64, String),
}

impl Answers {
    /// What a room says to everybody.
    pub(super) fn board(&mut self, performance: Uuid, front: &Front) {
        self.date_of(front.now());
        front.with_board(performance, |board| {
            let (status, body) = match board {
                Some(body) => (StatusCode::OK, &body[..]),
                None => (StatusCode::NOT_FOUND, &[][..]),
            };
            self.add(status, &[("cache-control", CachePolicy::Board.value())], body);
        });
    }

    /// What is said to whoever has a place now.
    pub(super) fn joined(&mut self, joined: Joined, front: &Front) {
        self.date_of(front.now());
        let headers = [
            ("content-type", "application/json"),
            ("cache-control", CachePolicy::Secret.value()),
            ("x-content-type-options", "nosniff"),
        ];
        self.add(StatusCode::CREATED, &headers, &api::joined_bytes(joined));
    }

    fn add(&mut self, status: StatusCode, headers: &[(&str, &str)], body: &[u8]) {
        let length = body.len().to_string();
        let head =
            ["HTTP/1.1 ", status.as_str(), " ", status.canonical_reason().unwrap_or_default()];
        let standing = [("content-length", &length[..]), ("date", &self.date.1[..])];
        let mut say = |text: &str| self.bytes.extend_from_slice(text.as_bytes());
        head.into_iter().for_each(&mut say);
        for (name, value) in headers.iter().chain(&standing) {
            ["\r\n", name, ": ", value].into_iter().for_each(&mut say);
        }
        say("\r\n\r\n");
        self.bytes.extend_from_slice(body);
    }

    fn date_of(&mut self, now: Time) {
        let second = now.0.div_euclid(1_000);
        if self.date.0 != second || self.date.1.is_empty() {
            let moment = Timestamp::from_second(second).unwrap_or_default();
            let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&moment);
            self.date = (second, date.unwrap_or_default());
        }
    }
}
