//! What is drawn is what a scanner reads.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "samples/barcodes.rs"]
mod barcodes;

use frontrow_tickets::qr::{Matrix, QUIET_ZONE, TooLong};

/// Pixels of one module in the pictures that are scanned here.
const MODULE: usize = 4;

/// Reads a picture of modules with a library that is not ours.
fn scan(side: usize, is_dark: impl Fn(usize, usize) -> bool) -> String {
    let pixels = side * MODULE;
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(pixels, pixels, |x, y| {
        if is_dark(x / MODULE, y / MODULE) { 0 } else { 255 }
    });
    let grids = picture.detect_grids();
    assert_eq!(grids.len(), 1, "one symbol is found");
    let (meta, text) = grids[0].decode().unwrap();
    assert_eq!(meta.version.0, 6);
    text
}

#[test]
fn a_scanner_reads_the_matrix() {
    for number in 0..20 {
        let text = barcodes::barcode(number);
        let matrix = Matrix::of(&text).unwrap();
        assert_eq!(matrix.size(), 41);
        let dark = |x: usize, y: usize| {
            x >= QUIET_ZONE && y >= QUIET_ZONE && matrix.is_dark(x - QUIET_ZONE, y - QUIET_ZONE)
        };
        assert_eq!(scan(matrix.size() + 2 * QUIET_ZONE, dark), text);
    }
}

/// Fills the runs that the path of the SVG draws: `M x y h n v1 h-n z`, again and again.
fn modules(svg: &str) -> Vec<(usize, usize)> {
    let path = svg.rsplit_once(" d=\"").unwrap().1.split_once('"').unwrap().0;
    let runs = path.split('M').skip(1).flat_map(|run| {
        let (at, length) = run.split_once('h').unwrap();
        let (x, y) = at.split_once(' ').unwrap();
        let length: usize = length.split_once('v').unwrap().0.parse().unwrap();
        let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
        (x..x + length).map(move |x| (x, y))
    });
    runs.collect()
}

#[test]
fn a_scanner_reads_the_svg() {
    let text = barcodes::barcode(1);
    let matrix = Matrix::of(&text).unwrap();
    let dark = modules(&matrix.svg("QR"));
    let expected = (0..41_usize).flat_map(|y| (0..41_usize).map(move |x| (x, y)));
    let expected = expected.filter(|&(x, y)| matrix.is_dark(x, y));
    let expected = expected.map(|(x, y)| (x + QUIET_ZONE, y + QUIET_ZONE));
    assert_eq!(dark, expected.collect::<Vec<_>>());
    assert_eq!(scan(41 + 2 * QUIET_ZONE, |x, y| dark.contains(&(x, y))), text);
}

#[test]
fn the_svg_is_fit_for_a_page_with_a_strict_policy() {
    let svg = Matrix::of(&barcodes::barcode(1)).unwrap().svg("Vstupenka <1> & 2");
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 49 49\""));
    assert!(svg.contains("shape-rendering=\"crispEdges\""));
    assert!(svg.contains("<title>Vstupenka &lt;1&gt; &amp; 2</title>"));
    assert!(!svg.contains("style") && !svg.contains("script") && !svg.contains("href"));
    assert!(svg.len() < 10_000, "{} bytes", svg.len());
}

#[test]
fn what_no_symbol_holds_is_refused() {
    assert_eq!(Matrix::of(&"A".repeat(5_000)), Err(TooLong));
}
