//! Lists by pages: a cursor in, a cursor out.

use frontrow_store::page::{Cursor, Page, PageRequest};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Problem;

/// Which part of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// The `next` of the page before.
    pub after: Option<String>,
    /// How many; the shop has a limit of its own.
    pub limit: Option<u32>,
}

impl ListQuery {
    /// Reads the cursor.
    pub fn request(&self) -> Result<PageRequest, Problem> {
        let after = match &self.after {
            None => None,
            Some(text) => Some(Cursor::parse(text).ok_or_else(|| {
                let title = "The query is not valid";
                let detail = "`after` must be the `next` of a page before.";
                Problem::new(axum::http::StatusCode::BAD_REQUEST, "bad-query", title, detail)
            })?),
        };
        Ok(PageRequest { after, limit: self.limit })
    }
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listed<T: ToSchema> {
    /// In the list's order.
    pub items: Vec<T>,
    /// Send it as `after` for the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T: ToSchema> Listed<T> {
    /// Turns each row into its answer.
    pub fn of<R>(page: Page<R>, item: impl Fn(R) -> T) -> Self {
        Self {
            items: page.items.into_iter().map(item).collect(),
            next: page.next.map(|cursor| cursor.to_string()),
        }
    }
}
