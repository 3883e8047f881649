//! Every page with every sample in every language: it renders, fits in one round trip and is sane
//! HTML.
//!
//! With `FRONTROW_GALLERY=folder` the pages are also written there, to look at.

use std::{io::Write as _, path::PathBuf};

use askama::Template;
use flate2::{Compression, write::GzEncoder};
use frontrow_ledger::sale::Currency;
use frontrow_words::Language;

use crate::{
    assets,
    pages::{
        cart::CartPage,
        checkout::CheckoutPage,
        event::EventPage,
        fair_queue::FairQueuePage,
        fault::FaultPage,
        front::FrontPage,
        legal::LegalPage,
        map_data::{MapData, MapSale},
        office_login::OfficeLoginPage,
        order::OrderPage,
        outbox::{MailPage, OutboxPage},
        performance::PerformancePage,
        room::RoomPage,
        room_control::RoomControlPage,
        rows::{RowsPage, SectionsPage, TypesPage},
        testpay::TestPaymentPage,
        ticket::TicketPage,
    },
};

/// A page with typical and extreme contents.
pub(crate) trait Sample: Template + Sized {
    /// Each with a name.
    fn samples(language: Language) -> Vec<(&'static str, Self)>;
}

/// One round trip of a fresh connection: ten packets.
const PAGE_BYTES_MAX: usize = 14_000;

/// Prices as in the arena's sample sale.
pub(crate) fn map_data(language: Language) -> MapData {
    let prices = [349_000, 249_000, 199_000, 129_000, 89_000, 89_000, 89_000, 159_000];
    MapData::new(
        language,
        MapSale {
            currency: Currency(*b"CZK"),
            per_order: 6,
            selling: true,
            categories: ["Front", "Lower", "Club", "Upper", "View restricted", "Wheelchair"]
                .map(str::to_owned)
                .to_vec(),
            areas: vec!["Golden circle".to_owned(), "Floor standing".to_owned()],
            types: vec!["Adult".to_owned(), "Student".to_owned(), "Senior".to_owned()],
            prices: prices.map(|p| vec![(0, p), (1, p / 2), (2, p / 2)]).to_vec(),
            own: vec![100, 101],
        },
    )
}

fn check<P: Sample>(page: &str) {
    for language in Language::ALL {
        for (name, sample) in P::samples(language) {
            let label = format!("{page}-{name}-{}", language.code());
            let html = sample.render().unwrap();
            assert_sane(&label, language, &html);
            assert!(compressed(&html) <= PAGE_BYTES_MAX, "{label}: {} bytes", compressed(&html));
            write_to_gallery(&label, &html);
        }
    }
}

pub(crate) fn compressed(html: &str) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(html.as_bytes()).unwrap();
    encoder.finish().unwrap().len()
}

fn assert_sane(label: &str, language: Language, html: &str) {
    let count = |needle: &str| html.matches(needle).count();
    assert_eq!(count("<h1"), 1, "{label}: one main heading");
    assert!(html.contains(&format!("<html lang=\"{}\"", language.code())), "{label}: language");
    assert_eq!(count("<title>"), 1, "{label}: one title");
    assert_eq!(count(" style="), 0, "{label}: the content security policy forbids inline styles");
    assert_eq!(count("<style"), 0, "{label}: inline style");
    assert_eq!(count("javascript:"), 0, "{label}: inline script");
    assert_eq!(count(" onclick="), 0, "{label}: inline script");
    assert_eq!(count("<img"), count("<img src=\"/assets/"), "{label}: images come from here");
    for script in html.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap();
        assert!(
            tag.contains(" src=\"/assets/") || tag.contains("type=\"application/json\""),
            "{label}: inline script {tag}"
        );
    }
    let silent = html.split('<').find(|t| t.starts_with("img") && !t.contains("alt="));
    assert_eq!(silent, None, "{label}: image without text");
    for control in ["<input", "<select", "<textarea"] {
        for part in html.split(control).skip(1) {
            let tag = part.split('>').next().unwrap();
            assert_labelled(label, html, control, tag);
        }
    }
    for form in html.split("<form").skip(1) {
        let form = form.split("</form>").next().unwrap();
        if form.split('>').next().unwrap().contains("method=\"post\"") {
            assert!(form.contains("name=\"csrf\""), "{label}: a form without its token");
            assert!(form.contains("name=\"once\""), "{label}: a form that may run twice");
        }
    }
}

/// A control is hidden, stands inside a label, or is the target of one.
fn assert_labelled(label: &str, html: &str, control: &str, tag: &str) {
    if tag.contains("type=\"hidden\"") {
        return;
    }
    if let Some(id) = tag.split(" id=\"").nth(1).and_then(|rest| rest.split('"').next()) {
        let pointed_at = html.contains(&format!("<label for=\"{id}\""));
        if pointed_at {
            return;
        }
    }
    let before = &html[..html.find(&format!("{control}{tag}")).unwrap()];
    let inside = before.rfind("<label").unwrap_or(0) > before.rfind("</label>").unwrap_or(0);
    assert!(inside, "{label}: no label for {control}{tag}>");
}

fn write_to_gallery(label: &str, html: &str) {
    let Some(folder) = std::env::var_os("FRONTROW_GALLERY").map(PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{label}.html")), html).unwrap();
    std::fs::write(folder.join("assets-hash"), assets::hash()).unwrap();
}

macro_rules! gallery {
    ($($name:ident: $page:ty,)*) => {
        $(
            #[test]
            fn $name() {
                check::<$page>(stringify!($name));
            }
        )*
    };
}

gallery! {
    front: FrontPage,
    event: EventPage,
    performance: PerformancePage,
    room: RoomPage,
    room_control: RoomControlPage,
    office_login: OfficeLoginPage,
    sections: SectionsPage,
    rows: RowsPage,
    types: TypesPage,
    cart: CartPage,
    checkout: CheckoutPage,
    order: OrderPage,
    ticket: TicketPage,
    testpay: TestPaymentPage,
    outbox: OutboxPage,
    mail: MailPage,
    fair_queue: FairQueuePage,
    legal: LegalPage,
    fault: FaultPage,
}

#[test]
fn markup_in_a_name_stays_text() {
    for (_, page) in FrontPage::samples(Language::En) {
        assert!(!page.render().unwrap().contains("<script>alert"));
    }
    let data = MapData::new(
        Language::En,
        MapSale {
            currency: Currency(*b"CZK"),
            per_order: 1,
            selling: false,
            types: vec!["</script><b>".to_owned()],
            categories: Vec::new(),
            areas: Vec::new(),
            prices: Vec::new(),
            own: Vec::new(),
        },
    );
    assert!(!data.json().contains('<'));
}
