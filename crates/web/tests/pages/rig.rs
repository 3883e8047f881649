//! A shop that sells the sample club night, and visitors with cookies.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use frontrow_ledger::{Time, sale::Sale};
use frontrow_log::{
    Clock, Log, ManualClock, Registry, memory::MemoryLog, registry::RegistryConfig,
};
use frontrow_payments::test_provider::TestProvider;
use frontrow_shop::{
    Parts, Shop, ShopConfig, bank::StoreBank, keys::Keys, mail::Mailer, random::Random,
    sale_file::SaleFile,
};
use frontrow_store::Store;
use frontrow_web::{Front, LegalTexts, TEST_BANK_PATH, WebConfig};
use secrecy::SecretBox;
use tower::ServiceExt as _;
use uuid::Uuid;

const NOW: Time = Time(1_800_000_000_000);
const SALE: &[u8] = include_bytes!("../../../../samples/club.toml");
const PLAN: &[u8] = include_bytes!("../../../../samples/club.json");
const BASE: &str = "http://shop.test";

/// Largest page that a test reads.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

pub struct World {
    pub shop: Shop,
    pub clock: Arc<ManualClock>,
    pub performance: Uuid,
    pub router: Front,
    pub log: Arc<MemoryLog>,
    dir: tempfile::TempDir,
}

/// Randomness that nobody guesses and every run repeats.
struct Counter(AtomicU64);

impl Random for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let number = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&number.to_be_bytes()[..chunk.len()]);
        }
    }
}

impl World {
    pub async fn new() -> Self {
        Self::paid_through(Some("test")).await
    }

    /// A shop whose places are paid through this provider, or whose operator has none yet.
    pub async fn paid_through(provider: Option<&str>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("shop.db").display());
        let config = frontrow_store::Config { connections_max: 4, ..Default::default() };
        let store = Store::connect(&url, config).await.unwrap();
        store.migrate().await.unwrap();
        let clock = Arc::new(ManualClock::new(NOW));
        let log = Arc::new(MemoryLog::default());
        let shop = shop(store, log.clone(), &clock, &dir, provider);
        let file = SaleFile::parse(SALE).unwrap();
        let imported = shop.import(&file, PLAN).await.unwrap();
        let performance = imported.performances[0].1;
        let router = frontrow_web::front(shop.clone(), config_of(&dir, true));
        Self { shop, clock, performance, router, log, dir }
    }

    /// The same shop, taking real money.
    pub fn live_router(&self) -> Front {
        frontrow_web::front(self.shop.clone(), config_of(&self.dir, false))
    }

    /// Where mail goes.
    pub fn outbox(&self) -> std::path::PathBuf {
        self.dir.path().join("outbox")
    }

    /// A key of an organiser who sells something else in the same shop.
    pub async fn foreign_key(&self) -> String {
        let other = self.shop.find_organisation("Another house").await.unwrap();
        self.shop.store().put_organisation(&other).await.unwrap();
        self.shop.create_api_key(other.id, "another house").await.unwrap()
    }

    /// Every mail that left, as it went out.
    pub async fn mails(&self) -> Vec<String> {
        let folder = self.dir.path().join("outbox");
        let mut mails = Vec::new();
        for mail in frontrow_shop::mail::read_outbox(&folder).await.unwrap() {
            let bytes = frontrow_shop::mail::read_outbox_mail(&folder, &mail.file).await;
            mails.push(String::from_utf8(bytes.unwrap().unwrap()).unwrap());
        }
        mails
    }

    pub fn visitor(&self) -> Visitor {
        Visitor { router: self.router.clone(), cookies: BTreeMap::new(), language: "en" }
    }

    pub fn at(&self, rest: &str) -> String {
        format!("/performances/{}{rest}", self.performance)
    }

    /// A visitor who holds something: two places of the dance floor.
    pub async fn visitor_with_cart(&self) -> Visitor {
        let mut visitor = self.visitor();
        let page = visitor.get(&self.at("")).await;
        let answer = visitor.send(&page, "area.0.0", &[("area.0.0", "2")]).await;
        assert_eq!(answer.location(), "/cart");
        visitor
    }
}

