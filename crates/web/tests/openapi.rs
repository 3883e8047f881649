//! `docs/openapi.json` is what the code says. `UPDATE=1 cargo test -p frontrow-web --test openapi` writes it.
#![expect(
    clippy::disallowed_methods,
    reason = "a developer asks for the update by the environment"
)]

use std::path::Path;

#[test]
fn the_committed_document_is_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let said = format!("{}\n", frontrow_web::api::document().to_pretty_json().unwrap());
    if std::env::var("UPDATE").is_ok() {
        std::fs::write(&path, &said).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(said == committed, "docs/openapi.json is out of date; UPDATE=1 writes it");
}

#[test]
fn every_unsafe_call_takes_an_idempotency_key_or_is_found_again_by_its_content() {
    let document = serde_json::to_value(frontrow_web::api::document()).unwrap();
    // Found again by slug, key or content hash: repeating them changes nothing.
    let by_content =
        ["/venues", "/venues/{venue}/plans", "/events", "/events/{event}/performances"];
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["post", "put", "delete", "patch"] {
            let Some(call) = item.get(method) else { continue };
            let parameters = call["parameters"].as_array().cloned().unwrap_or_default();
            let has_key = parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key");
            assert!(has_key || by_content.contains(&path.as_str()), "{method} {path}");
        }
    }
}
