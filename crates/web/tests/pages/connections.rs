//! Connections that waste a place, and those that do not.

use std::time::Duration;

use frontrow_shop::spec::RoomSpec;
use frontrow_web::{
    connections::serve,
    limits::{HEAD_TIMEOUT, LOOK_EVERY, REST_TIMEOUT, RESTED_ENOUGH},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::rig::World;

const ASK: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: test\r\n\r\n";

/// A shop behind a socket.
struct Served {
    address: std::net::SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<()>,
    world: World,
}

impl Served {
    async fn new(places: usize) -> Self {
        let world = World::new().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let served = serve(listener, world.router.clone(), places, stop.clone());
        Self { address, stop, task: tokio::spawn(served), world }
    }

    /// A waiting room that takes everybody; with these settings beside. Says where.
    async fn open_room(&self, settings: Value) -> Uuid {
        let mut spec = json!({ "starts_in_minutes": 10, "opens_before_minutes": 11 });
        for (name, value) in settings.as_object().unwrap() {
            spec[name] = value.clone();
        }
        let spec = RoomSpec::read(&spec).unwrap();
        let (shop, performance) = (&self.world.shop, self.world.performance);
        shop.put_room(performance, &spec, "test", shop.new_command_id()).await.unwrap();
        shop.look_after_rooms().await;
        performance
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

/// The status line, the headers in the order of their names without the date, and the body.
fn parts(answer: &[u8]) -> (String, Vec<String>, Vec<u8>) {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let (status, headers) = head.split_once("\r\n").unwrap();
    let dates = headers.lines().filter(|line| line.starts_with("date: ") && line.ends_with(" GMT"));
    assert_eq!(dates.count(), 1, "{head}");
    let mut headers: Vec<String> = headers.lines().map(str::to_owned).collect();
    headers.retain(|line| !line.starts_with("date: "));
    headers.sort_unstable();
    (status.to_owned(), headers, answer[end + 4..].to_vec())
}

/// What one request is answered, on a connection of its own.
async fn said(shop: &Served, request: &str) -> (String, Vec<String>, Vec<u8>) {
    let mut client = shop.connected_and_said(request.as_bytes()).await;
    let mut answer = vec![0; 2_000];
    time::sleep(Duration::from_millis(100)).await;
    let read = client.read(&mut answer).await.unwrap();
    parts(&answer[..read])
}

#[tokio::test]
async fn a_poll_is_answered_the_same_before_hyper_and_by_it() {
    let shop = Served::new(10).await;
    let performance = shop.open_room(json!({})).await;
    for (id, status) in [(performance, "HTTP/1.1 200 OK"), (Uuid::nil(), "HTTP/1.1 404 Not Found")]
    {
        let mut answers = Vec::new();
        // The second one has a header that only hyper understands.
        for more in ["", "connection: keep-alive, x\r\n"] {
            let poll = format!("GET /rooms/{id}/status HTTP/1.1\r\nhost: test\r\n{more}\r\n");
            answers.push(said(&shop, &poll).await);
        }
        assert_eq!(answers[0].0, status);
        assert_eq!(answers[0], answers[1]);
    }
}

#[tokio::test]
async fn polls_in_pieces_and_together_and_whatever_comes_after_them_are_answered_in_order() {
    let shop = Served::new(10).await;
    let poll = format!("GET /rooms/{}/status HTTP/1.1\r\nhost: test\r\n\r\n", Uuid::nil());
    let (first, rest) = poll.as_bytes().split_at(20);
    let mut client = shop.connected_and_said(first).await;
    time::sleep(Duration::from_millis(50)).await;
    client.write_all(&[rest, poll.as_bytes(), ASK, poll.as_bytes(), ASK].concat()).await.unwrap();
    let mut said = Vec::new();
    while said.windows(6).filter(|six| six == b"alive\n").count() < 2 {
        assert!(client.read_buf(&mut said).await.unwrap() > 0, "hung up");
    }
    let said = String::from_utf8(said).unwrap();
    let status = said.lines().filter_map(|line| line.split_once("HTTP/1.1 "));
    let status: Vec<&str> = status.map(|(_, status)| &status[..3]).collect();
    assert_eq!(status, ["404", "404", "200", "404", "200"]);

    // Whoever ends does so for those who poll, too.
    let mut polling = shop.connected_and_said(poll.as_bytes()).await;
    let mut answer = vec![0; 1_000];
    assert!(polling.read(&mut answer).await.unwrap() > 0);
    let mut half = shop.connected_and_said(first).await;
    time::sleep(Duration::from_millis(100)).await;
    shop.stop.cancel();
    assert!(is_closed(&mut polling).await);
    half.write_all(rest).await.unwrap();
    let mut answer = String::new();
    half.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("connection: close"), "{answer}");
    shop.task.await.unwrap();
}

fn join(performance: Uuid, key: u128, more: &str) -> String {
    format!(
        "POST /api/v1/performances/{performance}/room/places HTTP/1.1\r\nhost: test\r\n\
         idempotency-key: {key:032x}\r\n{more}\r\n"
    )
}

#[tokio::test]
async fn a_place_is_given_the_same_before_hyper_and_by_it() {
    let shop = Served::new(10).await;
    let performance = shop.open_room(json!({})).await;
    let first = said(&shop, &join(performance, 1, "")).await;
    assert_eq!(first.0, "HTTP/1.1 201 Created");
    assert!(String::from_utf8_lossy(&first.2).contains("\"place\":0"), "{first:?}");
    let again = said(&shop, &join(performance, 1, "connection: keep-alive, x\r\n")).await;
    assert_eq!(again, first);
    // The router says the same to whoever names the request, and a little more about it.
    let (status, _, body) = said(&shop, &join(performance, 1, "x-request-id: mine\r\n")).await;
    assert_eq!((status, body), (first.0, first.2));

    // Together with polls, in order.
    let poll = format!("GET /rooms/{}/status HTTP/1.1\r\nhost: test\r\n\r\n", Uuid::nil());
    let (second, third) = (join(performance, 2, ""), join(performance, 3, "content-length: 0\r\n"));
    let all = [&poll[..], &second, &third, &poll, "GET /healthz HTTP/1.1\r\nhost: test\r\n\r\n"];
    let mut client = shop.connected_and_said(all.concat().as_bytes()).await;
    let answers = answer(&mut client).await;
    let found: Vec<&str> = answers
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| match answer {
            answer if answer.contains("\"place\":1") => "second",
            answer if answer.contains("\"place\":2") => "third",
            answer => &answer[..3],
        })
        .collect();
    assert_eq!(found, ["404", "second", "third", "404", "200"], "{answers}");
}

#[tokio::test]
async fn who_gets_no_place_before_hyper_is_told_why_by_it() {
    let shop = Served::new(10).await;
    let performance = shop.open_room(json!({ "entry": "code" })).await;
    let (status, _, body) = said(&shop, &join(performance, 1, "")).await;
    assert!(status.starts_with("HTTP/1.1 4"), "{status}");
    assert!(String::from_utf8_lossy(&body).contains("access-code-needed"), "{body:?}");
    let (status, _, _) = said(&shop, &join(Uuid::nil(), 1, "")).await;
    assert_eq!(status, "HTTP/1.1 404 Not Found");

    let shop = Served::new(10).await;
    let performance = shop.open_room(json!({ "network_joins_per_minute": 3 })).await;
    let fan = "x-forwarded-for: 203.0.113.7\r\n";
    for key in 0..3 {
        let (status, _, _) = said(&shop, &join(performance, key, fan)).await;
        assert_eq!(status, "HTTP/1.1 201 Created");
    }
    let (status, headers, body) = said(&shop, &join(performance, 3, fan)).await;
    assert_eq!(status, "HTTP/1.1 429 Too Many Requests");
    assert!(headers.iter().any(|header| header.starts_with("retry-after: ")), "{headers:?}");
    assert!(String::from_utf8_lossy(&body).contains("too-many-joins"));
    let other = "x-forwarded-for: 203.0.113.8\r\n";
    let (status, _, _) = said(&shop, &join(performance, 4, other)).await;
    assert_eq!(status, "HTTP/1.1 201 Created");
}
