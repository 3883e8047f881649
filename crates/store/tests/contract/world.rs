//! A database of one test, with something on sale in it.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use frontrow_ledger::{CategoryId, ChannelId, SeatId, TicketTypeId, Time, sale::Place};
use frontrow_store::{
    Config, Store, Texts,
    catalogue::{Event, Organisation, Performance, SeatingPlan, Venue},
    orders::{Contact, NewOrder, NewPosition},
};
use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, ProxyDatabaseTrait,
    ProxyExecResult, ProxyRow, Statement,
};
use uuid::Uuid;

/// The moment at which tests begin.
pub const NOW: Time = Time(1_800_000_000_000);

pub struct World {
    pub store: Store,
    pub url: String,
    pub organisation: Uuid,
    pub venue: Uuid,
    pub plan: Uuid,
    pub event: Uuid,
    pub performance: Uuid,
    ids: AtomicU64,
    _dir: Option<tempfile::TempDir>,
}

impl World {
    pub async fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("shop #1?.db").display());
        Self::new(url, Some(dir)).await
    }

    #[expect(clippy::disallowed_methods, reason = "tests are told where their database is")]
    pub async fn postgres(test: &str) -> Self {
        let url = std::env::var("TEST_DATABASE_URL").expect(
            "TEST_DATABASE_URL names a PostgreSQL that tests may write to; `cargo xtask test` starts one",
        );
        let schema = format!("store_{test}");
        let admin = Database::connect(&url).await.unwrap();
        let sql = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema};");
        admin.execute_unprepared(&sql).await.unwrap();
        admin.close().await.unwrap();
        let separator = if url.contains('?') { '&' } else { '?' };
        Self::new(format!("{url}{separator}options=-csearch_path%3D{schema}"), None).await
    }

    async fn new(url: String, dir: Option<tempfile::TempDir>) -> Self {
        let store = connect(&url).await;
        store.migrate().await.unwrap();
        let world = Self {
            store,
            url,
            organisation: Uuid::from_u128(1),
            venue: Uuid::from_u128(2),
            plan: Uuid::from_u128(3),
            event: Uuid::from_u128(4),
            performance: Uuid::from_u128(5),
            ids: AtomicU64::new(1_000),
            _dir: dir,
        };
        world.put_catalogue().await;
        world
    }

    async fn put_catalogue(&self) {
        let store = &self.store;
        store.put_organisation(&self.organisation()).await.unwrap();
        store.put_venue(&self.venue(self.venue, "theatre", "Praha")).await.unwrap();
        let geometry = store.put_geometry(b"drawing", NOW).await.unwrap();
        let plan = SeatingPlan {
            id: self.plan,
            venue_id: self.venue,
            name: "Main hall".to_owned(),
            geometry,
            seats: 100,
            created_at: NOW,
        };
        store.put_seating_plan(&plan).await.unwrap();
        store.put_event(&self.event(self.event, "hamlet", "Hamlet")).await.unwrap();
        let performance = self.performance(self.performance, self.event, NOW.plus_ms(1_000));
        store.put_performance(&performance).await.unwrap();
    }

    /// Another replica of the shop.
    pub async fn another_store(&self) -> Store {
        connect(&self.url).await
    }

    pub fn is_postgres(&self) -> bool {
        !self.url.starts_with("sqlite:")
    }

    /// Where there is a database without tables.
    pub async fn empty_database(&self) -> String {
        if self.url.starts_with("sqlite:") {
            return format!("{}-empty", self.url);
        }
        let (_, schema) = self.url.rsplit_once("%3D").unwrap();
        let sql =
            format!("DROP SCHEMA IF EXISTS {schema}_empty CASCADE; CREATE SCHEMA {schema}_empty;");
        self.raw().await.execute_unprepared(&sql).await.unwrap();
        format!("{}_empty", self.url)
    }

    /// The database itself.
    pub async fn raw(&self) -> DatabaseConnection {
        raw(&self.url).await
    }

    /// An id that this test has not used.
    pub fn id(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.ids.fetch_add(1, Ordering::Relaxed)))
    }

    pub fn organisation(&self) -> Organisation {
        Organisation { id: self.organisation, name: "Ensemble".to_owned(), created_at: NOW }
    }

    pub fn venue(&self, id: Uuid, slug: &str, city: &str) -> Venue {
        Venue {
            id,
            organisation_id: Some(self.organisation),
            slug: slug.to_owned(),
            name: slug.to_owned(),
            city: city.to_owned(),
            country: "CZ".to_owned(),
            zone: "Europe/Prague".to_owned(),
            address: "Street 1".to_owned(),
        }
    }

    pub fn event(&self, id: Uuid, slug: &str, title: &str) -> Event {
        Event {
            id,
            organisation_id: self.organisation,
            slug: slug.to_owned(),
            title: Texts::same(title),
            summary: Texts::default(),
            description: Texts::same("Long."),
            genre: "play".to_owned(),
            image: None,
            created_at: NOW,
        }
    }

    pub fn performance(&self, id: Uuid, event: Uuid, starts_at: Time) -> Performance {
        Performance {
            id,
            event_id: event,
            venue_id: self.venue,
            plan_id: self.plan,
            starts_at,
            doors_at: None,
            currency: "CZK".to_owned(),
            offer: serde_json::json!({ "categories": ["stalls"] }),
            created_at: NOW,
        }
    }

    /// An order of two seats that nobody else uses.
    pub fn new_order(&self) -> NewOrder {
        let id = self.id();
        let seat = (id.as_u128() * 2) as u32;
        let position = |seat| NewPosition {
            place: Place::Seat(SeatId(seat)),
            label: format!("seat {seat}"),
            category: CategoryId(0),
            ticket_type: TicketTypeId(0),
            price_minor: 25_000,
            attendee_name: "Jana".to_owned(),
        };
        NewOrder {
            organisation_id: self.organisation,
            payment: None,
            jobs: Vec::new(),
            id,
            codes: vec![format!("CODE{}", id.as_u128())],
            secret_hash: [7; 32],
            performance_id: self.performance,
            hold_id: self.id(),
            channel: ChannelId::WEB,
            contact: Contact {
                name: "Jana Nová".to_owned(),
                email: "jana@example.org".to_owned(),
                phone: "+420 123".to_owned(),
            },
            locale: "cs".to_owned(),
            currency: "CZK".to_owned(),
            positions: vec![position(seat), position(seat + 1)],
            idempotency_hash: None,
            created_at: NOW,
        }
    }
}

