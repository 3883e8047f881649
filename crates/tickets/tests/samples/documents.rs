//! Tickets as a shop would hand them over, in two languages, ordinary and extreme.

use frontrow_tickets::view::{Document, Fact, TicketView};

use crate::barcodes::barcode;

/// Two Czech tickets for seats in a theatre.
pub fn czech() -> Document {
    let ticket = |number: u128, seat: &str, kind: &str, price: &str, name: &str| TicketView {
        seller: "Stavovské divadlo".to_owned(),
        counter: format!("Vstupenka {number} ze 2"),
        event: "Příliš žluťoučký kůň".to_owned(),
        subtitle: "Komedie o dvou dějstvích, s českými a anglickými titulky".to_owned(),
        starts: "sobota 12. prosince 2026, 19.00".to_owned(),
        doors: "Vstup od 18.00".to_owned(),
        venue: "Stavovské divadlo, velký sál".to_owned(),
        address: "Železná 540/11, 110 00 Praha 1".to_owned(),
        place: vec![
            Fact::new("Sektor", "1. balkon, vlevo"),
            Fact::new("Řada", "12"),
            Fact::new("Místo", seat),
        ],
        details: vec![
            Fact::new("Kategorie", "II. pořadí"),
            Fact::new("Druh vstupenky", kind),
            Fact::new("Cena", price),
            Fact::new("Jméno", name),
            Fact::new("Objednávka", "K7RM-2VQ9"),
            Fact::new("Zakoupeno", "3. listopadu 2026"),
        ],
        barcode: barcode(number),
        barcode_alt: "QR kód této vstupenky".to_owned(),
        barcode_hint: "Kód ukažte u vstupu, z papíru nebo z telefonu.".to_owned(),
        small_print: vec![
            "Vstupenka platí pro jednu osobu a jeden vstup. Kdo přijde s kódem první, vejde; \
             nikomu ho prosím neposílejte a nezveřejňujte."
                .to_owned(),
            "Zlevněnou vstupenku předložte spolu s průkazem, který opravňuje ke slevě. Vstupenku \
             nelze vrátit ani vyměnit, s výjimkou zrušeného nebo přeloženého představení."
                .to_owned(),
            "Prodává Stavovské divadlo, Ostrovní 1, 112 30 Praha 1, IČO 00023337.".to_owned(),
        ],
    };
    Document {
        title: "Vstupenky: Příliš žluťoučký kůň, 12. prosince 2026".to_owned(),
        language: "cs".to_owned(),
        tickets: vec![
            ticket(1, "7", "Dospělý", "1 590 Kč", "Božena Řeřichová"),
            ticket(2, "8", "Student, ISIC", "795 Kč", "Jiří Šťastný"),
        ],
    }
}

/// One English ticket for a standing place.
pub fn english() -> Document {
    let ticket = TicketView {
        seller: "Frontrow Live".to_owned(),
        counter: "Ticket 1 of 1".to_owned(),
        event: "The Midnight Cartographers".to_owned(),
        subtitle: "Lines on the Map – World Tour 2027".to_owned(),
        starts: "Friday 18 June 2027, 8:00 pm".to_owned(),
        doors: "Doors open at 6:00 pm".to_owned(),
        venue: "Harbour Arena".to_owned(),
        address: "1 Quayside, Bristol BS1 4RN".to_owned(),
        place: vec![Fact::new("Area", "Standing"), Fact::new("Entrance", "C")],
        details: vec![
            Fact::new("Category", "Front of stage"),
            Fact::new("Ticket type", "Adult"),
            Fact::new("Price", "£64.50"),
            Fact::new("Name", "Alexandra Featherstonehaugh"),
            Fact::new("Order", "XH4P-9TWD"),
        ],
        barcode: barcode(3),
        barcode_alt: "QR code of this ticket".to_owned(),
        barcode_hint: "Show this code at the entrance, on paper or on your phone.".to_owned(),
        small_print: vec![
            "This ticket admits one person once. Whoever shows the code first gets in: do not share \
             or post it."
                .to_owned(),
        ],
    };
    Document {
        title: "Ticket: The Midnight Cartographers, 18 June 2027".to_owned(),
        language: "en".to_owned(),
        tickets: vec![ticket],
    }
}

/// Every text as long and as unbreakable as anybody could make it.
pub fn extreme() -> Document {
    let long = "Mezinárodní hudební festival Donaudampfschifffahrtselektrizitätenhauptbetriebswerk\
                bauunterbeamtengesellschaft – nejneobhospodařovávatelnějšími večery roku, uvádí \
                Společnost přátel komorní hudby a přednesu ve spolupráci s hlavním městem Prahou";
    let word = "Nejkulaťoulinkatějšího".repeat(6);
    let fact = |n: usize| Fact::new(format!("{n} {long}"), format!("{word} {long}"));
    let ticket = TicketView {
        seller: long.to_owned(),
        counter: long.to_owned(),
        event: long.to_owned(),
        subtitle: long.to_owned(),
        starts: long.to_owned(),
        doors: long.to_owned(),
        venue: word.clone(),
        address: long.to_owned(),
        place: (0..8).map(fact).collect(),
        details: (0..8).map(fact).collect(),
        barcode: barcode(4),
        barcode_alt: long.to_owned(),
        barcode_hint: long.to_owned(),
        small_print: vec![format!("{long} {long} {word}"); 6],
    };
    Document { title: long.to_owned(), language: "cs".to_owned(), tickets: vec![ticket] }
}

/// Long, but what real people have.
pub fn long_names() -> Document {
    let mut document = czech();
    document.tickets.truncate(1);
    for ticket in &mut document.tickets {
        ticket.event = String::from(
            "Prodaná nevěsta aneb Ženitba na druhý pohled: slavnostní premiéra k dvoustému výročí \
             narození Bedřicha Smetany",
        );
        ticket.venue = String::from(
            "Multifunkční aréna a kongresové centrum Ostrava-Vítkovice, hlavní sál Václava Havla",
        );
        ticket.place = vec![
            Fact::new("Sektor", "Přízemí vpravo – stolová úprava"),
            Fact::new("Stůl", "Severovýchodní 14"),
            Fact::new("Místo", "103"),
        ];
        ticket.details = vec![
            Fact::new("Kategorie", "Zlatý kruh s občerstvením a přístupem do salonku"),
            Fact::new("Druh vstupenky", "Rodinná vstupenka (dva dospělí a tři děti)"),
            Fact::new("Cena", "12 490 Kč"),
            Fact::new("Jméno", "Maria-Magdalena von Schwarzenberg-Lobkowiczová ml."),
            Fact::new("Objednávka", "K7RM-2VQ9"),
        ];
    }
    document
}
