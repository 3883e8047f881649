//! Where requests come in, and how one process takes the door over from another without anybody
//! standing in front of a closed one.
//!
//! Three ways to get a socket:
//!
//! - **opened**: nobody else has it. Connections that come after it closed are refused; a balancer
//!   tries the next replica.
//! - **handed over** by a supervisor (systemd's socket activation): it stays open whatever happens to
//!   this process, and connections that nobody accepts yet wait in it.
//! - **shared** (`reuse_port`): the next process opens the same port while this one still serves, and
//!   the kernel gives each connection to one of them. Closing such a socket resets the connections
//!   that wait in its queue, so before it closes it takes no new ones ([`Leaving::leave`]).

use std::{future::pending, net::SocketAddr, os::fd::AsFd as _, time::Duration};

use anyhow::{Context, Result};
use axum::serve::Listener;
use listenfd::ListenFd;
use socket2::{Domain, Protocol, SockFilter, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// Connections that wait to be accepted: what arrives while the process is busy elsewhere for some
/// tenths of a second.
const BACKLOG: i32 = 4_096;

/// How long a shared socket ignores beginnings of connections before it takes no more: long enough
/// for all that were begun to be accepted, much shorter than a client waits (a second) before it
/// begins again.
const IGNORING: Duration = Duration::from_millis(250);
/// How long after the last connection was taken until those without a request are closed: its first
/// request is on its way.
const FIRST_REQUEST: Duration = Duration::from_millis(250);

/// A socket that is listened on.
#[derive(Debug)]
pub struct Door {
    entrance: Entrance,
    leaving: Leaving,
}

/// Takes connections until it is told to stop.
#[derive(Debug)]
pub struct Entrance {
    listener: TcpListener,
    closed: CancellationToken,
}

/// How to stop taking connections.
#[derive(Debug)]
pub struct Leaving {
    closed: CancellationToken,
    /// The same socket, if other processes listen on its port.
    shared: Option<Socket>,
}

impl Listener for Entrance {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        tokio::select! {
            biased;
            // What nobody takes any more waits for the process that has the socket too.
            () = self.closed.cancelled() => pending().await,
            taken = Listener::accept(&mut self.listener) => taken,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Door {
    /// Takes the socket that a supervisor handed over, or opens one.
    pub fn open(config: &Config) -> Result<Self> {
        let given = ListenFd::from_env().take_tcp_listener(0);
        if let Some(listener) = given.context("the socket that was handed over is of no use")? {
            listener.set_nonblocking(true)?;
            return Ok(Self::new(TcpListener::from_std(listener)?, None));
        }
        let opened = open(config.listen, config.reuse_port);
        let socket = opened.with_context(|| format!("cannot listen on {}", config.listen))?;
        let shared = config.reuse_port.then(|| socket.try_clone()).transpose()?;
        Ok(Self::new(TcpListener::from_std(socket.into())?, shared))
    }

    fn new(listener: TcpListener, shared: Option<Socket>) -> Self {
        let closed = CancellationToken::new();
        let leaving = Leaving { closed: closed.clone(), shared };
        Self { entrance: Entrance { listener, closed }, leaving }
    }

    /// Where it is.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.entrance.listener.local_addr()
    }

    /// What takes connections, and how to stop it.
    pub fn into_parts(self) -> (Entrance, Leaving) {
        (self.entrance, self.leaving)
    }
}

impl Leaving {
    /// Takes no more connections, and returns when the socket, and connections on which nothing was
    /// asked, may be closed.
    ///
    /// A shared socket first ignores whoever begins a connection: they begin again after a second, and
    /// then the kernel gives them to the process that took over. Those that had begun are taken.
    pub async fn leave(self) {
        if let Some(shared) = &self.shared {
            match shared.attach_filter(&IGNORE_BEGINNINGS) {
                Ok(()) => tokio::time::sleep(IGNORING).await,
                Err(error) => {
                    tracing::warn!(%error, socket = ?shared.as_fd(), "connections may be reset");
                }
            }
        }
        self.closed.cancel();
        tokio::time::sleep(FIRST_REQUEST).await;
    }
}

fn open(address: SocketAddr, shared: bool) -> std::io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // So that a process can start again while connections of the last one are still being closed.
    socket.set_reuse_address(true)?;
    if shared {
        socket.set_reuse_port(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket)
}

/// A packet filter on the TCP header: drops what begins a connection (SYN without ACK) and passes
/// the rest.
const IGNORE_BEGINNINGS: [SockFilter; 5] = {
    const LOAD_BYTE: u16 = 0x30;
    const AND: u16 = 0x54;
    const JUMP_IF_EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;
    const FLAGS: u32 = 13;
    const SYN: u32 = 0x02;
    const SYN_OR_ACK: u32 = 0x12;
    [
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS),
        SockFilter::new(AND, 0, 0, SYN_OR_ACK),
        SockFilter::new(JUMP_IF_EQUAL, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ]
};
