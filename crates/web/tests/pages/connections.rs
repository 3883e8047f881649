//! Connections that waste a place, and those that do not.

use std::time::Duration;

use frontrow_web::{
    connections::serve,
    limits::{HEAD_TIMEOUT, LOOK_EVERY, REST_TIMEOUT, RESTED_ENOUGH},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time,
};
use tokio_util::sync::CancellationToken;

use crate::rig::World;

const ASK: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: test\r\n\r\n";

/// A shop behind a socket.
struct Served {
    address: std::net::SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<()>,
    _world: World,
}

impl Served {
    async fn new(places: usize) -> Self {
        let world = World::new().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let served = serve(listener, world.router.clone(), places, stop.clone());
        Self { address, stop, task: tokio::spawn(served), _world: world }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn connected_and_said(&self, said: &[u8]) -> TcpStream {
        let mut client = self.connect().await;
        client.write_all(said).await.unwrap();
        client
    }
}

/// The whole answer to [`ASK`].
async fn answer(client: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(b"alive\n") {
        assert!(client.read_buf(&mut answer).await.unwrap() > 0, "hung up");
    }
    String::from_utf8(answer).unwrap()
}

/// Lets what is sent arrive, then so much time pass, for the timers alone.
async fn pass(duration: Duration) {
    time::sleep(Duration::from_millis(100)).await;
    time::pause();
    time::advance(duration).await;
    time::resume();
}

async fn is_closed(client: &mut TcpStream) -> bool {
    let mut byte = [0; 1];
    let read = time::timeout(Duration::from_secs(2), client.read(&mut byte));
    matches!(read.await, Ok(Ok(0) | Err(_)))
}

#[tokio::test]
async fn half_a_head_is_not_waited_for_while_others_are_served() {
    let shop = Served::new(1_000).await;
    let mut silent = shop.connect().await;
    let mut half: Vec<TcpStream> = Vec::new();
    for _ in 0..20 {
        half.push(shop.connected_and_said(b"GET / HTTP/1.1\r\nhost:").await);
    }
    let mut fan = shop.connected_and_said(ASK).await;
    answer(&mut fan).await;
    pass(HEAD_TIMEOUT / 2).await;
    for client in &mut half {
        client.write_all(b"a").await.unwrap();
    }
    pass(HEAD_TIMEOUT / 2 + LOOK_EVERY).await;
    assert!(is_closed(&mut silent).await, "nothing was asked at all");
    for client in &mut half {
        assert!(is_closed(client).await, "a byte now and then is not enough");
    }
    fan.write_all(ASK).await.unwrap();
    answer(&mut fan).await;

    // A second head is not waited for either.
    fan.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    pass(HEAD_TIMEOUT + LOOK_EVERY).await;
    assert!(is_closed(&mut fan).await);
}

#[tokio::test]
async fn a_connection_rests_for_a_while_between_two_requests() {
    let shop = Served::new(1_000).await;
    let mut fan = shop.connected_and_said(ASK).await;
    answer(&mut fan).await;
    pass(REST_TIMEOUT * 9 / 10).await;
    fan.write_all(ASK).await.unwrap();
    answer(&mut fan).await;
    pass(REST_TIMEOUT + LOOK_EVERY).await;
    assert!(is_closed(&mut fan).await);
}

#[tokio::test]
async fn who_rests_makes_room_for_who_asks() {
    let shop = Served::new(2).await;
    let mut resting = shop.connected_and_said(ASK).await;
    let mut other = shop.connected_and_said(ASK).await;
    answer(&mut resting).await;
    answer(&mut other).await;
    pass(RESTED_ENOUGH).await;
    other.write_all(ASK).await.unwrap();
    answer(&mut other).await;
    let mut third = shop.connected_and_said(ASK).await;
    answer(&mut third).await;
    assert!(is_closed(&mut resting).await);
    other.write_all(ASK).await.unwrap();
    answer(&mut other).await;
}

#[tokio::test]
async fn what_was_asked_is_answered_before_it_ends() {
    let shop = Served::new(10).await;
    let mut resting = shop.connected_and_said(ASK).await;
    answer(&mut resting).await;
    let form = b"POST /api/v1/nothing HTTP/1.1\r\nhost: test\r\ncontent-length: 2\r\n\r\n{";
    let mut asking = shop.connected_and_said(form).await;
    time::sleep(Duration::from_millis(100)).await;
    shop.stop.cancel();
    assert!(is_closed(&mut resting).await);
    assert!(!shop.task.is_finished());
    asking.write_all(b"}").await.unwrap();
    let mut answer = String::new();
    asking.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    shop.task.await.unwrap();
    assert!(TcpStream::connect(shop.address).await.is_err(), "nobody listens any more");
}
