//! Styles, scripts and images, built into the binary and served under one hash of them all.
//!
//! `/assets/{hash}/js/seatmap/map.js` never changes, so it may be kept for ever; and because the
//! hash stands in front of the path, modules import each other by relative paths without a bundler.

use std::{borrow::Cow, sync::LazyLock};

use sha2::{Digest as _, Sha256};

/// One file.
#[derive(Debug)]
pub struct Asset {
    /// Below `assets/`.
    pub path: &'static str,
    /// `Content-Type`.
    pub mime: &'static str,
    /// Contents.
    pub bytes: Cow<'static, [u8]>,
}

/// The file at a path below `assets/`.
pub fn find(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

/// Hash of all assets, in hex.
pub fn hash() -> &'static str {
    &HASH
}

/// Where an asset is served.
pub fn url(path: &str) -> String {
    debug_assert!(find(path).is_some(), "no asset at {path}");
    format!("/assets/{}/{path}", hash())
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! file {
    ($path:literal, $mime:expr) => {
        Asset {
            path: $path,
            mime: $mime,
            bytes: Cow::Borrowed(include_bytes!(concat!("../assets/", $path))),
        }
    };
}

/// One style sheet is one request; the parts are for people.
const STYLE_PARTS: [&str; 5] = [
    include_str!("../assets/css/tokens.css"),
    include_str!("../assets/css/base.css"),
    include_str!("../assets/css/components.css"),
    include_str!("../assets/css/pages.css"),
    include_str!("../assets/css/seatmap.css"),
];

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    vec![
        Asset {
            path: "style.css",
            mime: CSS,
            bytes: Cow::Owned(STYLE_PARTS.concat().into_bytes()),
        },
        // The waiting room loads nothing of the shop's.
        Asset {
            path: "room.css",
            mime: CSS,
            bytes: Cow::Borrowed(include_bytes!("../assets/css/room.css")),
        },
        file!("js/shop.js", JS),
        file!("js/ticket.js", JS),
        file!("js/seatmap/start.js", JS),
        file!("js/seatmap/geometry.js", JS),
        file!("js/seatmap/status.js", JS),
        file!("js/seatmap/view.js", JS),
        file!("js/seatmap/paint.js", JS),
        file!("js/seatmap/gestures.js", JS),
        file!("js/seatmap/keyboard.js", JS),
        file!("js/seatmap/tray.js", JS),
        file!("js/room/start.js", JS),
        file!("js/room/status.js", JS),
        file!("js/room/wait.js", JS),
        file!("js/room/work.js", JS),
        file!("js/room/alarm.js", JS),
        file!("js/room/own.js", JS),
        file!("js/room/control.js", JS),
        file!("js/draw/sha256.js", JS),
        file!("js/draw/draw.js", JS),
        file!("js/draw/file.js", JS),
        file!("js/draw/worker.js", JS),
        file!("images/chevron.svg", SVG),
        file!("images/icon.svg", SVG),
        file!("images/stadium.svg", SVG),
        file!("images/arena.svg", SVG),
        file!("images/theatre.svg", SVG),
        file!("images/club.svg", SVG),
    ]
});

static HASH: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = Sha256::new();
    for asset in ASSETS.iter() {
        hasher.update(asset.path);
        hasher.update(asset.bytes.len().to_be_bytes());
        hasher.update(&asset.bytes);
    }
    hex::encode(&hasher.finalize()[..8])
});

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    #[test]
    fn every_file_under_assets_is_served() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
        let mut folders = vec![root.join("js"), root.join("images")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
                assert!(super::find(name).is_some(), "{name} is not in the list");
            }
        }
    }

    #[test]
    fn an_event_image_is_small() {
        for name in ["stadium", "arena", "theatre", "club"] {
            let image = super::find(&format!("images/{name}.svg")).unwrap();
            assert!(image.bytes.len() < 12_000, "{name}: {} bytes", image.bytes.len());
        }
    }
}
