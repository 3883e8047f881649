//! Every text that a page uses exists, and every text for pages is used.

use std::{collections::BTreeSet, fs, path::Path};

/// Everything below a folder, as one text.
fn contents(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            contents(&path, found);
        } else if !path.ends_with("texts.rs") {
            found.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

/// Keys of the shared texts: what stands before ` = ` at the start of a line.
fn known_keys() -> BTreeSet<String> {
    let mut text = String::new();
    contents(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../words/locales/en"), &mut text);
    text.lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" =").map(|(key, _)| key.to_owned()))
        .collect()
}

#[test]
fn every_text_that_is_used_exists_and_every_text_for_pages_is_used() {
    let mut sources = String::new();
    contents(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    let known = known_keys();
    assert!(known.len() > 100, "the texts were found");
    for opening in [".t(\"", ".t1(\"", ".t_with(\"", "key!(\""] {
        for part in sources.split(opening).skip(1) {
            let key = part.split('"').next().unwrap();
            assert!(known.contains(key), "{key} is used but not defined");
        }
    }
    // Mail and printed tickets are written elsewhere.
    for key in known.iter().filter(|key| !key.starts_with("mail-") && !key.starts_with("pdf-")) {
        assert!(sources.contains(&format!("\"{key}\"")), "{key} is defined but not used");
    }
}
