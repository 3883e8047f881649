//! A shop of one test: a small hall, a bank, a clock that stands where it is put.

use std::{
    future::Future,
    path::PathBuf,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::Poll,
    time::Duration,
};

use frontrow_ledger::{
    AreaId, CategoryId, ChannelId, CommandId, SeatId, TicketTypeId, Time,
    sale::{Sale, Want},
};
use frontrow_log::{
    Clock, Log, ManualClock, Registry,
    postgres::{PostgresConfig, PostgresLog},
    registry::RegistryConfig,
    sqlite::SqliteLog,
};
use frontrow_payments::{
    provider::{Provider, ProviderRef},
    test_provider::{TestProvider, account::Behaviour},
};
use frontrow_shop::{
    Error, Parts, Shop, ShopConfig,
    bank::StoreBank,
    cart::{CartId, HoldView},
    checkout::{CheckedOut, CheckoutForm, CheckoutRequest},
    keys::Keys,
    mail::{Mailer, read_outbox},
    orders::{OrderView, Stage},
    random::Random,
    room::{Admitted, Device, Purpose},
    sale_file::SaleFile,
};
use frontrow_store::{Store, audit::OrderAudit, payments::PaymentState};
use frontrow_words::Language;
use secrecy::SecretBox;
use uuid::Uuid;

/// The moment at which tests begin.
pub const NOW: Time = Time(1_800_000_000_000);
pub const MINUTE: i64 = 60_000;

/// Two rows of four seats, ten standing places, two wheelchair places with companions; free tickets for children.
pub const SALE: &str = include_str!("hall.toml");
pub const PLAN: &str = include_str!("hall.json");

pub const ADULT: TicketTypeId = TicketTypeId(0);
pub const CHILD: TicketTypeId = TicketTypeId(1);
pub const STALLS: CategoryId = CategoryId(0);
pub const FLOOR: AreaId = AreaId(0);

pub struct World {
    pub shop: Shop,
    pub clock: Arc<ManualClock>,
    pub performance: Uuid,
    /// Of the next start.
    pub options: Options,
    pub log: Arc<dyn Log>,
    store: Store,
    random: Arc<Counter>,
    dir: tempfile::TempDir,
}

/// What a test sets up differently.
pub struct Options {
    /// Another provider to pay with than the test bank.
    pub provider: Option<Arc<dyn Provider>>,
    /// Nobody takes money.
    pub is_unpaid: bool,
    /// How long a sale stays in memory that nobody asks for.
    pub idle: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { provider: None, is_unpaid: false, idle: RegistryConfig::default().idle }
    }
}

/// Randomness that comes out the same in every run.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Random for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let number = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&number.to_be_bytes()[..chunk.len()]);
        }
    }
}

