//! An organiser shows an API key, and is known by a cookie for some hours.
//!
//! The cookie names the key and says until when, signed. The key is looked up each time, so that one
//! that is revoked opens nothing from then on.

use axum::{
    extract::{FromRequestParts, RawQuery, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::CookieJar;
use frontrow_ledger::Time;
use uuid::Uuid;

use crate::{
    app::App,
    cache::CachePolicy,
    fail::{Answer, Fail},
    form::Posted,
    limits::OFFICE_SECONDS,
    pages::office_login::OfficeLoginPage,
    reply,
    sign::{Purpose, is_genuine, sign},
    urls::Url,
    visitor::Visitor,
};

/// Name of the cookie, and the path below which it is sent.
const COOKIE: (&str, &str) = ("office", "/office");

/// An organiser who showed a key.
#[derive(Debug, Clone)]
pub struct Office {
    /// Whose key it is.
    pub organisation: Uuid,
    /// The key's name, for the list of what was done.
    pub name: String,
}

impl FromRequestParts<App> for Office {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let jar = CookieJar::from_headers(&parts.headers);
        let prefix = jar.get(COOKIE.0).and_then(|cookie| prefix(app, cookie.value()));
        let known = match prefix {
            Some(prefix) => app.shop.live_api_key(&prefix).await,
            None => Ok(None),
        };
        match known {
            Ok(Some(key)) => Ok(Self { organisation: key.organisation_id, name: key.name }),
            Ok(None) => {
                let next = form_urlencoded::byte_serialize(parts.uri.path().as_bytes());
                let login = format!("{}?next={}", Url::OfficeLogin, next.collect::<String>());
                Err(reply::redirect(&login))
            }
            Err(error) => Err(Fail::from(error).into_response()),
        }
    }
}

/// Asks for a key.
pub async fn show(State(app): State<App>, visitor: Visitor, RawQuery(query): RawQuery) -> Answer {
    let query = query.unwrap_or_default();
    let mut fields = form_urlencoded::parse(query.as_bytes());
    let next = fields.find(|(key, _)| key == "next").map(|(_, value)| value.into_owned());
    page(&app, &visitor, next.unwrap_or_default(), false)
}

/// Takes a key.
pub async fn create(State(app): State<App>, posted: Posted) -> Answer {
    let next = posted.get("next").to_owned();
    let Some(key) = app.shop.api_key(posted.get("key").trim()).await? else {
        let mut response = page(&app, &posted.visitor, next, true)?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    };
    let until = app.shop.now().plus_ms(OFFICE_SECONDS * 1_000);
    let value = cookie_value(&app, &key.prefix, until);
    let to = if is_ours(&next) { next } else { Url::Front.to_string() };
    Ok(reply::redirect_keeping_strictly(&app, &to, COOKIE, &value, OFFICE_SECONDS))
}

/// Signs out.
pub async fn delete(State(app): State<App>, _: Posted) -> Answer {
    Ok(reply::redirect_keeping_strictly(&app, &Url::OfficeLogin, COOKIE, "", 0))
}

fn page(app: &App, visitor: &Visitor, next: String, wrong: bool) -> Answer {
    let page = OfficeLoginPage {
        frame: visitor.frame_with(app, None),
        action: Url::OfficeLogin,
        next,
        wrong,
    };
    reply::page(app, visitor, CachePolicy::Secret, &page)
}

/// Only on to a page of the control: an address from outside leads nowhere else.
fn is_ours(next: &str) -> bool {
    let rest = next.strip_prefix("/office/rooms/").unwrap_or_default();
    Uuid::try_parse(rest.split('/').next().unwrap_or_default()).is_ok()
        && rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn cookie_value(app: &App, prefix: &str, until: Time) -> String {
    let text = format!("{prefix}.{}", until.0);
    let signature = sign(app.shop.keys().form(), Purpose::Office, &text);
    format!("{text}.{signature}")
}

/// The key that a cookie names, if we wrote it and its time is not over.
fn prefix(app: &App, value: &str) -> Option<String> {
    let (text, signature) = value.rsplit_once('.')?;
    let genuine = is_genuine(app.shop.keys().form(), Purpose::Office, text, signature);
    let (prefix, until) = text.split_once('.').filter(|_| genuine)?;
    let until = Time(until.parse().ok()?);
    (app.shop.now() < until).then(|| prefix.to_owned())
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn who_signs_in_goes_on_to_a_room_and_nowhere_else() {
        let room = "/office/rooms/00000000-0000-0000-0000-000000000001";
        assert!(is_ours(room));
        for other in ["", "/", "//evil.test", "https://evil.test", "/office/rooms//evil.test"] {
            assert!(!is_ours(other), "{other}");
        }
        assert!(!is_ours(&format!("{room}/../../evil")));
        assert!(!is_ours(&format!("{room}\r\nset-cookie:x")));
    }
}
