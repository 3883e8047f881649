//! What the bytes that were read begin with.

use axum::http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, TRANSFER_ENCODING, UPGRADE,
};
use httparse::{EMPTY_HEADER, Header, Status};
use uuid::Uuid;

use crate::{
    api::{KEY, sound_key},
    front::{board_at, places_at},
    limits::PLAIN_HEADERS_MAX,
    middleware::REQUEST_ID,
    network::FORWARDED,
};

/// What is asked next, of so many bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked<'a> {
    Poll(Uuid, usize),
    Join(Join<'a>, usize),
    /// Perhaps one of both: more has to be read.
    Half,
    /// Not for us.
    SomethingElse,
}

/// Somebody wants a place and says nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Join<'a> {
    pub(super) performance: Uuid,
    pub(super) key: &'a str,
    /// From whom balancers have it.
    pub(super) forwarded: Option<&'a [u8]>,
}

/// What bytes begin with.
pub(super) fn asked(bytes: &[u8]) -> Asked<'_> {
    const BEGINNINGS: [&[u8]; 2] = [b"GET /rooms/", b"POST /api/v1/performances/"];
    let begins = |beginning: &&[u8]| {
        let known = bytes.len().min(beginning.len());
        bytes.get(..known) == beginning.get(..known)
    };
    if !BEGINNINGS.iter().any(begins) {
        return Asked::SomethingElse;
    }
    let mut headers = [EMPTY_HEADER; PLAIN_HEADERS_MAX];
    let mut request = httparse::Request::new(&mut headers);
    let length = match request.parse(bytes) {
        Ok(Status::Partial) => return Asked::Half,
        Ok(Status::Complete(length)) if request.version == Some(1) => length,
        Ok(_) | Err(_) => return Asked::SomethingElse,
    };
    let (path, headers) = (request.path.unwrap_or_default(), &*request.headers);
    let asked = match request.method {
        Some("GET") => poll(path, headers).map(|performance| Asked::Poll(performance, length)),
        Some("POST") => join(path, headers).map(|join| Asked::Join(join, length)),
        _ => None,
    };
    asked.unwrap_or(Asked::SomethingElse)
}

fn poll(path: &str, headers: &[Header<'_>]) -> Option<Uuid> {
    let is_harmless = |header: &Header<'_>| is_harmless(header) && !is(header, CONTENT_LENGTH);
    board_at(path).filter(|_| headers.iter().all(is_harmless))
}

fn join<'a>(path: &str, headers: &[Header<'a>]) -> Option<Join<'a>> {
    let performance = places_at(path)?;
    let (mut key, mut forwarded) = (None, None);
    for header in headers {
        let once = match header {
            header if is(header, KEY) => &mut key,
            header if is(header, FORWARDED) => &mut forwarded,
            header if is_without_body(header) && is_harmless(header) => continue,
            _ => return None,
        };
        if once.replace(header.value).is_some() {
            return None;
        }
    }
    Some(Join { performance, key: sound_key(key?)?, forwarded })
}

/// Whoever says what a body is like may send one; who names a request looks for it in the log.
fn is_without_body(header: &Header<'_>) -> bool {
    let has_length = is(header, CONTENT_LENGTH) && header.value != b"0";
    !(has_length || is(header, CONTENT_TYPE) || is(header, REQUEST_ID))
}

/// Changes nothing about how a request is read or answered, but for the length of its body.
fn is_harmless(header: &Header<'_>) -> bool {
    if is(header, CONNECTION) {
        return header.value.eq_ignore_ascii_case(b"keep-alive");
    }
    ![TRANSFER_ENCODING, EXPECT, UPGRADE].into_iter().any(|name| is(header, name))
}

fn is(header: &Header<'_>, name: impl AsRef<str>) -> bool {
    header.name.eq_ignore_ascii_case(name.as_ref())
}

#[cfg(test)]
mod tests {
    use super::{Asked, Join, asked};

    const ID: &str = "0197d7b0-7c2e-7b2a-9d2e-3f6f3f6f3f6f";
    const KEY: &str = "0123456789abcdef";

    fn poll() -> String {
        format!("GET /rooms/{ID}/status HTTP/1.1\r\nhost: a\r\n")
    }

    fn join() -> String {
        let path = format!("/api/v1/performances/{ID}/room/places");
        format!("POST {path} HTTP/1.1\r\nhost: a\r\nIdempotency-Key: {KEY}\r\n")
    }

    fn assert_whole(request: &str, expected: Asked<'_>) {
        assert_eq!(asked(format!("{request}GET /").as_bytes()), expected, "{request}");
        for end in 0..request.len() {
            let part = &request[..end];
            assert_eq!(asked(part.as_bytes()), Asked::Half, "{part}");
        }
    }

    #[test]
    fn what_leaves_no_doubt_is_known() {
        for more in ["", "Connection: keep-alive\r\n", "accept: */*\r\ncookie: a=b\r\n"] {
            let request = format!("{}{more}\r\n", poll());
            assert_whole(&request, Asked::Poll(ID.parse().unwrap(), request.len()));
            for (more, forwarded) in [
                (more.to_owned(), None),
                (format!("{more}Content-Length: 0\r\n"), None),
                (format!("{more}X-Forwarded-For: a, b\r\n"), Some(&b"a, b"[..])),
            ] {
                let request = format!("{}{more}\r\n", join());
                let join = Join { performance: ID.parse().unwrap(), key: KEY, forwarded };
                assert_whole(&request, Asked::Join(join, request.len()));
            }
        }
    }

    #[test]
    fn nothing_else_is() {
        for begun in [poll(), join()] {
            for (more, from, to) in [
                ("content-length: 1\r\n\r\n", "", ""),
                ("Transfer-Encoding: chunked\r\n\r\n", "", ""),
                ("connection: close\r\n\r\n", "", ""),
                ("expect: 100-continue\r\n\r\n", "", ""),
                ("upgrade: h2c\r\n\r\n", "", ""),
                (" folded\r\n\r\n", "", ""),
                ("\r\n", "HTTP/1.1", "HTTP/1.0"),
                ("\r\n", "/status", "/status?x=1"),
                ("\r\n", "/status", "/message"),
                ("\r\n", "/places", "/places?x=1"),
                ("\r\n", "/places", "/enter"),
                ("\r\n", "GET ", "HEAD "),
                ("\r\n", "POST ", "PUT "),
                ("\r\n", "0197", "019x"),
            ] {
                let request = format!("{begun}{more}");
                let other = request.replace(from, to);
                if from.is_empty() || other != request {
                    assert_eq!(asked(other.as_bytes()), Asked::SomethingElse, "{other}");
                }
            }
            let many = format!("{begun}{}\r\n", "a: b\r\n".repeat(100));
            assert_eq!(asked(many.as_bytes()), Asked::SomethingElse);
        }
        for other in [
            format!("{}content-length: 0\r\n\r\n", poll()),
            format!("{}content-type: application/json\r\n\r\n", join()),
            format!("{}x-request-id: mine\r\n\r\n", join()),
            format!("{}idempotency-key: {KEY}\r\n\r\n", join()),
            format!("{}x-forwarded-for: a\r\nx-forwarded-for: b\r\n\r\n", join()),
            format!("{}\r\n", join().replace(KEY, "short")),
            format!("{}\r\n", join().replace(KEY, "0123456789abcdeč")),
            format!("{}\r\n", join().replace("Idempotency-Key", "key")),
            "GET / HTTP/1.1\r\n".to_owned(),
            "nonsense".to_owned(),
        ] {
            assert_eq!(asked(other.as_bytes()), Asked::SomethingElse, "{other}");
        }
    }
}
