//! Every layer around the pages, in order: the first one named sees a request first.

mod access;
mod ending;
mod faults;
mod language;
mod load;
mod origin;
mod patience;
mod policy;
pub(crate) mod size;

use axum::{
    Router,
    http::{HeaderName, StatusCode},
    middleware::{from_fn, from_fn_with_state},
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, timeout::TimeoutLayer,
};

use crate::{
    app::App,
    limits::{FORM_BYTES_MAX, IN_FLIGHT_MAX, PATIENT_MAX, REQUEST_TIMEOUT},
};

/// Names a request in logs and in answers.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Wraps pages, and what machines talk to, in everything that they need.
pub fn around(pages: Router<App>, machines: Router<App>, app: &App) -> Router<App> {
    let places = load::Places::new(IN_FLIGHT_MAX);
    // A database that is away for a moment costs time, not the request.
    let shop = app.shop.clone();
    let spread = move || u32::try_from(shop.new_command_id().0 % 1_000).unwrap_or(0);
    let patience = from_fn_with_state(patience::Patience::new(spread, PATIENT_MAX), patience::wait);
    let of_pages = ServiceBuilder::new()
        // Other sites' pages cannot send our forms.
        .layer(from_fn(origin::check))
        // `?lang=cs` is remembered.
        .layer(from_fn_with_state(app.clone(), language::switch))
        .layer(size::at_most(FORM_BYTES_MAX));
    // A failure becomes a page in the visitor's language, or a problem document.
    let pages = guarded(pages.layer(of_pages).layer(patience.clone()), &places)
        .layer(from_fn_with_state(app.clone(), faults::pages));
    let machines = guarded(machines.layer(patience), &places).layer(from_fn(faults::problems));
    let outside = ServiceBuilder::new()
        // Whoever comes while we end connects anew.
        .layer(from_fn_with_state(app.config.readiness.clone(), ending::close))
        // Every request has a name, and every answer says it.
        .layer(from_fn_with_state(app.clone(), access::name))
        // One line per request, without anything personal.
        .layer(from_fn_with_state(app.clone(), access::log))
        // What browsers must not do with our pages.
        .layer(from_fn_with_state(app.clone(), policy::headers))
        // Small on the wire.
        .layer(CompressionLayer::new());
    pages.merge(machines).layer(outside)
}

fn guarded<S: Clone + Send + Sync + 'static>(
    router: Router<S>,
    places: &load::Places,
) -> Router<S> {
    let guards = ServiceBuilder::new()
        // A full house says so at once.
        .layer(from_fn_with_state(places.clone(), load::shed))
        // A failed handler is one failed request.
        .layer(CatchPanicLayer::custom(faults::panicked))
        // Nobody waits for ever.
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT));
    router.layer(guards)
}

#[cfg(test)]
mod tests {
    use axum::{
        Router,
        body::{Body, to_bytes},
        http::{Request, StatusCode},
        middleware::from_fn,
        response::Response,
        routing::get,
    };
    use tower::ServiceExt as _;

    use super::{faults, guarded, load::Places};

    async fn ask(places: usize, address: &str) -> Response {
        let router = Router::new()
            .route("/fine", get(async || "fine"))
            .route("/panics", get(async || -> &'static str { panic!("a bug") }));
        let router = guarded(router, &Places::new(places)).layer(from_fn(faults::problems));
        router.oneshot(Request::get(address).body(Body::empty()).unwrap()).await.unwrap()
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
