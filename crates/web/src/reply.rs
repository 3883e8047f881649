//! Answers: pages and redirects, with their cache policy and cookies.

use askama::Template;
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use sha2::{Digest as _, Sha256};

use crate::{
    app::App,
    cache::CachePolicy,
    fail::{Answer, Fail},
    flash,
    limits::{FLASH_SECONDS, LANGUAGE_SECONDS, VISIT_SECONDS},
    pages::parts::Flash,
    visitor::{LANGUAGE, VISIT, Visitor},
};

/// A page for a visitor. What is shared becomes theirs alone as soon as it says something that only
/// concerns them.
pub fn page(app: &App, visitor: &Visitor, policy: CachePolicy, page: &impl Template) -> Answer {
    let html = page.render().map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a template failed");
        Fail::BROKEN
    })?;
    let policy = match policy {
        CachePolicy::Shared if !visitor.is_anybody() => CachePolicy::Private,
        policy => policy,
    };
    let mut response = if policy == CachePolicy::Shared {
        unless_known(visitor, html)
    } else {
        html_response(html)
    };
    policy.apply(response.headers_mut());
    // Only pages with forms need to know who comes back.
    if visitor.is_new && matches!(policy, CachePolicy::Private | CachePolicy::Secret) {
        let value = visitor.cookie_value(app);
        set_cookie(app, &mut response, VISIT, &value, VISIT_SECONDS);
    }
    if !visitor.flash.is_empty() {
        set_cookie(app, &mut response, flash::COOKIE, "", 0);
    }
    Ok(response)
}

/// After a form: on to a page, so that reloading sends nothing again.
pub fn redirect(to: &impl ToString) -> Response {
    let mut response = Redirect::to(&to.to_string()).into_response();
    CachePolicy::Secret.apply(response.headers_mut());
    response
}

/// After a form: on to a page that says something first.
pub fn redirect_saying(app: &App, to: &impl ToString, flash: &Flash) -> Response {
    let mut response = redirect(to);
    set_cookie(app, &mut response, flash::COOKIE, &flash::cookie_value(app, flash), FLASH_SECONDS);
    response
}

/// After a form: on to a page, with something that the browser keeps.
pub fn redirect_keeping(
    app: &App,
    to: &impl ToString,
    name: &str,
    value: &str,
    seconds: i64,
) -> Response {
    let mut response = redirect(to);
    set_cookie(app, &mut response, name, value, seconds);
    response
}

/// After a form: on to a page, with something that the browser keeps and shows only to pages below
/// a path, and only when it comes from this shop.
pub fn redirect_keeping_strictly(
    app: &App,
    to: &impl ToString,
    (name, path): (&str, &str),
    value: &str,
    seconds: i64,
) -> Response {
    let mut response = redirect(to);
    let secure = if app.config.secure { "; Secure" } else { "" };
    let cookie = format!(
        "{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    );
    let cookie = HeaderValue::from_str(&cookie).expect("cookies here are letters and digits");
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// Remembers a chosen language.
pub fn remember_language(app: &App, response: &mut Response, language: frontrow_words::Language) {
    set_cookie(app, response, LANGUAGE, language.code(), LANGUAGE_SECONDS);
}

fn html_response(html: String) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

/// Nothing but a nod if the browser has this very page.
fn unless_known(visitor: &Visitor, html: String) -> Response {
    let digest = Sha256::digest(html.as_bytes());
    let (first, _) = digest.split_first_chunk::<8>().expect("SHA-256 has 32 bytes");
    // Weak: the same page, whichever way it is compressed.
    let tag = format!("W/\"{:016x}\"", u64::from_be_bytes(*first));
    let mut response = if visitor.if_none_match.as_deref() == Some(tag.as_str()) {
        (StatusCode::NOT_MODIFIED, Body::empty()).into_response()
    } else {
        html_response(html)
    };
    let tag = HeaderValue::from_str(&tag).expect("hexadecimal digits are a header's value");
    response.headers_mut().insert(header::ETAG, tag);
    response
}

fn set_cookie(app: &App, response: &mut Response, name: &str, value: &str, seconds: i64) {
    let secure = if app.config.secure { "; Secure" } else { "" };
    let cookie =
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    let cookie = HeaderValue::from_str(&cookie).expect("cookies here are letters and digits");
    response.headers_mut().append(header::SET_COOKIE, cookie);
}
