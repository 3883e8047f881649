//! Something to say on the next page: a signed cookie that lives for a minute.

use axum_extra::extract::CookieJar;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::{
    app::App,
    limits::FLASH_BYTES_MAX,
    pages::parts::{Flash, Tone},
    sign::{Purpose, is_genuine, sign},
};

/// Name of the cookie.
pub const COOKIE: &str = "flash";

/// The message that a visitor's browser carries.
pub fn read(app: &App, jar: &CookieJar) -> Vec<Flash> {
    jar.get(COOKIE).and_then(|cookie| parse(app, cookie.value())).into_iter().collect()
}

/// What the cookie carries.
pub fn cookie_value(app: &App, flash: &Flash) -> String {
    let text = shortened(&flash.text);
    let body = BASE64_URL_SAFE_NO_PAD.encode(format!("{}{text}", letter(flash.tone)));
    let signature = sign(app.shop.keys().form(), Purpose::Flash, &body);
    format!("{body}.{signature}")
}

fn shortened(text: &str) -> &str {
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= FLASH_BYTES_MAX).last();
    if text.len() <= FLASH_BYTES_MAX { text } else { &text[..end.unwrap_or(0)] }
}

fn parse(app: &App, value: &str) -> Option<Flash> {
    let (body, signature) = value.split_once('.')?;
    if !is_genuine(app.shop.keys().form(), Purpose::Flash, body, signature) {
        return None;
    }
    let message = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(body).ok()?).ok()?;
    let tone = [Tone::Good, Tone::Note, Tone::Bad]
        .into_iter()
        .find(|tone| message.starts_with(letter(*tone)))?;
    Some(Flash { tone, text: message.get(1..)?.to_owned() })
}

const fn letter(tone: Tone) -> char {
    match tone {
        Tone::Good => 'g',
        Tone::Note => 'n',
        Tone::Bad => 'b',
    }
}

#[cfg(test)]
mod tests {
    use super::{FLASH_BYTES_MAX, shortened};

    #[test]
    fn a_long_message_is_cut_between_letters() {
        let long = "ř".repeat(2_000);
        let short = shortened(&long);
        assert!(short.len() <= FLASH_BYTES_MAX && short.len() > FLASH_BYTES_MAX - 4);
        assert!(short.chars().all(|letter| letter == 'ř'));
        assert_eq!(shortened("short"), "short");
    }
}
