//! Cookies of one browser at one shop.

use http::{HeaderMap, HeaderValue, header};

/// Cookies by name. One shop has a handful, so a list will do.
#[derive(Debug, Clone, Default)]
pub struct Jar(Vec<(String, String)>);

impl Jar {
    /// Keeps what an answer sets, and drops what it takes back.
    pub fn keep(&mut self, headers: &HeaderMap) {
        for value in headers.get_all(header::SET_COOKIE) {
            let Ok(text) = value.to_str() else { continue };
            let mut parts = text.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            let gone = parts.any(|part| part.eq_ignore_ascii_case("max-age=0"));
            self.0.retain(|(known, _)| known != name);
            if !gone {
                self.0.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    /// The `Cookie` header, if there are any.
    pub fn header(&self) -> Option<HeaderValue> {
        let pairs: Vec<String> =
            self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| HeaderValue::from_str(&pairs.join("; ")).ok()).flatten()
    }

    /// A cookie's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, header};

    use super::Jar;

    #[test]
    fn a_cookie_is_kept_replaced_and_taken_back() {
        let mut jar = Jar::default();
        let set = |text: &'static str| {
            HeaderMap::from_iter([(header::SET_COOKIE, text.parse().unwrap())])
        };
        jar.keep(&set("visit=a.b; Path=/; Max-Age=60; HttpOnly"));
        jar.keep(&set("flash=hello; Path=/"));
        jar.keep(&set("visit=c.d; Path=/"));
        assert_eq!(jar.header().unwrap(), "flash=hello; visit=c.d");
        jar.keep(&set("flash=; Path=/; Max-Age=0"));
        assert_eq!(jar.header().unwrap(), "visit=c.d");
        assert_eq!(jar.get("visit"), Some("c.d"));
    }
}
