//! HTTP: the shop's pages, and what browsers load with them.
//!
//! Pages are rendered on the server, in Czech and English; everything essential works without scripts. Assets are built
//! into the binary. What is absent: business rules that another surface would need too; those live in `shop`.
//!
//! - [`urls`]: every address, as a type.
//! - [`pages`]: what each page shows, with its template and samples.
//! - [`api`]: the same purchase for machines, and what organisers do.
//! - [`assets`]: styles, scripts, images.

pub mod api;
pub mod assets;
pub mod limits;
pub mod pages;
pub mod urls;