pub async fn connect(url: &str) -> Store {
    Store::connect(url, Config { connections_max: 8, ..Config::default() }).await.unwrap()
}

/// A database without what the store puts around it.
pub async fn raw(url: &str) -> DatabaseConnection {
    let Some(path) = url.strip_prefix("sqlite:") else {
        return Database::connect(url).await.unwrap();
    };
    let file = File(Mutex::new(rusqlite::Connection::open(path).unwrap()));
    Database::connect_proxy(DbBackend::Sqlite, Arc::new(Box::new(file))).await.unwrap()
}

/// An SQLite file of which nobody asks questions.
#[derive(Debug)]
struct File(Mutex<rusqlite::Connection>);

#[async_trait]
impl ProxyDatabaseTrait for File {
    async fn query(&self, statement: Statement) -> Result<Vec<ProxyRow>, DbErr> {
        panic!("nobody asks here: {}", statement.sql)
    }

    async fn execute(&self, statement: Statement) -> Result<ProxyExecResult, DbErr> {
        self.0.lock().unwrap().execute_batch(&statement.sql).unwrap();
        Ok(ProxyExecResult::default())
    }
}

/// Runs the same thing many times at once.
pub async fn at_once<T, F>(count: usize, run: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = (0..count).map(|index| tokio::spawn(run(index))).collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}
