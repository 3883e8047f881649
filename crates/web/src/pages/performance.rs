//! One dated showing: choosing places, the best available first, the seat map beside it.

use askama::Template;
use jiff::Zoned;

use frontrow_words::Money;

use crate::{
    pages::{
        frame::Frame,
        map_data::MapData,
        parts::{Countdown, Image, Venue},
    },
    urls::Url,
};

/// Where places are chosen.
#[derive(Debug, Template)]
#[template(path = "performance.html")]
pub struct PerformancePage {
    /// Around it.
    pub frame: Frame,
    /// What and when.
    pub heading: Heading,
    /// Whether and what can be bought.
    pub state: SaleState,
    /// Places of one order at most.
    pub per_order: u16,
    /// What is sold: categories of seats, then standing areas. Shown in every state, as the price
    /// list.
    pub offers: Vec<Offer>,
    /// The map, if there are seats or areas to draw.
    pub map: Option<SeatMap>,
    /// The list of rows, if there are seats.
    pub rows: Option<Url>,
    /// Where the forms go.
    pub hold: Url,
    /// The sale's waiting room, if people wait now.
    pub room: Option<RoomCall>,
}

/// What this page says of the waiting room.
#[derive(Debug, Clone)]
pub struct RoomCall {
    /// Its page.
    pub url: Url,
    /// How this visitor stands.
    pub stand: RoomStand,
}

/// How a visitor stands with the waiting room.
#[derive(Debug, Clone)]
pub enum RoomStand {
    /// It opens then; places can be looked at, not held.
    Opens(Zoned),
    /// They have no place yet.
    Stranger,
    /// They have a place and wait, or missed their turn.
    Waiting,
    /// They are in the shop and may hold places.
    Inside(Countdown),
}

/// What every page of one showing starts with.
#[derive(Debug, Clone)]
pub struct Heading {
    /// The event's name.
    pub title: String,
    /// The event's page.
    pub event: Url,
    /// The event's picture.
    pub image: Image,
    /// When.
    pub starts: Zoned,
    /// When the doors open.
    pub doors: Option<Zoned>,
    /// Where.
    pub venue: Venue,
    /// Which room.
    pub hall: String,
}

/// Whether places can be bought.
#[derive(Debug, Clone, PartialEq)]
pub enum SaleState {
    /// Now.
    Open,
    /// From then.
    Soon(Zoned),
    /// Everything is taken; what is held may come back.
    SoldOut,
    /// No more.
    Over,
    /// The organiser has not opened it, or has stopped it.
    Closed,
}

/// A category of seats, or a standing area, with its prices.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Prefix of the form's field names: `best.3`, `area.0`.
    pub field: String,
    /// Its name.
    pub name: String,
    /// `#rrggbb`.
    pub colour: String,
    /// What kind.
    pub kind: OfferKind,
    /// Places left.
    pub left: u32,
    /// What each ticket type costs; never empty.
    pub types: Vec<TypePrice>,
}

/// How places of an offer are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferKind {
    /// Numbered seats.
    Seats,
    /// A wheelchair place with the companion's beside it, together.
    WheelchairPairs,
    /// Standing, sold in multiples of so many.
    Standing {
        /// 1 for most.
        multiple: u16,
    },
}

/// A ticket type with what it costs here.
#[derive(Debug, Clone)]
pub struct TypePrice {
    /// Its index in the sale.
    pub id: u16,
    /// Adult, student, ...
    pub name: String,
    /// Who may buy it; may be empty.
    pub note: String,
    /// Of one place, or of a pair.
    pub price: Money,
}

/// What the map's script needs to know.
#[derive(Debug, Clone)]
pub struct SeatMap {
    /// The geometry file.
    pub geometry: Url,
    /// The status.
    pub status: Url,
    /// Prices, own seats and texts.
    pub data: MapData,
}

impl Offer {
    /// The lowest and the highest price.
    pub fn range(&self) -> Option<(Money, Money)> {
        let first = self.types.iter().min_by_key(|t| t.price.minor)?.price;
        let last = self.types.iter().max_by_key(|t| t.price.minor)?.price;
        Some((first, last))
    }

    /// Code of its prices' currency.
    pub fn currency(&self) -> String {
        self.types.first().map(|t| t.price.currency.code().to_owned()).unwrap_or_default()
    }

    /// In what steps places are chosen.
    pub fn step(&self) -> u16 {
        match self.kind {
            OfferKind::Standing { multiple } => multiple.max(1),
            _ => 1,
        }
    }

    /// Whether this is a standing area.
    pub fn is_standing(&self) -> bool {
        matches!(self.kind, OfferKind::Standing { .. })
    }

    /// Whether a party of several could be seated apart.
    pub fn may_split(&self) -> bool {
        self.kind == OfferKind::Seats
    }
}

impl PerformancePage {
    /// Whether this visitor can hold places now: the sale is open, and they need not wait.
    pub fn may_hold(&self) -> bool {
        let inside = |call: &RoomCall| matches!(call.stand, RoomStand::Inside(_));
        self.state == SaleState::Open && self.room.as_ref().is_none_or(inside)
    }

    /// Whether it is worth saying that one stands here: the name may say so itself, and where
    /// places come in pairs people sit in wheelchairs.
    pub fn says_standing(&self, offer: &Offer) -> bool {
        matches!(offer.kind, OfferKind::Standing { multiple: 1 })
            && offer.name.to_lowercase() != self.frame.t("standing")
    }

