//! Somebody at a browser: looks for things, clicks, types, and never sees a page that breaks a
//! promise.

use std::time::Duration;

use thirtyfour::{
    By, WebElement,
    error::{WebDriverError, WebDriverResult},
    extensions::query::ElementQueryable,
};

use crate::{
    axe,
    chrome::{Chrome, Visitor},
    shop::Shop,
};

/// How long a fan waits for something to appear before the test fails.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a fan comes back to a page that is to change: holds, payments and late money together.
const LONG_PATIENCE: Duration = Duration::from_mins(4);
const GLANCE: Duration = Duration::from_millis(100);

/// A visitor of a shop.
pub struct Fan {
    pub chrome: Chrome,
    shop: String,
    visitor: Visitor,
}

impl Fan {
    /// Comes to the front page.
    pub async fn visit(shop: &Shop, visitor: Visitor) -> Self {
        let chrome = Chrome::start(visitor).await;
        let fan = Self { chrome, shop: shop.url.clone(), visitor };
        fan.open("/").await;
        fan
    }

    pub async fn open(&self, path: &str) {
        self.chrome.page.goto(format!("{}{path}", self.shop)).await.unwrap();
    }

    /// Where the fan is, as [`Fan::open`] takes it.
    pub async fn place(&self) -> String {
        let url = self.chrome.page.current_url().await.unwrap();
        url.as_str().strip_prefix(&self.shop).expect("a fan never leaves the shop").to_owned()
    }

    /// Opens a page again and again until it shows something.
    pub async fn open_until(&self, path: &str, css: &str) {
        let given_up = tokio::time::Instant::now() + LONG_PATIENCE;
        while tokio::time::Instant::now() < given_up {
            self.open(path).await;
            if self.is_there(css).await {
                return;
            }
            tokio::time::sleep(10 * GLANCE).await;
        }
        panic!("{path} never shows {css}");
    }

    /// Looks at a page that changes by itself until it shows something.
    pub async fn sees(&self, css: &str) {
        let given_up = tokio::time::Instant::now() + LONG_PATIENCE;
        while !self.is_there(css).await {
            let url = self.place().await;
            assert!(tokio::time::Instant::now() < given_up, "{url} never shows {css}");
            tokio::time::sleep(10 * GLANCE).await;
        }
    }

    /// Buys as far as the bank's page: so many places of the offer that is open.
    pub async fn goes_to_the_bank(&self, performance: &str, places: usize) {
        self.open(&format!("/performances/{performance}")).await;
        self.asks_for(places).await;
        self.click("details.offer[open] button.primary").await;
        self.pays_for_the_cart().await;
    }

    /// From the cart to the bank's page.
    pub async fn pays_for_the_cart(&self) {
        self.click("a[href^='/checkout/']").await;
        self.gives_contact().await;
        self.click("form[novalidate] button.primary").await;
        self.find("button[value=succeed]").await;
    }

    /// Waits for something that can be seen.
    pub async fn find(&self, css: &str) -> WebElement {
        let mut found = self.displayed(css).await;
        // The page was replaced while it was looked at.
        for _ in 0..3 {
            if !found.as_ref().is_err_and(was_replaced) {
                break;
            }
            found = self.displayed(css).await;
        }
        match found {
            Ok(element) => element,
            Err(error) => {
                let url = self.chrome.page.current_url().await.unwrap();
                let main = self.chrome.page.find(By::Css("body")).await.unwrap();
                panic!("no {css} on {url}: {error}\n{}", main.text().await.unwrap());
            }
        }
    }

    async fn displayed(&self, css: &str) -> WebDriverResult<WebElement> {
        let found = self.chrome.page.query(By::Css(css)).wait(PATIENCE, GLANCE);
        found.and_displayed().first().await
    }

