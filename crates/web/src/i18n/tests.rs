//! Both languages say the same things, and nothing says what neither knows.

use std::{collections::BTreeMap, collections::BTreeSet, fs, path::Path};

use fluent_bundle::FluentResource;
use fluent_syntax::ast;

use super::{CS_FILES, EN_FILES, Language};

/// Keys of a language with the arguments each mentions.
fn keys(files: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = BTreeMap::new();
    for file in files {
        let resource = FluentResource::try_new((*file).to_owned()).unwrap();
        for entry in resource.entries() {
            if let ast::Entry::Message(message) = entry {
                let mut arguments = BTreeSet::new();
                collect(message.value.as_ref().unwrap(), &mut arguments);
                let known = keys.insert(message.id.name.to_owned(), arguments);
                assert!(known.is_none(), "{} is defined twice", message.id.name);
            }
        }
    }
    keys
}

fn collect(pattern: &ast::Pattern<&str>, arguments: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let ast::PatternElement::Placeable { expression } = element {
            match expression {
                ast::Expression::Inline(inline) => collect_inline(inline, arguments),
                ast::Expression::Select { selector, variants } => {
                    collect_inline(selector, arguments);
                    for variant in variants {
                        collect(&variant.value, arguments);
                    }
                }
            }
        }
    }
}

fn collect_inline(inline: &ast::InlineExpression<&str>, arguments: &mut BTreeSet<String>) {
    if let ast::InlineExpression::VariableReference { id } = inline {
        arguments.insert(id.name.to_owned());
    }
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_arguments() {
    assert_eq!(keys(&CS_FILES), keys(&EN_FILES));
}

/// All sources and templates of this crate but the texts themselves.
fn sources(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if !path.ends_with("i18n/tests.rs") {
            found.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_key_that_is_used_exists_and_every_key_is_used() {
    let mut text = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
    let known: BTreeSet<String> = keys(&EN_FILES).into_keys().collect();
    for opening in [".t(\"", ".t1(\"", ".t_with(\"", "key!(\""] {
        for part in text.split(opening).skip(1) {
            let key = part.split('"').next().unwrap();
            assert!(known.contains(key), "{key} is used but not defined");
        }
    }
    for key in known {
        assert!(text.contains(&format!("\"{key}\"")), "{key} is defined but not used");
    }
}

#[test]
fn plurals_follow_each_language() {
    let text =
        |language: Language, count: i64| language.t1("front-showings", "count", count).into_owned();
    assert_eq!(text(Language::Cs, 1), "1 termín");
    assert_eq!(text(Language::Cs, 3), "3 termíny");
    assert_eq!(text(Language::Cs, 5), "5 termínů");
    assert_eq!(text(Language::Cs, 1_200), "1\u{a0}200 termínů");
    assert_eq!(text(Language::En, 1), "1 date");
    assert_eq!(text(Language::En, 1_200), "1,200 dates");
}

#[test]
fn the_language_follows_the_browser() {
    let check = |accept, expected| assert_eq!(Language::negotiate(accept), expected, "{accept}");
    check("cs-CZ,cs;q=0.9,en;q=0.8", Language::Cs);
    check("en-GB,en;q=0.9,cs;q=0.8", Language::En);
    check("de-DE,de;q=0.9,cs;q=0.3,en;q=0.2", Language::Cs);
    check("sk", Language::Cs);
    check("de", Language::En);
    check("", Language::En);
    check("cs;q=nonsense, en;q=0.1", Language::En);
}
