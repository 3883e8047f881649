//! What everybody who waits polls, answered before anything else looks at the request.
//!
//! A million people ask for the same hundred bytes. So this stands in front of the router and its layers: one look at
//! the path, one look into a table, and bytes that were written and signed once. Nothing is logged or counted for it.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    task::{Context, Poll},
};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    response::Response,
    routing::future::RouteFuture,
};
use futures::future::Either;
use tower::Service;
use uuid::Uuid;

use crate::{app::App, cache::CachePolicy};

/// The router of a shop, and in front of it the boards of its waiting rooms.
#[derive(Debug, Clone)]
pub struct Front {
    app: App,
    router: Router,
}

impl Front {
    /// Puts the boards in front of a router.
    pub const fn new(app: App, router: Router) -> Self {
        Self { app, router }
    }

    /// The answer, if somebody polls a board.
    fn board(&self, request: &Request) -> Option<Response> {
        let path = request.uri().path().strip_prefix("/rooms/")?;
        let performance = Uuid::try_parse(path.strip_suffix("/status")?).ok()?;
        if request.method() != Method::GET {
            return None;
        }
        let mut response = match self.app.shop.boards().get(&performance) {
            Some(board) => Response::new(Body::from(board.bytes.clone())),
            None => {
                let mut missing = Response::new(Body::empty());
                *missing.status_mut() = StatusCode::NOT_FOUND;
                missing
            }
        };
        let policy = HeaderValue::from_static(CachePolicy::Board.value());
        response.headers_mut().insert(header::CACHE_CONTROL, policy);
        Some(response)
    }
}

impl Service<Request> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, RouteFuture<Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        <Router as Service<Request>>::poll_ready(&mut self.router, context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        match self.board(&request) {
            Some(answer) => Either::Left(ready(Ok(answer))),
            None => Either::Right(self.router.call(request)),
        }
    }
}
