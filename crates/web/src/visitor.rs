//! Who asks: their language, their cart, and what the last page wanted to say.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use axum_extra::extract::CookieJar;
use frontrow_shop::{
    cart::{CartId, HoldStatus, HoldView},
    room::Device,
};
use frontrow_words::Language;
use uuid::Uuid;

use crate::{
    app::App,
    flash,
    limits::ROOM_COOKIES_MAX,
    pages::{
        frame::{CartBadge, Frame},
        parts::Flash,
    },
    sign::{Purpose, is_genuine, sign},
};

/// Name of the visitor's cookie.
pub const VISIT: &str = "visit";
/// Name of the cookie that remembers a language.
pub const LANGUAGE: &str = "lang";

/// Names of the cookies with a receipt or a pass begin so; the performance follows.
const RECEIPT: &str = "place-";
/// See [`RECEIPT`].
const PASS: &str = "pass-";

/// Name of the cookie with the receipt of a waiting room.
pub fn receipt_cookie(performance: Uuid) -> String {
    format!("{RECEIPT}{}", performance.simple())
}

/// Name of the cookie with the pass into a shop.
pub fn pass_cookie(performance: Uuid) -> String {
    format!("{PASS}{}", performance.simple())
}

/// Who asks.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Chosen, or else what the browser prefers.
    pub language: Language,
    /// Their cart; a fresh one if they have none yet.
    pub cart: CartId,
    /// Whether the cart is fresh, so that nothing of theirs is known.
    pub is_new: bool,
    /// Path and query of the page they ask for.
    pub here: String,
    /// What the last page wants to say.
    pub flash: Vec<Flash>,
    /// What their browser has of this page.
    pub if_none_match: Option<String>,
    /// What they have of waiting rooms: receipts and passes.
    rooms: Vec<(String, String)>,
}

impl Visitor {
    /// Reads a request's head.
    pub fn read(parts: &Parts, app: &App) -> Self {
        let jar = CookieJar::from_headers(&parts.headers);
        let known = jar.get(VISIT).and_then(|cookie| read_visit(app, cookie.value()));
        let text = |name| header_text(&parts.headers, name);
        let chosen = jar.get(LANGUAGE).and_then(|cookie| Language::parse(cookie.value()));
        let accepted = || Language::negotiate(text(header::ACCEPT_LANGUAGE).unwrap_or_default());
        Self {
            language: chosen.unwrap_or_else(accepted),
            cart: known.unwrap_or_else(|| app.shop.new_cart()),
            is_new: known.is_none(),
            here: parts.uri.path_and_query().map_or("/", |here| here.as_str()).to_owned(),
            flash: flash::read(app, &jar),
            if_none_match: text(header::IF_NONE_MATCH).map(str::to_owned),
            rooms: jar
                .iter()
                .filter(|cookie| {
                    cookie.name().starts_with(RECEIPT) || cookie.name().starts_with(PASS)
                })
                .take(ROOM_COOKIES_MAX)
                .map(|cookie| (cookie.name().to_owned(), cookie.value().to_owned()))
                .collect(),
        }
    }

    /// Their receipt of a waiting room.
    pub fn receipt(&self, performance: Uuid) -> Option<&str> {
        self.room_cookie(&receipt_cookie(performance))
    }

    /// Their pass into a shop.
    pub fn pass(&self, performance: Uuid) -> Option<&str> {
        self.room_cookie(&pass_cookie(performance))
    }

    /// What their passes are bound to.
    pub fn device(&self) -> Device {
        Device::of_cart(self.cart)
    }

    fn room_cookie(&self, name: &str) -> Option<&str> {
        self.rooms.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the page they get is the same as everybody's.
    pub fn is_anybody(&self) -> bool {
        self.is_new && self.flash.is_empty()
    }

    /// The visitor's cookie, so that this cart is found again.
    pub fn cookie_value(&self, app: &App) -> String {
        let id = visit_text(self.cart);
        let signature = sign(app.shop.keys().form(), Purpose::Visit, &id);
        format!("{id}.{signature}")
    }

    /// What their forms carry: proves that a form came from a page of this shop that they were
    /// shown.
    pub fn form_token(&self, app: &App) -> String {
        sign(app.shop.keys().form(), Purpose::Form, &visit_text(self.cart))
    }

    /// Whether a form came from a page that they were shown.
    pub fn owns_form(&self, app: &App, token: &str) -> bool {
        !self.is_new
            && is_genuine(app.shop.keys().form(), Purpose::Form, &visit_text(self.cart), token)
    }

    /// What stands around their page.
    pub async fn frame(&self, app: &App) -> Frame {
        let cart = if self.is_new { None } else { self.badge(app).await };
        self.frame_with(app, cart)
    }

    /// What stands around their page, when what the cart holds is known.
    pub fn frame_with(&self, app: &App, cart: Option<CartBadge>) -> Frame {
        Frame {
            language: self.language,
            shop_name: app.config.shop_name.clone(),
            here: self.here.clone(),
            cart,
            demo: app.config.demo,
            csrf: self.form_token(app),
            once: format!("{:032x}", app.shop.new_command_id().0),
            flash: self.flash.clone(),
        }
    }

    async fn badge(&self, app: &App) -> Option<CartBadge> {
        match app.shop.cart(self.cart).await {
            Ok(holds) => badge(&holds),
            Err(error) => {
                // The page is worth more than the number in its corner.
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "the cart could not be counted");
                None
            }
        }
    }
}

/// What the header says about a cart.
pub fn badge(holds: &[HoldView]) -> Option<CartBadge> {
    let is_held = |hold: &&HoldView| {
        matches!(hold.state, HoldStatus::Live { .. } | HoldStatus::Paying { .. })
    };
    let count = holds.iter().filter(is_held).map(|hold| hold.positions.len()).sum();
    (count > 0).then_some(CartBadge { count })
}

fn visit_text(cart: CartId) -> String {
    format!("{:032x}", cart.0)
}

fn read_visit(app: &App, value: &str) -> Option<CartId> {
    let (id, signature) = value.split_once('.')?;
    let genuine = is_genuine(app.shop.keys().form(), Purpose::Visit, id, signature);
    u128::from_str_radix(id, 16).ok().filter(|_| genuine).map(CartId)
}

fn header_text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self::read(parts, app))
    }
}
