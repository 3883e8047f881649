//! A waiting room before somebody else's shop: the real HAProxy with the configuration that we ship, and nobody past it.

use std::{
    path::Path,
    process::{Child, Command},
    time::Duration,
};

use reqwest::{Method, redirect::Policy};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::client::Api;

const DEVICE: &str = "a secret of this device";

struct Balancer(Child);

impl Drop for Balancer {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// A shop that sells to everybody who comes.
async fn shop() -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut request = [0; 4_096];
                if stream.read(&mut request).await.is_ok_and(|bytes| bytes == 0) {
                    return;
                }
                let answer =
                    b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nsold";
                stream.write_all(answer).await.ok();
            });
        }
    });
    port
}

/// The status of an answer to a path as it stands, which a client would tidy up.
async fn status_of(port: u16, path: &str, cookies: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: shop.example.org\r\ncookie: {cookies}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

/// What a browser sees of an address: the status, where it is sent, its new cookies.
async fn visit(address: &str, cookies: &str) -> (u16, String, String) {
    let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let mut answer = client.get(address).header("cookie", cookies).send().await;
    for _ in 0..100 {
        if answer.is_ok() {
            break;
        }
        // The balancer starts.
        tokio::time::sleep(Duration::from_millis(50)).await;
        answer = client.get(address).header("cookie", cookies).send().await;
    }
    let answer = answer.unwrap();
    let location = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
    let cookies = answer.headers().get_all("set-cookie").iter();
    let cookies = cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap());
    let cookies = cookies.collect::<Vec<_>>().join("; ");
    (answer.status().as_u16(), location.unwrap_or_default(), cookies)
}

#[tokio::test]
async fn nobody_buys_past_a_room_before_another_shop() {
    let api = Api::start().await;
    let performance = api.performance("noc-v-kotelne").await;
    let key = api.organiser_key("Kotelna");
    let room = format!("/performances/{performance}/room");
    let ask = async |method, path: String, body: Value| {
        let request =
            api.request(method, &path).bearer_auth(&key).header("frontrow-device", DEVICE);
        api.send(request.header("idempotency-key", api.key()).json(&body)).await
    };
    let port = frontrow_rehearsal::local::free_port().unwrap();
    let base = format!("http://127.0.0.1:{port}");
    let spec = json!({
        "starts_in_minutes": 0, "draw": false, "rate_per_minute": 60_000, "gate": format!("{base}/buy?lang=cs"),
    });
    ask(Method::PUT, room.clone(), spec).await.expect(204);
    let gate = ask(Method::GET, format!("{room}/gate"), Value::Null).await.expect(200);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/haproxy/gate.cfg");
    let balancer = Command::new("haproxy")
        .arg("-f")
        .arg(file)
        .env("GATE_BIND", format!("127.0.0.1:{port}"))
        .env("GATE_SHOP", format!("127.0.0.1:{}", shop().await))
        .env("GATE_ROOM", "https://wait.example.org/room")
        .env("GATE_AUDIENCE", gate["audience"].as_str().unwrap())
        .env("GATE_KEY", gate["key"].as_str().unwrap())
        .spawn()
        .expect("haproxy is missing; `cargo xtask test` installs it");
    let _balancer = Balancer(balancer);
    let waits = |seen: (u16, String, String)| {
        assert_eq!((seen.0, seen.1.as_str()), (303, "https://wait.example.org/room"));
    };
    waits(visit(&format!("{base}/buy"), "").await);

    let joined = ask(Method::POST, format!("{room}/places"), json!({})).await.expect(201);
    let enter = json!({ "receipt": joined["receipt"] });
    let mut entered = ask(Method::POST, format!("{room}/enter"), enter.clone()).await;
    for _ in 0..200 {
        if entered.status.is_success() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        entered = ask(Method::POST, format!("{room}/enter"), enter.clone()).await;
    }
    let url = entered.expect(200)["url"].as_str().unwrap().to_owned();

    // A link that carries a token leads nowhere else.
    let (_, token) = url.split_once("frontrow_pass=").unwrap();
    for path in ["//evil.example/", "/\\evil.example/", "///evil.example"] {
        let with_token = format!("{path}?frontrow_pass={token}");
        assert_eq!(status_of(port, &with_token, "").await, "400", "{path}");
    }

    let (status, location, cookies) = visit(&url, "").await;
    assert_eq!((status, location.as_str()), (303, "/buy?lang=cs"), "the token leaves the address");
    assert_eq!(visit(&format!("{base}/buy?lang=cs"), &cookies).await.0, 200);
    assert_eq!(status_of(port, "//buy", &cookies).await, "400");

    // Handed on, as an address or as a cookie, it does not work; changed neither.
    waits(visit(&url, "").await);
    let (pass, _) = cookies.split_once("; ").unwrap();
    waits(visit(&format!("{base}/buy"), pass).await);
    waits(
        visit(&format!("{base}/buy"), &cookies.replace("frontrow_pass=e", "frontrow_pass=f")).await,
    );
    waits(
        visit(&format!("{base}/buy"), &cookies.replace("frontrow_seat=", "frontrow_seat=0")).await,
    );

    // The shop says that they left, and there is room for the next.
    let token = url.split("frontrow_pass=").nth(1).unwrap();
    let leave = format!("{room}/gate/leave");
    ask(Method::POST, leave.clone(), json!({ "token": token })).await.expect(204);
    ask(Method::POST, leave, json!({ "token": "x.y.z" }))
        .await
        .expect_problem(403, "not-your-turn");
}

