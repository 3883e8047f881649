//! Waits while something behind us is away: a database that restarts or fails over is back in
//! seconds, and a fan who waits them out sees a slow page instead of an error.
//!
//! A request that ends as "not available" is run again, whole, until it works or its time is over.
//! That is safe for every method, as it is safe that a balancer or a client repeats it: what a form
//! or a call of the API changes is named by its token or its idempotency key, and asked for twice it
//! is done once.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{StatusCode, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use super::size;
use crate::{
    fail::Fail,
    limits::{PATIENCE, PATIENCE_PAUSES, PATIENT_BODY_BYTES_MAX},
};

/// Who may wait, and where their different pauses come from.
#[derive(Clone)]
pub(super) struct Patience {
    /// A random number below a thousand.
    spread: Arc<dyn Fn() -> u32 + Send + Sync>,
    seats: Arc<Semaphore>,
}

impl Patience {
    pub(super) fn new(spread: impl Fn() -> u32 + Send + Sync + 'static, seats: usize) -> Self {
        Self { spread: Arc::new(spread), seats: Arc::new(Semaphore::new(seats)) }
    }

    /// Between half of the longest pause and all of it, so that those who wait do not come back at
    /// once.
    fn pause(&self, longest: Duration) -> Duration {
        longest / 2 + longest * (self.spread)() / 2_000
    }
}

/// Runs a request until it is answered with something else than "not available", or for too long.
pub(super) async fn wait(patience: &Patience, request: Request, next: Next) -> Response {
    let request = match Kept::new(request).await {
        Ok(kept) => kept,
        Err(Some(request)) => return next.run(request).await,
        Err(None) => return Fail::BAD_REQUEST.into_response(),
    };
    let deadline = Instant::now() + PATIENCE;
    let mut seat: Option<OwnedSemaphorePermit> = None;
    let mut longest = PATIENCE_PAUSES.0;
    loop {
        let response = next.clone().run(request.again()).await;
        if response.status() != StatusCode::SERVICE_UNAVAILABLE {
            return response;
        }
        if seat.is_none() {
            seat = Arc::clone(&patience.seats).try_acquire_owned().ok();
        }
        let pause = patience.pause(longest);
        if seat.is_none() || Instant::now() + pause >= deadline {
            return response;
        }
        tokio::time::sleep(pause).await;
        longest = (longest * 2).min(PATIENCE_PAUSES.1);
    }
}

/// A request that can be run again.
struct Kept {
    head: Parts,
    body: Bytes,
}

impl Kept {
    /// Reads a small body. Gives back a request whose body is large or of unknown length: that is not
    /// kept in memory. `None` if the client did not send what it announced.
    async fn new(request: Request) -> Result<Self, Option<Request>> {
        if size::announced(&request).is_none_or(|length| length > PATIENT_BODY_BYTES_MAX) {
            return Err(Some(request));
        }
        let (head, body) = request.into_parts();
        let body = to_bytes(body, PATIENT_BODY_BYTES_MAX).await.map_err(|_| None)?;
        Ok(Self { head, body })
    }

    fn again(&self) -> Request {
        Request::from_parts(self.head.clone(), Body::from(self.body.clone()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use axum::{
        Router,
        body::{Body, Bytes, to_bytes},
        http::{Request, StatusCode},
        middleware::from_fn,
        response::{IntoResponse, Response},
        routing::post,
    };
    use tower::ServiceExt as _;

    use super::{Patience, wait};

    /// Answers "not available" so many times, then with what it was sent; counts how often it was asked.
    async fn ask(failures: u32, seats: usize, body: usize) -> (Response, u32) {
        let asked = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&asked);
        let handler = async move |body: Bytes| {
            if count.fetch_add(1, Ordering::Relaxed) < failures {
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            } else {
                body.into_response()
            }
        };
        let patience = Patience::new(|| 500, seats);
        let router = Router::new()
            .route("/", post(handler))
            .layer(from_fn(move |request, next| {
                let patience = patience.clone();
                async move { wait(&patience, request, next).await }
            }))
            .layer(axum::extract::DefaultBodyLimit::disable());
        let request = Request::post("/").header("content-length", body);
        let response =
            router.oneshot(request.body(Body::from(vec![b'x'; body])).unwrap()).await.unwrap();
        (response, asked.load(Ordering::Relaxed))
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_waits_for_what_comes_back_and_is_run_whole() {
        let (response, asked) = ask(6, 1, 10).await;
        assert_eq!((response.status(), asked), (StatusCode::OK, 7));
        assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), "xxxxxxxxxx");
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_does_not_wait_for_ever() {
        let (response, asked) = ask(u32::MAX, 1, 10).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!((5..50).contains(&asked), "{asked}");
    }

    #[tokio::test(start_paused = true)]
    async fn when_too_many_wait_the_next_is_told_at_once() {
        let (response, asked) = ask(6, 0, 10).await;
        assert_eq!((response.status(), asked), (StatusCode::SERVICE_UNAVAILABLE, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_body_is_not_kept() {
        let large = crate::limits::PATIENT_BODY_BYTES_MAX + 1;
        let (response, asked) = ask(1, 1, large).await;
        assert_eq!((response.status(), asked), (StatusCode::SERVICE_UNAVAILABLE, 1));
        let (response, _) = ask(0, 1, large).await;
        assert_eq!(response.status(), StatusCode::OK);
    }
}
