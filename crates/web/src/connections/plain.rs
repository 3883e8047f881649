//! Whoever comes asks for a place, and whoever waits asks one thing again and again. As long as nothing else is asked on
//! a connection it is answered here, before a request is made of the bytes that were read.
//!
//! Answered is only what leaves no doubt ([`asked()`]), and what succeeds. With the first request that is anything else, or
//! that cannot be read, all that was read and not answered goes on to hyper, which keeps the connection and says what
//! there is to say. Tests hold both answers against each other.

mod answers;
mod asked;

use std::{io, pin::pin};

use frontrow_shop::room::Joined;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::Instant,
};

use super::{Calls, watch::Progress};
use crate::{front::Front, limits::PLAIN_BYTES_MAX};
use answers::Answers;
use asked::{Asked, Join, asked};

/// Answers until something else is asked, and gives back what was read of that. None if nothing more is to come.
pub(super) async fn answer(
    stream: &mut TcpStream,
    front: &Front,
    progress: &Progress,
    calls: &mut Calls,
) -> io::Result<Option<Vec<u8>>> {
    let (mut read, mut answers) = (Vec::new(), Answers::default());
    let mut leave = pin!(calls.leave(progress));
    loop {
        let mut done = 0;
        let next = loop {
            let next = asked(read.get(done..).unwrap_or_default());
            match next {
                // hyper says that no further request will be answered here.
                Asked::Poll(..) | Asked::Join(..) if front.is_ending() => break Next::Else,
                Asked::Poll(performance, bytes) => {
                    answers.board(performance, front);
                    done += bytes;
                }
                Asked::Join(join, bytes) => {
                    // What was asked before does not wait for the disk.
                    send(stream, &mut answers.bytes, progress).await?;
                    progress.asked();
                    let Some(joined) = joined(front, join).await else { break Next::Else };
                    answers.joined(joined, front);
                    done += bytes;
                }
                Asked::Half => break Next::Read,
                Asked::SomethingElse => break Next::Else,
            }
        };
        read.drain(..done);
        send(stream, &mut answers.bytes, progress).await?;
        if next == Next::Else || read.len() >= PLAIN_BYTES_MAX {
            return Ok(Some(read));
        }
        read.reserve(PLAIN_BYTES_MAX / 4);
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

/// How it goes on once what could be answered is.
#[derive(PartialEq, Eq)]
enum Next {
    /// More has to be read.
    Read,
    /// hyper answers.
    Else,
}

/// A place that is simply there to be taken.
async fn joined(front: &Front, join: Join<'_>) -> Option<Joined> {
    let Join { performance, key, forwarded } = join;
    match front.crowded(performance, forwarded.as_slice().iter().copied()) {
        Some(_) => None,
        None => front.join(performance, key).await,
    }
}

/// Sends what there is.
async fn send(stream: &mut TcpStream, bytes: &mut Vec<u8>, progress: &Progress) -> io::Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    progress.answered(Instant::now());
    let mut left = &bytes[..];
    while !left.is_empty() {
        let taken = stream.write(left).await?;
        progress.written(Instant::now);
        left = left.get(taken..).unwrap_or_default();
    }
    bytes.clear();
    Ok(())
}