#[tokio::test]
async fn access_codes_are_made_by_number_and_by_name_and_only_for_the_seller() {
    let api = Api::start().await;
    let performance = api.performance("noc-v-kotelne").await;
    let key = api.organiser_key("Kotelna");
    let room = format!("/performances/{performance}/room");
    let call = async |method, path: &str, key: &str, body: Value| {
        let request = api.request(method, path).bearer_auth(key).json(&body);
        api.send(request.header("idempotency-key", api.key())).await
    };
    let spec = json!({ "starts_in_minutes": 5, "entry": "code", "work_bits": 16 });
    call(Method::PUT, &room, &key, spec).await.expect(204);
    let codes = format!("{room}/codes");
    let wanted = json!({ "first": 5, "count": 2, "names": ["member-17"] });
    let made = call(Method::POST, &codes, &key, wanted).await.expect(200);
    let [one, other, member] = [0, 1, 2].map(|at| made["codes"][at].as_str().unwrap());
    assert!(one != other && one.len() == 19 && member.len() == 29, "{made}");
    call(Method::POST, &codes, "nobody's", json!({})).await.expect_problem(401, "api-key");
    let many = call(Method::POST, &codes, &key, json!({ "count": 10_001 })).await;
    assert_eq!(many.expect_problem(422, "invalid")["errors"][0]["pointer"], "/count");

    let open = api.get(&room).await.expect(200);
    assert_eq!((open["entry"].as_str(), open["work"]["bits"].as_u64()), (Some("code"), Some(16)));
    let places = format!("{room}/places");
    let own = api.key();
    let join = async |code: &str, work: &str| {
        api.post_with(&places, &own, json!({ "code": code, "work": work })).await
    };
    join(one, "").await.expect_problem(403, "work-needed");
    let challenge = open["work"]["challenge"].as_str().unwrap();
    let work = frontrow_work(challenge, &own, 16);
    join("", &work).await.expect_problem(403, "access-code-needed");
    join("0000-0000-0000-0000", &work).await.expect_problem(403, "access-code-unknown");
    assert_eq!(join(one, &work).await.expect(201)["place"], 0);
    assert_eq!(join(&one.to_lowercase(), &work).await.expect(201)["place"], 0);
    assert_eq!(join(member, &work).await.expect(201)["place"], 1);

    let call_back = json!({ "action": "call-back-codes" });
    call(Method::POST, &format!("{room}/actions"), &key, call_back).await.expect(204);
    join(other, &work).await.expect_problem(403, "access-code-called-back");
    let anew = json!({ "first": 6, "count": 1 });
    let made = call(Method::POST, &codes, &key, anew).await.expect(200);
    assert_eq!(made["series"], 1);
    join(made["codes"][0].as_str().unwrap(), &work).await.expect(201);
}

/// The work as `docs/waiting-room.md` describes it.
fn frontrow_work(challenge: &str, key: &str, bits: u32) -> String {
    use sha2::{Digest as _, Sha256};

    let zeros = |found: &str| {
        let hash = Sha256::digest(format!("{challenge}:{key}:{found}"));
        u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]).leading_zeros()
    };
    (0..u32::MAX).map(|found| found.to_string()).find(|found| zeros(found) >= bits).unwrap()
}