    /// Waits until an element says this.
    pub async fn reads(&self, css: &str, words: &str) {
        let found = self.chrome.page.query(By::Css(css)).wait(PATIENCE, GLANCE);
        let words_there = words.to_owned();
        let says = found.with_filter(move |element: WebElement| {
            let words = words_there.clone();
            async move { Ok(element.text().await.is_ok_and(|text| text.contains(&words))) }
        });
        if says.first().await.is_err() {
            let text = self.find(css).await.text().await.unwrap();
            panic!("{css} does not say {words:?}, but {text:?}");
        }
    }

    pub async fn is_there(&self, css: &str) -> bool {
        self.chrome.page.query(By::Css(css)).nowait().exists().await.unwrap()
    }

    pub async fn count(&self, css: &str) -> usize {
        self.chrome.page.find_all(By::Css(css)).await.unwrap().len()
    }

    /// Clicks what can be seen; looks again if the page was replaced meanwhile.
    pub async fn click(&self, css: &str) {
        for _ in 0..3 {
            let Err(error) = self.find(css).await.click().await else { return };
            assert!(was_replaced(&error), "{css} cannot be clicked: {error}");
        }
        panic!("{css} is replaced again and again");
    }

    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Fills in who buys.
    pub async fn gives_contact(&self) {
        self.fill("#email", "jana@example.org").await;
        self.fill("#name", "Jana Nováková").await;
        self.click("#terms").await;
    }

    /// Arrives on a page: waits for what marks it, and holds it to what every page promises.
    pub async fn arrives_at(&self, css: &str) {
        self.find(css).await;
        let html = self.find("html").await;
        assert_eq!(html.attr("lang").await.unwrap().as_deref(), Some(self.visitor.language));
        if self.visitor.javascript {
            axe::check(&self.chrome.page, &[]).await;
        } else {
            // The check is a script that waits, so it needs them allowed; the page's own were not
            // run when it was loaded, and are not run now.
            self.chrome.allow_scripts(true).await;
            // What waits asks by itself without scripts, and has a link that stops it.
            axe::check(&self.chrome.page, &["meta-refresh"]).await;
            self.chrome.allow_scripts(false).await;
        }
        self.check_requests().await;
    }

    /// The word in this fan's language.
    pub fn word<'a>(&self, czech: &'a str, english: &'a str) -> &'a str {
        if self.visitor.language == "cs" { czech } else { english }
    }

    /// Says how many of the first ticket type, in the offer that is open: with a thumb, or by
    /// typing where there are no buttons beside the field.
    pub async fn asks_for(&self, places: usize) {
        if self.visitor.javascript {
            for _ in 0..places {
                self.click("details.offer[open] .stepper button:last-child").await;
            }
        } else {
            assert!(!self.is_there(".stepper button").await, "a script runs all the same");
            self.fill("details.offer[open] .stepper input", &places.to_string()).await;
        }
    }

    /// Nothing is asked of anybody but the shop.
    async fn check_requests(&self) {
        let script = "return performance.getEntriesByType('resource').map(entry => entry.name)";
        let asked = self.chrome.page.execute(script, Vec::new()).await.unwrap();
        let asked: Vec<String> = asked.convert().unwrap();
        assert!(!asked.is_empty(), "every page loads its style");
        let others: Vec<_> = asked.iter().filter(|url| !url.starts_with(&self.shop)).collect();
        assert!(others.is_empty(), "asked of others: {others:?}");
    }

    /// Leaves; fails if the browser complained, for example of a breach of the content policy.
    pub async fn leaves(self) {
        let mut complaints = self.chrome.complaints().await;
        // A form filled in badly on purpose is answered with this status.
        complaints.retain(|complaint| !complaint.contains("status of 422"));
        // A mail is shown in a box of its own, which does not even get the shop's icon.
        complaints.retain(|complaint| !complaint.contains("favicon.ico"));
        self.chrome.quit().await;
        assert!(complaints.is_empty(), "the browser complains: {complaints:#?}");
    }
}

/// It was there, and the page with it is not any more; the driver says so in several ways.
fn was_replaced(error: &WebDriverError) -> bool {
    let words = error.to_string();
    ["stale", "does not belong to the document"].iter().any(|known| words.contains(known))
}
