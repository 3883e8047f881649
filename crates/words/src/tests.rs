//! Both languages say the same things with the same arguments.

use std::collections::{BTreeMap, BTreeSet};

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
        let ast::PatternElement::Placeable { expression } = element else { continue };
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

fn collect_inline(inline: &ast::InlineExpression<&str>, arguments: &mut BTreeSet<String>) {
    if let ast::InlineExpression::VariableReference { id } = inline {
        arguments.insert(id.name.to_owned());
    }
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_arguments() {
    assert_eq!(keys(&CS_FILES), keys(&EN_FILES));
}

#[test]
fn plurals_follow_each_language() {
    let text = |language: Language, count: i64| language.t1("mail-cancelled-text", "count", count);
    assert!(text(Language::Cs, 1).starts_with("Jedno místo"));
    assert!(text(Language::Cs, 3).starts_with("3 místa"));
    assert!(text(Language::Cs, 1_200).starts_with("1\u{a0}200 míst "));
    assert!(text(Language::En, 1).starts_with("One place"));
    assert!(text(Language::En, 1_200).starts_with("1,200 places"));
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

#[test]
fn a_seat_is_said_in_words() {
    assert_eq!(Language::Cs.seat("Stalls", "4", "12"), "Stalls, řada\u{a0}4, místo\u{a0}12");
    assert_eq!(Language::En.seat("204", "4", "12"), "Section\u{a0}204, row\u{a0}4, seat\u{a0}12");
}