    /// The price, or from the lowest.
    pub fn price_range(&self, offer: &Offer) -> String {
        match offer.range() {
            Some((low, high)) if low == high => self.frame.money(&low),
            Some((low, _)) => self.frame.t1("price-from", "price", self.frame.money(&low)).into(),
            None => String::new(),
        }
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::{
        Heading, Offer, OfferKind, PerformancePage, RoomCall, RoomStand, SaleState, SeatMap,
        TypePrice,
    };
    use frontrow_words::Language;

    use crate::{
        pages::{
            cart::samples::countdown,
            frame::Frame,
            gallery::Sample,
            parts::{
                Flash, Tone, sample_id, sample_image, sample_money, sample_time, sample_venue,
            },
        },
        urls::Url,
    };

    pub(crate) fn heading() -> Heading {
        Heading {
            title: "Paper Tigers".to_owned(),
            event: Url::Event("paper-tigers".to_owned()),
            image: sample_image("arena"),
            starts: sample_time(3 * 24 * 60),
            doors: Some(sample_time(3 * 24 * 60 - 90)),
            venue: sample_venue("Aréna Libeň", "Praha"),
            hall: "Aréna".to_owned(),
        }
    }

    pub(crate) fn types(adult: i64) -> Vec<TypePrice> {
        [("Adult", adult), ("Student", adult / 2), ("Senior", adult / 2)]
            .into_iter()
            .zip(0..)
            .map(|((name, minor), id)| TypePrice {
                id,
                name: name.to_owned(),
                note: if id == 1 { "With a student card".to_owned() } else { String::new() },
                price: sample_money(minor),
            })
            .collect()
    }

    fn offer(field: &str, name: &str, colour: &str, left: u32, adult: i64) -> Offer {
        Offer {
            field: field.to_owned(),
            name: name.to_owned(),
            colour: colour.to_owned(),
            kind: OfferKind::Seats,
            left,
            types: types(adult),
        }
    }

    fn offers() -> Vec<Offer> {
        let standing = OfferKind::Standing { multiple: 1 };
        let mut wheelchair = offer("best.5", "Wheelchair", "#6b46c1", 14, 89_000);
        wheelchair.kind = OfferKind::WheelchairPairs;
        wheelchair.types.truncate(1);
        vec![
            offer("best.0", "Front", "#b3123c", 312, 349_000),
            offer("best.1", "Lower", "#d9822b", 2_104, 249_000),
            offer("best.2", "Club", "#2b6cb0", 7, 199_000),
            offer("best.3", "Upper", "#4a8f5b", 6_020, 129_000),
            offer("best.4", "View restricted", "#8a8a8a", 0, 89_000),
            wheelchair,
            Offer {
                kind: standing,
                ..offer("area.0", "Floor standing", "#333333", 1_930, 159_000)
            },
            Offer { kind: standing, ..offer("area.1", "Golden circle", "#333333", 12, 279_000) },
        ]
    }

    fn page(language: Language, state: SaleState) -> PerformancePage {
        PerformancePage {
            frame: Frame::sample(language),
            heading: heading(),
            state,
            per_order: 6,
            offers: offers(),
            map: Some(SeatMap {
                geometry: Url::Geometry("arena".to_owned()),
                status: Url::Status(sample_id()),
                data: crate::pages::gallery::map_data(language),
            }),
            rows: Some(Url::Rows(sample_id(), None)),
            hold: Url::Hold(sample_id()),
            room: None,
        }
    }

    fn with_room(language: Language, stand: RoomStand) -> PerformancePage {
        let mut page = page(language, SaleState::Open);
        page.room = Some(RoomCall { url: Url::Performance(sample_id()), stand });
        page
    }

    #[test]
    fn whoever_must_wait_sees_prices_and_the_map_but_no_form_that_holds() {
        use askama::Template as _;
        for (name, page) in PerformancePage::samples(Language::En) {
            let forms = page.render().unwrap().matches("data-offer").count();
            let waits = ["room-opens", "room", "room-waiting"].contains(&name);
            assert_eq!(forms == 0, waits || page.state != SaleState::Open, "{name}");
        }
    }

    impl Sample for PerformancePage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let mut faster = page(language, SaleState::Open);
            faster.frame.flash = vec![Flash {
                tone: Tone::Bad,
                text: "Somebody was faster: section 101, row 5, seat 12 is gone.".to_owned(),
            }];
            let mut sold_out = page(language, SaleState::SoldOut);
            for offer in &mut sold_out.offers {
                offer.left = 0;
            }
            vec![
                ("open", page(language, SaleState::Open)),
                ("faster", faster),
                ("room-opens", with_room(language, RoomStand::Opens(sample_time(95)))),
                ("room", with_room(language, RoomStand::Stranger)),
                ("room-waiting", with_room(language, RoomStand::Waiting)),
                ("room-inside", with_room(language, RoomStand::Inside(countdown(7)))),
                ("soon", page(language, SaleState::Soon(sample_time(600)))),
                ("sold-out", sold_out),
                ("over", page(language, SaleState::Over)),
                ("closed", page(language, SaleState::Closed)),
            ]
        }
    }
}
