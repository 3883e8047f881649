//! Whoever waits asks one thing again and again. As long as nothing else is asked on a connection it is answered here,
//! before a request is made of the bytes that were read.
//!
//! Answered is only what leaves no doubt: `GET` of a room's status, HTTP/1.1, no body, nothing about the connection. With
//! the first request that is anything else, or that cannot be read, all that was read and not answered goes on to
//! hyper, which keeps the connection and says what there is to say. A test holds both answers against each other.

use std::{io, pin::pin};

use frontrow_ledger::Time;
use httparse::{EMPTY_HEADER, Header, Status};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::Instant,
};
use uuid::Uuid;

use super::{Calls, watch::Progress};
use crate::{
    cache::CachePolicy,
    front::{Front, board_at},
    limits::{POLL_BYTES_MAX, POLL_HEADERS_MAX},
};

/// Answers polls until something else is asked, and gives back what was read of that. None if nothing more is to come.
pub(super) async fn answer(
    stream: &mut TcpStream,
    front: &Front,
    progress: &Progress,
    calls: &mut Calls,
) -> io::Result<Option<Vec<u8>>> {
    let (mut read, mut answers) = (Vec::new(), Answers::default());
    let mut leave = pin!(calls.leave(progress));
    loop {
        let asked = answers.to(&mut read, front);
        if !answers.bytes.is_empty() {
            progress.answered(Instant::now());
            let mut left = &answers.bytes[..];
            while !left.is_empty() {
                let taken = stream.write(left).await?;
                progress.written(Instant::now);
                left = left.get(taken..).unwrap_or_default();
            }
            answers.bytes.clear();
        }
        if asked == Asked::SomethingElse || read.len() >= POLL_BYTES_MAX {
            return Ok(Some(read));
        }
        read.reserve(POLL_BYTES_MAX / 4);
        tokio::select! {
            biased;
            bytes = stream.read_buf(&mut read) => {
                if bytes? == 0 {
                    return Ok(None);
                }
                progress.read(Instant::now);
            }
            () = &mut leave => return Ok((!read.is_empty()).then_some(read)),
        }
    }
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// A poll of so many bytes.
    Poll(Uuid, usize),
    /// Perhaps one: more has to be read.
    Half,
    /// Not for us.
    SomethingElse,
}

/// Answers that are to be sent.
#[derive(Default)]
struct Answers {
    bytes: Vec<u8>,
    /// The `Date` of a second since the Unix epoch.
    date: (i64, String),
}

impl Answers {
    /// Answers the polls at the front and takes them away; says what is behind them.
    fn to(&mut self, read: &mut Vec<u8>, front: &Front) -> Asked {
        let mut done = 0;
        let next = loop {
            match asked(read.get(done..).unwrap_or_default()) {
                // hyper says that no further request will be answered here.
                Asked::Poll(..) if front.is_ending() => break Asked::SomethingElse,
                Asked::Poll(performance, bytes) => {
                    self.add(performance, front);
                    done += bytes;
                }
                other => break other,
            }
        };
        read.drain(..done);
        next
    }

    fn add(&mut self, performance: Uuid, front: &Front) {
        self.date_of(front.now());
        let Self { bytes, date } = self;
        front.with_board(performance, |board| {
            let (status, body) = match board {
                Some(body) => ("200 OK", &body[..]),
                None => ("404 Not Found", &[][..]),
            };
            let length = body.len().to_string();
            let head = [
                "HTTP/1.1 ",
                status,
                "\r\ncache-control: ",
                CachePolicy::Board.value(),
                "\r\ncontent-length: ",
                &length,
                "\r\ndate: ",
                &date.1,
                "\r\n\r\n",
            ];
            for part in head {
                bytes.extend_from_slice(part.as_bytes());
            }
            bytes.extend_from_slice(body);
        });
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

/// What bytes begin with.
fn asked(bytes: &[u8]) -> Asked {
    const BEGINNING: &[u8] = b"GET /rooms/";
    let known = bytes.len().min(BEGINNING.len());
    if bytes.get(..known) != BEGINNING.get(..known) {
        return Asked::SomethingElse;
    }
    let mut headers = [EMPTY_HEADER; POLL_HEADERS_MAX];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(bytes) {
        Ok(Status::Partial) => Asked::Half,
        Ok(Status::Complete(length)) if request.version == Some(1) => {
            let performance = request.path.and_then(board_at);
            match performance.filter(|_| request.headers.iter().all(is_harmless)) {
                Some(performance) => Asked::Poll(performance, length),
                None => Asked::SomethingElse,
            }
        }
        Ok(_) | Err(_) => Asked::SomethingElse,
    }
}

/// Changes nothing about how a request of this kind is read or answered.
fn is_harmless(header: &Header<'_>) -> bool {
    const NOT_FOR_US: [&str; 5] =
        ["content-length", "transfer-encoding", "connection", "expect", "upgrade"];
    let is = |name: &&str| header.name.eq_ignore_ascii_case(name);
    match NOT_FOR_US.iter().find(|name| is(name)) {
        Some(&"connection") => header.value.eq_ignore_ascii_case(b"keep-alive"),
        Some(_) => false,
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, asked};

    const ID: &str = "0197d7b0-7c2e-7b2a-9d2e-3f6f3f6f3f6f";

    #[test]
    fn only_what_leaves_no_doubt_is_a_poll() {
        let poll = format!("GET /rooms/{ID}/status HTTP/1.1\r\nhost: a\r\n");
        for more in ["", "Connection: keep-alive\r\n", "accept: */*\r\ncookie: a=b\r\n"] {
            let bytes = format!("{poll}{more}\r\n");
            let expected = Asked::Poll(ID.parse().unwrap(), bytes.len());
            assert_eq!(asked(format!("{bytes}GET /").as_bytes()), expected, "{more}");
            for end in 0..bytes.len() {
                assert_eq!(asked(&bytes.as_bytes()[..end]), Asked::Half, "{}", &bytes[..end]);
            }
        }
        for other in [
            format!("{poll}content-length: 1\r\n\r\n"),
            format!("{poll}Transfer-Encoding: chunked\r\n\r\n"),
            format!("{poll}connection: close\r\n\r\n"),
            format!("{poll}expect: 100-continue\r\n\r\n"),
            format!("{poll}upgrade: h2c\r\n\r\n"),
            format!("{poll} folded\r\n\r\n"),
            format!("{poll}a: b\r\n\r\n").replace("HTTP/1.1", "HTTP/1.0"),
            format!("{poll}\r\n").replace("/status", "/status?x=1"),
            format!("{poll}\r\n").replace("/status", "/message"),
            format!("{poll}\r\n").replace("GET ", "HEAD "),
            format!("{poll}\r\n").replace("0197", "019x"),
            "GET / HTTP/1.1\r\n".to_owned(),
            "nonsense".to_owned(),
            format!("{poll}{}\r\n", "a: b\r\n".repeat(100)),
        ] {
            assert_eq!(asked(other.as_bytes()), Asked::SomethingElse, "{other}");
        }
    }
}
