//! Everything around the pages, in order: what is outside sees a request first.
//!
//! These are functions around functions and not a layer each: each layer of axum's is allocated, and copies the request
//! and all layers within it, for each request, and each time that a request goes on it does so through all of them.

mod access;
mod arrival;
pub(crate) mod ending;
mod faults;
mod language;
mod load;
mod origin;
mod patience;
mod policy;
pub(crate) mod size;

use std::{panic::AssertUnwindSafe, sync::Arc};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, StatusCode},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use futures::FutureExt as _;
use tokio::{sync::Semaphore, time::timeout};
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;

use crate::{
    app::App,
    fail::Fail,
    limits::{FORM_BYTES_MAX, IN_FLIGHT_MAX, LARGE_IN_FLIGHT_MAX, PATIENT_MAX, REQUEST_TIMEOUT},
};

/// Names a request in logs and in answers.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Wraps pages, and what machines talk to, in everything that they need.
pub fn around(pages: Router<App>, machines: Router<App>, app: &App) -> Router<App> {
    let shop = app.shop.clone();
    let spread = move || u32::try_from(shop.new_command_id().0 % 1_000).unwrap_or(0);
    let guards = Arc::new(Guards {
        app: app.clone(),
        places: load::Places::new(IN_FLIGHT_MAX),
        large: Arc::new(Semaphore::new(LARGE_IN_FLIGHT_MAX)),
        patience: patience::Patience::new(spread, PATIENT_MAX),
    });
    let of_pages = ServiceBuilder::new()
        .layer(from_fn_with_state(Arc::clone(&guards), of_pages))
        .layer(size::at_most(FORM_BYTES_MAX));
    let machines = machines.layer(from_fn_with_state(guards, of_machines));
    let of_all = ServiceBuilder::new()
        .layer(from_fn_with_state(app.clone(), of_all))
        // Small on the wire.
        .layer(CompressionLayer::new());
    pages.layer(of_pages).merge(machines).layer(of_all)
}

/// What stands around every request that may be worked on.
struct Guards {
    app: App,
    places: load::Places,
    /// Places for requests with large bodies.
    large: Arc<Semaphore>,
    patience: patience::Patience,
}

async fn of_all(State(app): State<App>, request: Request, next: Next) -> Response {
    // Every request has a name, and every answer says it.
    let mut response = access::named(&app, request, async |request| {
        // One line per request, without anything personal.
        access::logged(&app, request, next).await
    })
    .await;
    // What browsers must not do with our pages.
    policy::add(&app, response.headers_mut());
    // Whoever comes while we end connects anew.
    ending::close(&app.config.readiness, response.headers_mut());
    response
}

async fn of_pages(State(guards): State<Arc<Guards>>, request: Request, next: Next) -> Response {
    // A failure becomes a page in the visitor's language.
    faults::pages(&guards.app, request, async |request| {
        // Who sends slowly keeps nobody else waiting.
        let (request, _large) = match arrival::wait(&guards.large, request).await {
            Ok(arrived) => arrived,
            Err(failed) => return failed,
        };
        guarded(&guards.places, async {
            // Other sites' pages cannot send our forms.
            if let Some(refused) = origin::refused(&request) {
                return refused;
            }
            // `?lang=cs` is remembered.
            if let Some(switched) = language::switched(&guards.app, &request) {
                return switched;
            }
            // A database that is away for a moment costs time, not the request.
            patience::wait(&guards.patience, request, next).await
        })
        .await
    })
    .await
}

async fn of_machines(State(guards): State<Arc<Guards>>, request: Request, next: Next) -> Response {
    // A failure becomes a problem document.
    faults::problems(match arrival::wait(&guards.large, request).await {
        Ok((request, _large)) => {
            guarded(&guards.places, patience::wait(&guards.patience, request, next)).await
        }
        Err(failed) => failed,
    })
}