fn shop(
    store: Store,
    log: Arc<dyn Log>,
    clock: &Arc<ManualClock>,
    dir: &tempfile::TempDir,
    provider: Option<&str>,
) -> Shop {
    let clock: Arc<dyn Clock> = clock.clone();
    let keys = Keys::derive(&SecretBox::new(Box::new([7; 32])));
    let page = format!("{BASE}{TEST_BANK_PATH}");
    let bank = TestProvider::new(Arc::new(StoreBank(store.clone())), keys.webhook(), &page);
    let sales = Registry::<Sale>::new(log.clone(), clock.clone(), RegistryConfig::default());
    let rooms = Registry::new(log.clone(), clock.clone(), RegistryConfig::default());
    Shop::new(Parts {
        log,
        sales,
        rooms,
        store,
        providers: vec![Arc::new(bank.clone())],
        test_bank: Some(bank),
        mailer: Mailer::outbox("Shop <tickets@shop.test>", dir.path().join("outbox")).unwrap(),
        keys,
        clock,
        random: Arc::new(Counter(AtomicU64::new(1))),
        config: ShopConfig { base_url: BASE.to_owned(), provider: provider.map(str::to_owned) },
    })
}

fn config_of(dir: &tempfile::TempDir, demo: bool) -> WebConfig {
    WebConfig {
        readiness: frontrow_web::Readiness::default(),
        shop_name: "Test Shop".to_owned(),
        demo,
        secure: !demo,
        outbox: Some(dir.path().join("outbox")),
        payment_origins: Vec::new(),
        proxies: Vec::new(),
        legal: LegalTexts { imprint: "Who sells".to_owned(), ..LegalTexts::default() },
    }
}

/// A browser without scripts.
#[derive(Clone)]
pub struct Visitor {
    pub router: Front,
    pub cookies: BTreeMap<String, String>,
    pub language: &'static str,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.html);
        self.header("location")
    }

    /// The text of the main heading.
    pub fn heading(&self) -> &str {
        let start = self.html.find("<h1").unwrap();
        let text = self.html[start..].split_once('>').unwrap().1;
        text.split_once("</h1>").unwrap().0
    }

    /// The hidden fields of the form that contains a text, and where it goes.
    pub fn form(&self, containing: &str) -> (String, Vec<(String, String)>) {
        let forms =
            self.html.split("<form").skip(1).map(|form| form.split("</form>").next().unwrap());
        let form = forms
            .filter(|form| form.contains("method=\"post\""))
            .find(|form| form.contains(containing))
            .unwrap_or_else(|| panic!("no form with {containing} in {}", self.html));
        let attribute = |tag: &str, name: &str| {
            let rest = tag.split(&format!("{name}=\"")).nth(1)?;
            Some(rest.split('"').next()?.to_owned())
        };
        let hidden = form.split("<input").skip(1).filter(|tag| tag.contains("type=\"hidden\""));
        let fields = hidden
            .map(|tag| (attribute(tag, "name").unwrap(), attribute(tag, "value").unwrap()))
            .collect();
        (attribute(form, "action").unwrap(), fields)
    }

    /// Addresses that start with a text.
    pub fn links(&self, start: &str) -> Vec<&str> {
        let links = self.html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        links.filter(|link| link.starts_with(start)).collect()
    }
}

impl Visitor {
    pub async fn get(&mut self, address: &str) -> Answer {
        self.ask(self.request("GET", address).body(Body::empty()).unwrap()).await
    }

    /// Sends a form of a page as the page would, with more fields filled in.
    pub async fn send(&mut self, page: &Answer, containing: &str, more: &[(&str, &str)]) -> Answer {
        let (action, mut fields) = page.form(containing);
        fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.post(&action, &fields).await
    }

    pub async fn post(&mut self, address: &str, fields: &[(String, String)]) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let request = self.form_request(address).body(Body::from(body.finish())).unwrap();
        self.ask(request).await
    }

    pub fn form_request(&self, address: &str) -> axum::http::request::Builder {
        let kind = "application/x-www-form-urlencoded";
        self.request("POST", address).header(header::CONTENT_TYPE, kind)
    }

    pub fn request(&self, method: &str, address: &str) -> axum::http::request::Builder {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Request::builder()
            .method(method)
            .uri(address)
            .header(header::HOST, "shop.test")
            .header(header::ACCEPT_LANGUAGE, self.language)
            .header(header::COOKIE, cookies.join("; "))
    }

    pub async fn ask(&mut self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if rest.contains("Max-Age=0;") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = to_bytes(body, BODY_BYTES_MAX).await.unwrap().to_vec();
        let html = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, html, bytes }
    }
}
