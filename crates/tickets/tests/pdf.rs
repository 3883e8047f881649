//! Whatever is on a ticket, there is an accessible PDF of it, the same bytes every time.

#[path = "samples/barcodes.rs"]
mod barcodes;
#[path = "samples/documents.rs"]
mod documents;

use frontrow_tickets::{
    limits::TICKETS_PER_DOCUMENT_MAX,
    pdf::{Paper, PdfError, render},
    view::{Document, Fact, TicketView},
};
use proptest::prelude::{ProptestConfig, Strategy, any, prop, prop_assert, proptest};

const PAPERS: [Paper; 2] = [Paper::A4, Paper::Phone];

fn all() -> [Document; 4] {
    [documents::czech(), documents::english(), documents::long_names(), documents::extreme()]
}

fn contains(pdf: &[u8], text: &str) -> bool {
    pdf.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn every_sample_is_accessible_on_every_paper() {
    for document in all() {
        for paper in PAPERS {
            // The library fails unless every rule of PDF/UA-1 that a machine can check is kept.
            let pdf = render(&document, paper).unwrap();
            assert!(pdf.starts_with(b"%PDF-1.7"));
            assert!(contains(&pdf, "<pdfuaid:part>1</pdfuaid:part>"));
            assert!(contains(&pdf, &format!("/Lang({})", document.language)));
            let pages = format!("/Count {}", document.tickets.len());
            assert!(contains(&pdf, &pages));
        }
    }
}

#[test]
fn equal_documents_give_equal_bytes() {
    for document in all() {
        for paper in PAPERS {
            assert_eq!(render(&document, paper).unwrap(), render(&document, paper).unwrap());
        }
    }
}

#[test]
fn an_order_of_the_largest_size_is_one_document() {
    let mut document = documents::english();
    let ticket = document.tickets[0].clone();
    document.tickets = vec![ticket.clone(); TICKETS_PER_DOCUMENT_MAX];
    assert!(render(&document, Paper::A4).unwrap().len() < 1_000_000);
    document.tickets.push(ticket);
    assert!(matches!(render(&document, Paper::A4), Err(PdfError::Count(51))));
    document.tickets.clear();
    assert!(matches!(render(&document, Paper::A4), Err(PdfError::Count(0))));
}

#[test]
fn what_nobody_could_use_is_refused() {
    let refused = |change: fn(&mut Document)| {
        let mut document = documents::czech();
        change(&mut document);
        render(&document, Paper::Phone).unwrap_err().to_string()
    };
    assert_eq!(refused(|document| document.title = " ".to_owned()), "the title is empty");
    assert_eq!(refused(|document| document.language.clear()), "the language is empty");
    assert_eq!(refused(|document| document.tickets[1].event.clear()), "the event is empty");
    assert_eq!(
        refused(|document| document.tickets[0].barcode_alt.clear()),
        "the barcode's description is empty"
    );
    assert_eq!(
        refused(|document| document.tickets[0].barcode = "A".repeat(5_000)),
        "a ticket's barcode does not fit a QR symbol"
    );
}

#[test]
fn a_ticket_may_have_nothing_but_an_event_and_a_barcode() {
    let ticket = TicketView {
        event: "Hamlet".to_owned(),
        barcode: barcodes::barcode(1),
        barcode_alt: "QR".to_owned(),
        ..TicketView::default()
    };
    let document =
        Document { title: "Hamlet".to_owned(), language: "en".to_owned(), tickets: vec![ticket] };
    for paper in PAPERS {
        render(&document, paper).unwrap();
    }
}

/// Scripts that join, stack and run the other way; emoji, private, invisible and broken characters.
fn texts() -> impl Strategy<Value = String> {
    let nasty = "[a-zžřů \u{0300}-\u{0310}א-תا-ي一-三😀-😉👨👩\u{200d}\u{202e}\u{feff}\u{e000}\u{fffe}\
                 \u{0}-\u{1f}ก-ฮ\u{e31}ﷺ🇨🇿ﬁ\u{2028}]{0,60}";
    prop::strategy::Union::new([any::<String>().boxed(), nasty.boxed()])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_texts_make_a_document(texts in prop::collection::vec(texts(), 16), words: usize) {
        let text = |n: usize| texts[n % texts.len()].repeat(1 + words % 7 * (n % 2));
        let fact = |n: usize| Fact::new(text(n), text(n + 1));
        let ticket = TicketView {
            seller: text(0),
            counter: text(1),
            event: format!("a{}", text(2)),
            subtitle: text(3),
            starts: text(4),
            doors: text(5),
            venue: text(6),
            address: text(7),
            place: (8..8 + words % 10).map(fact).collect(),
            details: (9..9 + words % 11).map(fact).collect(),
            barcode: barcodes::barcode(1),
            barcode_alt: format!("a{}", text(13)),
            barcode_hint: text(14),
            small_print: (10..10 + words % 8).map(text).collect(),
        };
        let document = Document {
            title: format!("a{}", text(15)),
            language: "cs".to_owned(),
            tickets: vec![ticket],
        };
        for paper in PAPERS {
            let pdf = render(&document, paper);
            prop_assert!(pdf.is_ok(), "{:?}", pdf.map(|_| ()));
        }
    }
}