/// What works on a request, which may fail in every way.
async fn guarded(places: &load::Places, work: impl Future<Output = Response>) -> Response {
    // A full house says so at once.
    let Some(_place) = places.take() else { return Fail::BUSY.into_response() };
    // Nobody waits for ever, and a failed handler is one failed request.
    match timeout(REQUEST_TIMEOUT, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(response)) => response,
        Ok(Err(cause)) => faults::panicked(&*cause),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::{
        Router,
        body::{Body, Bytes, to_bytes},
        http::{Request, StatusCode},
        middleware::{Next, from_fn},
        response::Response,
        routing::{get, post},
    };
    use futures::{StreamExt as _, stream};
    use tokio::{sync::Semaphore, time::Instant};
    use tower::ServiceExt as _;

    use super::{arrival, faults, guarded, load::Places};
    use crate::limits::{ARRIVING_BYTES_MAX, ARRIVING_TIMEOUT};

    async fn ask(places: usize, address: &str) -> Response {
        let request = Request::get(address).body(Body::empty()).unwrap();
        house(places, 1).oneshot(request).await.unwrap()
    }

    fn house(places: usize, large: usize) -> Router {
        let places = Arc::new((Places::new(places), Arc::new(Semaphore::new(large))));
        let guard = move |request, next: Next| {
            let places = Arc::clone(&places);
            async move {
                let answer = match arrival::wait(&places.1, request).await {
                    Ok((request, _large)) => guarded(&places.0, next.run(request)).await,
                    Err(failed) => failed,
                };
                faults::problems(answer)
            }
        };
        Router::new()
            .route("/fine", get(async || "fine"))
            .route("/panics", get(async || -> &'static str { panic!("a bug") }))
            .route("/hangs", get(std::future::pending::<()>))
            .route("/form", post(async |body: Bytes| body))
            .layer(from_fn(guard))
    }

    /// A request whose body begins and does not go on.
    fn half_sent(length: usize) -> Request<Body> {
        let begun = stream::once(async { Ok::<_, std::io::Error>(Bytes::from("a")) });
        let body = Body::from_stream(begun.chain(stream::pending()));
        Request::post("/form").header("content-length", length).body(body).unwrap()
    }

    fn sent() -> Request<Body> {
        Request::post("/form").header("content-length", 1).body(Body::from("b")).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_sender_takes_no_place_and_is_sent_away() {
        let house = house(1, 0);
        let began = Instant::now();
        let slow = tokio::spawn(house.clone().oneshot(half_sent(ARRIVING_BYTES_MAX)));
        tokio::task::yield_now().await;
        let other = house.clone().oneshot(sent()).await.unwrap();
        assert_eq!(other.status(), StatusCode::OK, "the only place was free");
        assert!(!slow.is_finished());
        let slow = slow.await.unwrap().unwrap();
        assert!(slow.status().is_client_error());
        assert_eq!(began.elapsed(), ARRIVING_TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn large_bodies_have_their_own_few_places() {
        let house = house(2, 1);
        let slow = tokio::spawn(house.clone().oneshot(half_sent(ARRIVING_BYTES_MAX + 1)));
        tokio::task::yield_now().await;
        let second = house.clone().oneshot(half_sent(ARRIVING_BYTES_MAX + 1)).await.unwrap();
        assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(house.oneshot(sent()).await.unwrap().status(), StatusCode::OK);
        assert_eq!(slow.await.unwrap().unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever() {
        let hung = ask(1, "/hangs").await;
        assert_eq!(hung.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(hung.headers().contains_key("retry-after"));
    }

    #[tokio::test]
    async fn a_full_house_sends_away_and_says_when_to_come_back() {
        assert_eq!(ask(1, "/fine").await.status(), StatusCode::OK);
        let full = ask(0, "/fine").await;
        assert_eq!(full.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(full.headers().contains_key("retry-after"));
    }

    #[tokio::test]
    async fn a_handler_that_panics_is_one_failed_request_without_its_cause() {
        let failed = ask(1, "/panics").await;
        assert_eq!(failed.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = to_bytes(failed.into_body(), 10_000).await.unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("bug"));
    }
}
