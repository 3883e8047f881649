//! What every handler reaches: the shop, the settings, and what is kept ready to be sent.

use std::{ops::Deref, sync::Arc};

use frontrow_shop::{Shop, pace::Pace};

use crate::{
    config::WebConfig,
    shop::{drawings::Drawings, halls::Halls, statuses::Statuses},
};

/// Cheap to clone; every clone is the same.
#[derive(Debug, Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of. Behind one pointer: a request passes many hands, and each takes a clone.
#[derive(Debug)]
pub struct Parts {
    /// What the shop does.
    pub shop: Shop,
    /// Settings of the pages.
    pub config: WebConfig,
    /// Rows and seats of halls, for the lists.
    pub halls: Halls,
    /// Geometry files, compressed once.
    pub drawings: Drawings,
    /// What is free, written once per position of the log.
    pub statuses: Statuses,
    /// How fast each visitor sends forms.
    pub pace: Pace,
    /// How fast each network takes places in each waiting room.
    pub crowds: Pace,
}

impl App {
    /// Nothing is kept ready yet.
    pub fn new(shop: Shop, config: WebConfig) -> Self {
        Self(Arc::new(Parts {
            shop,
            config,
            halls: Halls::default(),
            drawings: Drawings::default(),
            statuses: Statuses::default(),
            pace: Pace::default(),
            crowds: Pace::default(),
        }))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