impl World {
    pub async fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let log = SqliteLog::open(&dir.path().join("log.db")).await.unwrap();
        let url = format!("sqlite:{}", dir.path().join("shop.db").display());
        Self::new(Arc::new(log), &url, dir).await
    }

    #[expect(clippy::disallowed_methods, reason = "tests are told where their database is")]
    pub async fn postgres(test: &str) -> Self {
        let url = std::env::var("TEST_DATABASE_URL").expect(
            "TEST_DATABASE_URL names a PostgreSQL that tests may write to; `cargo xtask test` starts one",
        );
        // Names are cut at 63 bytes; the end tells tests apart better than the beginning.
        let tail = test.len().saturating_sub(50);
        let schema = format!("shop_{}", &test[tail..]);
        let admin = sqlx::PgPool::connect(&url).await.unwrap();
        for sql in [
            format!("DROP SCHEMA IF EXISTS \"{schema}\" CASCADE"),
            format!("CREATE SCHEMA \"{schema}\""),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&admin).await.unwrap();
        }
        admin.close().await;
        let separator = if url.contains('?') { '&' } else { '?' };
        let url = format!("{url}{separator}options=-csearch_path%3D{schema}");
        let config = PostgresConfig { connections: 3, ..PostgresConfig::default() };
        let log = PostgresLog::connect(&url, &config).await.unwrap();
        Self::new(Arc::new(log), &url, tempfile::tempdir().unwrap()).await
    }

    async fn new(log: Arc<dyn Log>, url: &str, dir: tempfile::TempDir) -> Self {
        let config = frontrow_store::Config { connections_max: 4, ..Default::default() };
        let store = Store::connect(url, config).await.unwrap();
        store.migrate().await.unwrap();
        let clock = Arc::new(ManualClock::new(NOW));
        let random = Arc::new(Counter::default());
        let options = Options::default();
        let shop = assemble(&log, &store, &clock, &random, dir.path(), &options);
        let mut world =
            Self { shop, clock, performance: Uuid::nil(), options, log, store, random, dir };
        let imported = world.import(SALE).await.unwrap();
        world.performance = imported.performances[0].1;
        world
    }

    pub async fn import(
        &self,
        file: &str,
    ) -> frontrow_shop::Result<frontrow_shop::catalogue::Imported> {
        let file = SaleFile::parse(file.as_bytes()).map_err(Error::SaleFile)?;
        self.shop.import(&file, PLAN.as_bytes()).await
    }

    /// The process dies and starts again: only what is in the log and in the tables is left.
    pub fn restart(&mut self) {
        let dir = self.dir.path();
        self.shop = assemble(&self.log, &self.store, &self.clock, &self.random, dir, &self.options);
    }

    /// Another process on the same log and tables.
    pub fn replica(&self) -> Shop {
        let dir = self.dir.path();
        assemble(&self.log, &self.store, &self.clock, &self.random, dir, &self.options)
    }

    /// Lets time pass for everybody.
    pub async fn pass(&self, ms: i64) {
        self.clock.pass_ms(ms);
        // The ledger's own sense of time follows within its interval; wait for the level.
        let due = self.clock.now();
        let performance = self.performance;
        for _ in 0..500 {
            let next = self.next_lapse(performance).await;
            if next.is_none_or(|next| next > due) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("nothing lapsed");
    }

    async fn next_lapse(&self, performance: Uuid) -> Option<Time> {
        let view = self.shop.performance(performance, ChannelId::WEB).await.unwrap();
        view.sale.next_lapse
    }

    /// Work is done until there is none, with the clock moving on as waits and leases ask for.
    pub async fn settle_down(&self) {
        for _ in 0..12 {
            while self.shop.work_once().await {}
            self.clock.pass_ms(25_000);
        }
        self.shop.project(self.performance).await.unwrap();
        while self.shop.work_once().await {}
    }

    // ---- what fans do ----

    pub fn command(&self) -> CommandId {
        self.shop.new_command_id()
    }

    pub async fn hold(&self, cart: CartId, wants: Vec<Want>) -> frontrow_shop::Result<HoldView> {
        let admitted = self.admitted(cart, Purpose::Hold).await?;
        self.shop.hold_in_cart(cart, self.performance, wants, admitted, self.command()).await
    }

    /// Nobody waits here.
    pub async fn admitted(
        &self,
        cart: CartId,
        purpose: Purpose,
    ) -> frontrow_shop::Result<Admitted> {
        self.shop.admit(self.performance, purpose, None, Device::of_cart(cart)).await
    }

    pub async fn hold_seats(&self, seats: &[u32]) -> (CartId, HoldView) {
        let cart = self.shop.new_cart();
        let view = self.hold(cart, vec![seats_wanted(seats)]).await.unwrap();
        (cart, view)
    }

    pub async fn check_out(
        &self,
        view: &HoldView,
        email: &str,
    ) -> frontrow_shop::Result<CheckedOut> {
        let admitted = self.admitted(CartId(0), Purpose::Pay).await?;
        self.check_out_as(admitted, view, email).await
    }

    pub async fn check_out_as(
        &self,
        admitted: Admitted,
        view: &HoldView,
        email: &str,
    ) -> frontrow_shop::Result<CheckedOut> {
        let request = CheckoutRequest {
            admitted,
            at: view.at,
            channel: ChannelId::WEB,
            form: form(email),
            language: Language::Cs,
        };
        self.shop.checkout(request).await
    }

    pub async fn pay_again(&self, token: &str) -> frontrow_shop::Result<CheckedOut> {
        self.shop.pay_again(token, |_| None, Device::of_cart(CartId(0))).await
    }

    /// A fan who has checked out: at the bank's page now. Answers the order's token and the bank's reference.
    pub async fn at_the_bank(&self, view: &HoldView, email: &str) -> (String, ProviderRef) {
        let checked_out = self.check_out(view, email).await.unwrap();
        let CheckedOut::Pay { order, url } = checked_out else { panic!("nothing to pay") };
        let (_, reference) = url.rsplit_once('/').unwrap();
        (order.as_str().to_owned(), ProviderRef::parse(reference).unwrap())
    }

    pub async fn choose(&self, reference: &ProviderRef, behaviour: Behaviour) {
        let bank = self.shop.test_bank().unwrap();
        bank.choose(reference, behaviour, self.clock.now()).await.unwrap();
    }

    /// The buyer comes back from the bank.
    pub async fn returned(&self, token: &str) -> frontrow_shop::Result<bool> {
        let view = self.shop.order(token).await?;
        self.shop.payment_returned(&view.details.order, &view.details.payments).await
    }

    pub async fn order(&self, token: &str) -> OrderView {
        self.shop.order(token).await.unwrap()
    }

    // ---- what must be true ----

    pub async fn audit(&self) -> Vec<OrderAudit> {
        self.store.audit_orders(self.performance, None).await.unwrap()
    }

    /// Seats and standing places that are left.
    pub async fn left(&self) -> (u32, u32) {
        let view = self.shop.performance(self.performance, ChannelId::WEB).await.unwrap();
        (view.sale.categories[0].seats_left, view.sale.areas[0].left)
    }

    /// What the bank gave back of a payment, in sum.
    pub async fn given_back(&self, reference: &ProviderRef) -> i64 {
        let bank = self.shop.test_bank().unwrap();
        let payment = bank.find(reference).await.unwrap().unwrap();
        payment.refunds.iter().map(|refund| refund.amount.amount_minor).sum()
    }

    /// Where mail goes.
    pub fn outbox(&self) -> PathBuf {
        self.dir.path().join("outbox")
    }

    /// Subjects of all mails, oldest first.
    pub async fn mails(&self) -> Vec<String> {
        self.mails_with(|mail| mail.subject().unwrap().to_owned()).await
    }

    /// Something of all mails, oldest first.
    pub async fn mails_with(&self, read: fn(&mail_parser::Message<'_>) -> String) -> Vec<String> {
        let folder = self.outbox();
        let mut found = Vec::new();
        for mail in read_outbox(&folder).await.unwrap().into_iter().rev() {
            let text = std::fs::read(folder.join(&mail.file)).unwrap();
            found.push(read(&mail_parser::MessageParser::default().parse(&text).unwrap()));
        }
        found
    }

    /// Every log, invariant, projection and payment agrees, and whatever was paid ended as a ticket or as a refund.
    pub async fn all_is_well(&self) {
        let mut report = self.shop.verify(|_| {}).await.unwrap();
        // A hold may lapse at any moment, and then the log is one entry longer.
        while report.entries_behind > 0 {
            self.shop.project(self.performance).await.unwrap();
            report = self.shop.verify(|_| {}).await.unwrap();
        }
        assert!(report.is_sound(), "{:#?}", report.faults);
        for order in self.audit().await {
            let paid: Vec<_> =
                order.payments.iter().filter(|one| one.state == PaymentState::Paid).collect();
            assert!(paid.len() <= 1, "paid twice: {order:?}");
            assert!(paid.iter().all(|payment| payment.settled), "paid, pending: {order:?}");
            if !paid.is_empty() {
                assert_eq!(order.tickets.len(), order.positions.len(), "paid, no tickets");
            }
            for payment in &order.payments {
                let due = payment.state == PaymentState::RefundDue;
                assert!(!due, "a refund that was never carried out: {order:?}");
                // A provider of a test may have charged less than it was asked to.
                if payment.state == PaymentState::Refunded && self.options.provider.is_none() {
                    assert_eq!(payment.refunded_minor, payment.amount_minor);
                }
            }
        }
    }

    pub async fn expect_tickets(&self, token: &str, count: usize) {
        let view = self.order(token).await;
        assert_eq!(view.stage, Stage::Paid);
        assert_eq!(view.details.tickets.len(), count);
    }
}

fn assemble(
    log: &Arc<dyn Log>,
    store: &Store,
    clock: &Arc<ManualClock>,
    random: &Arc<Counter>,
    dir: &std::path::Path,
    options: &Options,
) -> Shop {
    let keys = Keys::derive(&SecretBox::new(Box::new([7; 32])));
    let clock: Arc<dyn Clock> = clock.clone();
    let bank = TestProvider::new(
        Arc::new(StoreBank(store.clone())),
        keys.webhook(),
        "http://shop.test/pay/test",
    );
    let mut config = RegistryConfig { idle: options.idle, ..RegistryConfig::default() };
    config.sequencer.follow_interval = std::time::Duration::from_millis(10);
    let name = options.provider.as_ref().map_or("test", |provider| provider.name());
    let base_url = "http://shop.test".to_owned();
    let mut providers: Vec<Arc<dyn Provider>> = vec![Arc::new(bank.clone())];
    providers.extend(options.provider.clone());
    Shop::new(Parts {
        log: log.clone(),
        sales: Registry::<Sale>::new(log.clone(), clock.clone(), config.clone()),
        rooms: Registry::new(log.clone(), clock.clone(), config),
        store: store.clone(),
        providers,
        test_bank: Some(bank),
        mailer: Mailer::outbox("Shop <tickets@shop.test>", dir.join("outbox")).unwrap(),
        keys,
        clock,
        random: random.clone(),
        config: ShopConfig { base_url, provider: (!options.is_unpaid).then(|| name.to_owned()) },
    })
}

pub fn seats_wanted(seats: &[u32]) -> Want {
    Want::Seats(seats.iter().map(|seat| (SeatId(*seat), ADULT)).collect())
}

pub fn floor_wanted(count: usize) -> Want {
    Want::Area { area: FLOOR, ticket_types: vec![ADULT; count] }
}

pub fn form(email: &str) -> CheckoutForm {
    CheckoutForm {
        name: "Jana Nováková".to_owned(),
        email: email.to_owned(),
        phone: String::new(),
        attendees: Vec::new(),
        terms_accepted: true,
    }
}

/// Runs a future for so many polls and then drops it where it stands, as a crash does. `None` if it was dropped.
pub async fn crash_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}
