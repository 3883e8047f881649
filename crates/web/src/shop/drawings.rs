//! Geometry files: immutable, so compressed once and kept.

use std::{
    collections::HashMap,
    io::Write as _,
    sync::{Arc, PoisonError, RwLock},
};

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use frontrow_store::catalogue::ContentHash;

use crate::{
    app::App,
    cache::CachePolicy,
    fail::{Answer, Fail},
    limits::HALLS_KEPT_MAX,
};

/// A file as it was written, and compressed with Brotli.
#[derive(Debug)]
struct Drawing {
    plain: Bytes,
    brotli: Bytes,
}

/// Files that were asked for lately, by their hash.
#[derive(Debug, Default)]
pub struct Drawings(RwLock<HashMap<String, Arc<Drawing>>>);

/// Where everything stands in a hall.
pub async fn show(State(app): State<App>, headers: HeaderMap, Path(file): Path<String>) -> Answer {
    let name = file.strip_suffix(".json").ok_or(Fail::NOT_FOUND)?;
    let hash = ContentHash::parse(name).ok_or(Fail::NOT_FOUND)?;
    let drawing = app.drawing(name, hash).await?;
    Ok(answer(&drawing, &headers))
}

fn answer(drawing: &Drawing, headers: &HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let brotli = accepted.is_some_and(|list| {
        list.split(',').any(|item| item.split(';').next().is_some_and(|name| name.trim() == "br"))
    });
    let body = if brotli { &drawing.brotli } else { &drawing.plain };
    let mut response = body.clone().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if brotli {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    CachePolicy::Immutable.apply(headers);
    response
}

impl App {
    async fn drawing(&self, name: &str, hash: ContentHash) -> Result<Arc<Drawing>, Fail> {
        if let Some(drawing) = self.drawings.find(name) {
            return Ok(drawing);
        }
        let plain = self.shop.store().geometry(hash).await?.ok_or(Fail::NOT_FOUND)?;
        // Compressing a stadium takes a second; that is work for a thread of its own.
        let drawing = tokio::task::spawn_blocking(move || compress(plain)).await;
        let drawing = Arc::new(drawing.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "compression failed");
            Fail::BROKEN
        })?);
        self.drawings.keep(name, &drawing);
        Ok(drawing)
    }
}

impl Drawings {
    fn find(&self, name: &str) -> Option<Arc<Drawing>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn keep(&self, name: &str, drawing: &Arc<Drawing>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= HALLS_KEPT_MAX {
            known.clear();
        }
        known.insert(name.to_owned(), Arc::clone(drawing));
    }
}

fn compress(plain: Vec<u8>) -> Drawing {
    /// High quality, for it is done once; the very highest takes ten times as long for a twentieth
    /// less.
    const QUALITY: u32 = 9;
    const WINDOW_BITS: u32 = 22;
    let mut brotli = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut brotli, 4096, QUALITY, WINDOW_BITS);
    writer.write_all(&plain).expect("writing to memory cannot fail");
    drop(writer);
    Drawing { plain: plain.into(), brotli: brotli.into() }
}
