//! What browsers load: assets, and two files that they ask for by habit.

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    assets,
    cache::CachePolicy,
    fail::{Answer, Fail},
};

/// An asset. During a deploy a page may ask for the assets of the version before or after: it gets
/// ours, to be asked for again.
pub async fn asset(Path((hash, path)): Path<(String, String)>) -> Answer {
    let asset = assets::find(&path).ok_or(Fail::NOT_FOUND)?;
    let policy = if hash == assets::hash() { CachePolicy::Immutable } else { CachePolicy::Private };
    let mut response = ([(header::CONTENT_TYPE, asset.mime)], &*asset.bytes).into_response();
    policy.apply(response.headers_mut());
    Ok(response)
}

/// The icon, for browsers that do not read the page first.
pub async fn favicon() -> Redirect {
    Redirect::temporary(&assets::url("images/icon.svg"))
}

/// Carts and orders are nobody's business.
pub async fn robots() -> Response {
    const TEXT: &str = "User-agent: *\nDisallow: /cart\nDisallow: /checkout\nDisallow: /orders\n\
                        Disallow: /pay\nDisallow: /dev\nDisallow: /office\n";
    let mut response = TEXT.into_response();
    CachePolicy::Shared.apply(response.headers_mut());
    response
}
