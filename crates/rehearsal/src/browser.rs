//! What a fan's browser does: connections that are kept, cookies, one retry, patience when told to wait.
//!
//! The connections are shared by all fans and bounded: a balancer in front of a shop does the same. Waiting for one is
//! part of the latency, which counts from the moment at which the fan wanted the answer, not from the moment at which
//! the machine got round to asking. So a shop that falls behind is not flattered by a drill that falls behind with it.

mod jar;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{
    HeaderMap, Method, Request, StatusCode, Uri,
    header::{self, HeaderName, HeaderValue},
};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep, timeout},
};

pub use jar::Jar;

use crate::{
    limits::{ANSWER_TIMEOUT, BODY_BYTES_MAX, WAIT_MAX, WAITS_MAX},
    pages,
    tally::{Event, Step, Tally},
};

/// What every fan's browser shares.
#[derive(Debug)]
pub struct Browser {
    http: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base: String,
    host: HeaderValue,
    connections: Semaphore,
    tally: Arc<Tally>,
}

/// One thing that is asked.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Counted as.
    pub step: Step,
    /// How.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// A posted form, or JSON.
    pub body: Bytes,
    /// More headers.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Any but 429 and 5xx.
    pub status: StatusCode,
    /// With cookies.
    pub headers: HeaderMap,
    /// As it was sent.
    pub body: Bytes,
}

/// A request failed for good; it is counted already.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {cause}", step.name())]
pub struct Lost {
    /// At which step.
    pub step: Step,
    /// Why.
    pub cause: String,
}

/// The address of the shop cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not the address of a shop: http://HOST:PORT or https://HOST")]
pub struct BadAddress(String);

/// One attempt.
enum Tried {
    Answered(Answer),
    /// Told to come back.
    Later(Duration),
    Failed(String),
}

impl Ask {
    /// Asks for a page.
    pub fn get(step: Step, path: impl Into<String>) -> Self {
        let path = path.into();
        Self { step, method: Method::GET, path, body: Bytes::new(), headers: Vec::new() }
    }

    /// Sends a form.
    pub fn form(step: Step, path: impl Into<String>, fields: &[(&str, &str)]) -> Self {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        Self {
            method: Method::POST,
            body: body.finish().into(),
            headers: vec![(header::CONTENT_TYPE, kind)],
            ..Self::get(step, path)
        }
    }

    /// Calls the API, with an idempotency key.
    pub fn json(step: Step, path: impl Into<String>, key: &str, body: &serde_json::Value) -> Self {
        let kind = HeaderValue::from_static("application/json");
        let key = HeaderValue::from_str(key).unwrap_or(HeaderValue::from_static(""));
        let name = HeaderName::from_static("idempotency-key");
        Self {
            method: Method::POST,
            body: body.to_string().into(),
            headers: vec![(header::CONTENT_TYPE, kind), (name, key)],
            ..Self::get(step, path)
        }
    }

    /// With one more header; a value that no header can have is left out.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
        self
    }
}

impl Answer {
    /// Where it sends the browser, without the host.
    pub fn location(&self) -> Option<&str> {
        let location = self.headers.get(header::LOCATION)?.to_str().ok()?;
        if location.starts_with('/') {
            return Some(location);
        }
        let (_, rest) = location.split_once("://")?;
        rest.find('/').and_then(|slash| rest.get(slash..))
    }
}

