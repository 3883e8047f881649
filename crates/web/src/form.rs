//! A posted form: only from a page of this shop, only so large, and the same form twice is one
//! command.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use frontrow_ledger::CommandId;

use crate::{
    app::App,
    fail::Fail,
    limits::{FORM_FIELDS_MAX, FORMS},
    network::Crowded,
    pages::fault::Fault,
    visitor::Visitor,
};

/// A form that a visitor sent from a page of this shop.
#[derive(Debug)]
pub struct Posted {
    /// Who sent it.
    pub visitor: Visitor,
    once: String,
    fields: Vec<(String, String)>,
}

impl Posted {
    /// A field's value; empty if it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// All fields but the tokens.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// What the form asks for, as a command: sent twice from one page with the same contents it is
    /// the same command.
    pub fn command(&self, app: &App, purpose: &str) -> CommandId {
        let cart = self.visitor.cart.0.to_be_bytes();
        let texts = self.fields.iter().flat_map(|(key, value)| [key.as_bytes(), value.as_bytes()]);
        let parts: Vec<&[u8]> =
            [&cart[..], self.once.as_bytes()].into_iter().chain(texts).collect();
        app.shop.command_id(purpose, &parts)
    }
}

impl FromRequest<App> for Posted {
    type Rejection = Fail;

    async fn from_request(request: Request, app: &App) -> Result<Self, Fail> {
        let (parts, body) = request.into_parts();
        if let Some(Crowded { retry_seconds }) = parts.extensions.get().copied() {
            return Err(Fail(Fault::TooMany { retry_seconds }));
        }
        let visitor = Visitor::read(&parts, app);
        let request = Request::from_parts(parts, body);
        let body = Bytes::from_request(request, app).await.map_err(|_| Fail(Fault::TooLarge))?;
        let mut fields = read_fields(&body)?;
        let mut take = |name: &str| {
            let at = fields.iter().position(|(key, _)| key == name)?;
            Some(fields.remove(at).1)
        };
        let (token, once) = (take("csrf"), take("once"));
        let (Some(token), Some(once)) = (token, once) else {
            return Err(Fail(Fault::FormExpired));
        };
        if !visitor.owns_form(app, &token) {
            return Err(Fail(Fault::FormExpired));
        }
        let admitted = app.pace.admit(visitor.cart.0, FORMS, app.shop.now());
        admitted.map_err(|retry_seconds| Fail(Fault::TooMany { retry_seconds }))?;
        Ok(Self { visitor, once, fields })
    }
}

/// The fields of a body, in their order.
fn read_fields(body: &[u8]) -> Result<Vec<(String, String)>, Fail> {
    let fields: Vec<(String, String)> = form_urlencoded::parse(body)
        .take(FORM_FIELDS_MAX + 1)
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    if fields.len() > FORM_FIELDS_MAX { Err(Fail(Fault::TooLarge)) } else { Ok(fields) }
}

#[cfg(test)]
mod tests {
    use super::read_fields;

    #[test]
    fn fields_keep_their_order_and_their_letters() {
        let fields = read_fields(b"a.1=%C5%99&b=&a.1=x+y").unwrap();
        let expected = [("a.1", "ř"), ("b", ""), ("a.1", "x y")];
        assert!(fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).eq(expected));
        assert!(read_fields("x=1&".repeat(401).as_bytes()).is_err());
    }
}
