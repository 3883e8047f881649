//! HTTP: the shop's pages, and what browsers load with them.
//!
//! Pages are rendered on the server, in Czech and English; everything essential works without
//! scripts. Assets are built into the binary. What is absent: business rules that another surface
//! would need too; those live in `shop`.
//!
//! - [`connections`]: who is served at once, and for how long nothing may happen.
//! - [`mod@front`]: what is answered before anything else looks at a request. [`routes`]: every address, on one screen.
//!   [`middleware`]: every layer, in order.
//! - [`api`]: the same purchase for machines, and what organisers do.
//! - [`shop`]: handlers of the pages. [`pages`]: what each page shows, with its template and
//!   samples.
//! - [`urls`]: every address as a type. [`assets`]: styles, scripts, images.

pub mod api;
pub mod app;
pub mod assets;
pub mod cache;
pub mod config;
pub mod connections;
pub mod fail;
pub mod files;
pub mod flash;
pub mod form;
pub mod front;
pub mod health;
pub mod limits;
pub mod middleware;
pub mod network;
pub mod pages;
pub mod reply;
pub mod room;
pub mod routes;
pub mod shop;
pub mod sign;
pub mod urls;
pub mod visitor;
pub mod webhooks;

pub use config::{LegalTexts, WebConfig};
pub use front::Front;
pub use health::Readiness;
pub use routes::{front, router};
pub use shop::test_bank::PATH as TEST_BANK_PATH;