impl Browser {
    /// For a shop, over at most so many connections.
    pub fn new(base: &str, connections: usize, tally: Arc<Tally>) -> Result<Self, BadAddress> {
        let bad = || BadAddress(base.to_owned());
        let base = base.trim_end_matches('/').to_owned();
        let uri: Uri = base.parse().map_err(|_| bad())?;
        let authority = uri.authority().ok_or_else(bad)?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.path() != "/" {
            return Err(bad());
        }
        let host = HeaderValue::from_str(authority.as_str()).map_err(|_| bad())?;
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(Duration::from_secs(5)));
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::aws_lc_rs::default_provider())
            .map_err(|_| bad())?
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let http = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_max_idle_per_host(connections)
            .build(connector);
        Ok(Self { http, base, host, connections: Semaphore::new(connections), tally })
    }

    /// Where the shop is, without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Asks, tries once more if it fails, comes back later if told so. `wanted` is when the fan wanted it.
    pub async fn ask(&self, jar: &mut Jar, wanted: Instant, ask: &Ask) -> Result<Answer, Lost> {
        let (mut waits, mut failed) = (0, false);
        loop {
            match self.attempt(jar, ask).await {
                Tried::Answered(answer) => {
                    if failed {
                        self.tally.count(Event::Retried);
                    }
                    self.tally.answered(ask.step, wanted.elapsed());
                    jar.keep(&answer.headers);
                    return Ok(answer);
                }
                Tried::Later(_) if waits == WAITS_MAX => {
                    return Err(self.lost(ask.step, "told to come back again and again"));
                }
                Tried::Later(wait) => {
                    waits += 1;
                    self.tally.count(Event::ToldToWait);
                    sleep(wait.min(WAIT_MAX)).await;
                }
                Tried::Failed(cause) if failed => return Err(self.lost(ask.step, &cause)),
                Tried::Failed(_) => failed = true,
            }
        }
    }

    /// An answer that is no answer to what was asked. Forms and the API say what is wrong.
    pub fn odd(&self, step: Step, answer: &Answer) -> Lost {
        let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let why = problem["errors"][0]["pointer"].as_str().or(problem["type"].as_str());
        let why = why.or_else(|| pages::wrong_field(&answer.body));
        let why = why.map_or_else(String::new, |why| format!(" ({why})"));
        self.lost(step, &format!("status {}{why}", answer.status.as_u16()))
    }

    /// Counts a request that failed for good.
    pub fn lost(&self, step: Step, cause: &str) -> Lost {
        self.tally.failed(step, cause);
        Lost { step, cause: cause.to_owned() }
    }

    async fn attempt(&self, jar: &Jar, ask: &Ask) -> Tried {
        let Ok(_connection) = self.connections.acquire().await else {
            return Tried::Failed("the drill is over".to_owned());
        };
        let request = match self.request(jar, ask) {
            Ok(request) => request,
            Err(error) => return Tried::Failed(format!("not a request: {error}")),
        };
        let exchange = async {
            let response = self.http.request(request).await.map_err(|error| describe(&error))?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, BODY_BYTES_MAX).collect().await;
            let body = body.map_err(|error| describe(&*error))?.to_bytes();
            Ok(Answer { status: head.status, headers: head.headers, body })
        };
        match timeout(ANSWER_TIMEOUT, exchange).await {
            Err(_) => Tried::Failed("no answer in time".to_owned()),
            Ok(Err(cause)) => Tried::Failed(cause),
            Ok(Ok(answer)) => judged(answer),
        }
    }

    fn request(&self, jar: &Jar, ask: &Ask) -> Result<Request<Full<Bytes>>, http::Error> {
        let mut request = Request::builder()
            .method(ask.method.clone())
            .uri(format!("{}{}", self.base, ask.path))
            .header(header::HOST, self.host.clone())
            .header(header::ACCEPT_LANGUAGE, "en");
        if let Some(cookies) = jar.header() {
            request = request.header(header::COOKIE, cookies);
        }
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        request.body(Full::new(ask.body.clone()))
    }
}

/// What a browser makes of an answer.
fn judged(answer: Answer) -> Tried {
    let status = answer.status;
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        let after = answer.headers.get(header::RETRY_AFTER);
        let seconds = after.and_then(|value| value.to_str().ok()?.parse().ok());
        return match seconds {
            Some(seconds) => Tried::Later(Duration::from_secs(seconds)),
            None => Tried::Failed(format!("status {}", status.as_u16())),
        };
    }
    Tried::Answered(answer)
}

/// The innermost cause says what happened.
fn describe(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.last().map(ToString::to_string).unwrap_or_default()
}
