//! What stands in front of the router and its layers: what everybody who waits polls, and whoever takes place after
//! place.
//!
//! A million people ask for the same hundred bytes: one look at the path, one look into a table, and bytes that were
//! written and signed once. Nothing is logged or counted for it. A flood of joins is stopped before it costs anything,
//! and a place that is simply taken by the API is answered here, too: the layers would cost three times as much as all
//! the rest of it.

use std::{
    convert::Infallible,
    net::IpAddr,
    task::{Context, Poll},
};

use axum::{
    BoxError, Router,
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{self, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use frontrow_ledger::Time;
use frontrow_shop::{
    pace::Burst,
    room::{Ask, Joined},
};
use futures::future::BoxFuture;
use percent_encoding::percent_decode_str;
use tokio::time::Instant;
use tower::Service;
use uuid::Uuid;

use crate::{
    api,
    app::App,
    cache::CachePolicy,
    limits::SITE_NETWORKS,
    middleware,
    network::{self, Crowded},
};

/// The router of a shop, and what stands in front of it. As a service of connections it remembers who is at the other
/// end of each.
#[derive(Debug, Clone)]
pub struct Front {
    app: App,
    router: Router,
    peer: Option<IpAddr>,
}

impl Front {
    /// Stands in front of a router.
    pub const fn new(app: App, router: Router) -> Self {
        Self { app, router, peer: None }
    }

    /// The same for one connection.
    #[must_use]
    pub fn of(&self, peer: IpAddr) -> Self {
        Self { peer: Some(peer), ..self.clone() }
    }

    /// Looks at what those who wait in a room poll.
    pub(crate) fn with_board<R>(
        &self,
        performance: Uuid,
        look: impl FnOnce(Option<&Bytes>) -> R,
    ) -> R {
        look(self.app.shop.boards().get(&performance).map(|board| &board.bytes))
    }

    /// Whether connections are kept no longer.
    pub(crate) fn is_ending(&self) -> bool {
        self.app.config.readiness.is_draining()
    }

    pub(crate) fn now(&self) -> Time {
        self.app.shop.now()
    }

    /// The answer, if somebody polls a board.
    fn board<B>(&self, request: &http::Request<B>) -> Option<Response> {
        let performance = board_at(request.uri().path())?;
        if request.method() != Method::GET {
            return None;
        }
        let board = self.app.shop.boards().get(&performance).map(|board| board.bytes.clone());
        let status = if board.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
        let mut response = Response::new(Body::from(board.unwrap_or_default()));
        *response.status_mut() = status;
        let policy = HeaderValue::from_static(CachePolicy::Board.value());
        response.headers_mut().insert(header::CACHE_CONTROL, policy);
        middleware::ending::close(&self.app.config.readiness, response.headers_mut());
        Some(response)
    }

    /// The answer, if too many places are taken from one network.
    fn crowd<B>(&self, request: &mut http::Request<B>) -> Option<Response> {
        if request.method() != Method::POST {
            return None;
        }
        let (performance, is_api) = joining(request.uri().path())?;
        let retry_seconds = self.crowded(performance, network::forwarded(request.headers()))?;
        if is_api {
            return Some(api::crowded(retry_seconds).into_response());
        }
        // A page says so in the visitor's language.
        request.extensions_mut().insert(Crowded { retry_seconds });
        None
    }

    /// Counts one more place for the network of whoever asks; if it is one too many, after how many seconds to come back.
    pub(crate) fn crowded<'a>(
        &self,
        performance: Uuid,
        forwarded: impl Iterator<Item = &'a [u8]>,
    ) -> Option<u32> {
        let shop = &self.app.shop;
        let a_minute = shop.door(performance).network_joins_per_minute;
        let network = network::of(self.peer?, forwarded, &self.app.config.proxies)?;
        if !shop.has_room(performance) || a_minute == 0 {
            return None;
        }
        let admit = |network: u128, a_minute: i64| {
            let burst = Burst { at_once: a_minute, every_ms: (60_000 / a_minute).max(1) };
            self.app.crowds.admit(network ^ performance.as_u128(), burst, shop.now())
        };
        let a_minute = i64::from(a_minute);
        let site = network::site_of(network);
        let refused = site.and_then(|site| admit(site, a_minute * SITE_NETWORKS).err());
        refused.or_else(|| admit(network, a_minute).err())
    }

    /// A place, if it is simply there to be taken.
    ///
    /// Nothing is logged for it. Whatever ends otherwise goes on to the router, which does it again and says why not:
    /// the same key is the same place.
    pub(crate) async fn join(&self, performance: Uuid, key: &str) -> Option<Joined> {
        let shop = &self.app.shop;
        let asked = Instant::now();
        let ask = Ask { own: key, ..Ask::default() };
        let joined = shop.join_room_by_key(performance, key, ask).await.ok()?;
        shop.pulse().answered(shop.now(), asked.elapsed(), false);
        Some(joined)
    }

    /// The answer to whoever has a place now.
    fn joined(&self, joined: Joined) -> Response {
        let mut response = api::joined(joined).into_response();
        CachePolicy::Secret.apply(response.headers_mut());
        let nosniff = HeaderValue::from_static("nosniff");
        response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
        middleware::ending::close(&self.app.config.readiness, response.headers_mut());
        response
    }

    /// The answer to a request.
    pub async fn answer<B>(&self, mut request: http::Request<B>) -> Response
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        if let Some(answer) = self.board(&request).or_else(|| self.crowd(&mut request)) {
            return answer;
        }
        if let Some((performance, key)) = plain_join(&request)
            && let Some(joined) = self.join(performance, key).await
        {
            return self.joined(joined);
        }
        let Ok(answer) = self.router.clone().call(request).await;
        answer
    }
}

