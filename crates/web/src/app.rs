//! What every handler reaches: the shop, the settings, and what is kept ready to be sent.

use std::sync::Arc;

use frontrow_shop::Shop;

use crate::{
    config::WebConfig,
    pace::Pace,
    shop::{drawings::Drawings, halls::Halls, statuses::Statuses},
};

/// Cheap to clone; every clone is the same.
#[derive(Debug, Clone)]
pub struct App {
    /// What the shop does.
    pub shop: Shop,
    /// Settings of the pages.
    pub config: Arc<WebConfig>,
    /// Rows and seats of halls, for the lists.
    pub halls: Arc<Halls>,
    /// Geometry files, compressed once.
    pub drawings: Arc<Drawings>,
    /// What is free, written once per position of the log.
    pub statuses: Arc<Statuses>,
    /// How fast each visitor sends forms.
    pub pace: Arc<Pace>,
}

impl App {
    /// Nothing is kept ready yet.
    pub fn new(shop: Shop, config: WebConfig) -> Self {
        Self {
            shop,
            config: Arc::new(config),
            halls: Arc::default(),
            drawings: Arc::default(),
            statuses: Arc::default(),
            pace: Arc::default(),
        }
    }
}