/// Whose board is at a path.
pub(crate) fn board_at(path: &str) -> Option<Uuid> {
    let performance = path.strip_prefix("/rooms/")?.strip_suffix("/status")?;
    Uuid::try_parse(performance).ok()
}

/// Whose place is asked for with which key, by a request that says nothing else.
fn plain_join<B: HttpBody>(request: &http::Request<B>) -> Option<(Uuid, &str)> {
    let headers = request.headers();
    // Who names a request looks for it in the log.
    let is_plain = request.method() == Method::POST
        && request.body().is_end_stream()
        && !headers.contains_key(header::CONTENT_TYPE)
        && !headers.contains_key(middleware::REQUEST_ID);
    let performance = places_at(request.uri().path()).filter(|_| is_plain)?;
    Some((performance, api::idempotency_key(headers)?))
}

/// Whose places are taken at a path of the API.
pub(crate) fn places_at(path: &str) -> Option<Uuid> {
    let performance = path.strip_prefix("/api/v1/performances/")?.strip_suffix("/room/places")?;
    Uuid::try_parse(performance).ok()
}

/// Whose waiting room somebody wants a place in, and whether by the API. Registering counts as well: each sends a mail.
fn joining(path: &str) -> Option<(Uuid, bool)> {
    let (path, is_api) = match path.strip_prefix("/api/v1") {
        Some(path) => (path, true),
        None => (path, false),
    };
    let (performance, what) = path.strip_prefix("/performances/")?.split_once('/')?;
    let joins = matches!(
        (is_api, what),
        (true, "room/places" | "room/registrations") | (false, "room/join" | "room/register")
    );
    // As the router reads it: nobody hides by writing it in another way.
    let performance = percent_decode_str(performance).decode_utf8().ok()?;
    let performance = joins.then(|| Uuid::try_parse(&performance).ok())??;
    Some((performance, is_api))
}

impl Service<Request> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let front = self.clone();
        Box::pin(async move { Ok(front.answer(request).await) })
    }
}

#[cfg(test)]
mod tests {
    use super::joining;

    #[test]
    fn only_who_wants_a_place_is_counted() {
        let id = "0197d7b0-7c2e-7b2a-9d2e-3f6f3f6f3f6f";
        for (path, expected) in [
            (format!("/performances/{id}/room/join"), Some(false)),
            (format!("/performances/{id}/room/register"), Some(false)),
            (format!("/api/v1/performances/{id}/room/places"), Some(true)),
            (format!("/api/v1/performances/{id}/room/registrations"), Some(true)),
            (format!("/api/v1/performances/%30{}/room/places", &id[1..]), Some(true)),
            (format!("/performances/{}/room/join", id.replace('-', "")), Some(false)),
            (format!("/performances/{id}/room"), None),
            (format!("/performances/{id}/room/enter"), None),
            (format!("/api/v1/performances/{id}/room/enter"), None),
            ("/performances/x/room/join".to_owned(), None),
            ("/".to_owned(), None),
        ] {
            assert_eq!(joining(&path).map(|(_, is_api)| is_api), expected, "{path}");
        }
    }
}
