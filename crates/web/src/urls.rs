//! Every URL of the shop as a type, so that no template or handler glues a path together.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

/// An address within this shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Url {
    /// What is on.
    Front,
    /// What is marketed.
    Event(String),
    /// One dated showing: choose places.
    Performance(Uuid),
    /// The list of sections; with an index, the rows of one.
    Rows(Uuid, Option<usize>),
    /// Chosen seats get their ticket types.
    Types(Uuid),
    /// POST: hold places.
    Hold(Uuid),
    /// What is free.
    Status(Uuid),
    /// Where everything stands.
    Geometry(String),
    /// The waiting room of a performance.
    Room(Uuid),
    /// An organiser shows an API key; POST too.
    OfficeLogin,
    /// POST: signs out.
    OfficeLogout,
    /// An organiser's control of a waiting room.
    OfficeRoom(Uuid),
    /// Its picture as JSON.
    OfficeLive(Uuid),
    /// POST: something is done to it.
    OfficeAct(Uuid, Act),
    /// POST: take a place in it.
    RoomJoin(Uuid),
    /// POST: come in, because it is one's turn.
    RoomEnter(Uuid),
    /// POST: have an access code sent.
    RoomRegister(Uuid),
    /// The room for programs: what its door asks for.
    RoomApi(Uuid),
    /// POST: more time in the shop.
    RoomExtend(Uuid),
    /// POST: leave the shop.
    RoomLeave(Uuid),
    /// POST: be written to, or not any more.
    RoomMail(Uuid),
    /// What proves a visitor's own place in the draw.
    RoomProof(Uuid),
    /// What was published of a draw.
    RoomDraw(Uuid),
    /// Who takes part in a draw that waits for a beacon, as JSON.
    RoomRoot(Uuid),
    /// The whole draw as a file, to check it.
    RoomDrawFile(Uuid),
    /// The rules of the draw, for people and for whoever writes a verifier.
    FairQueue,
    /// What the organiser tells everybody who waits.
    RoomMessage(Uuid),
    /// What everybody who waits polls.
    RoomStatus(Uuid),
    /// What this visitor holds.
    Cart,
    /// POST: give back one place.
    CartRemove,
    /// POST: more time.
    CartExtend,
    /// POST: give everything back.
    CartRelease,
    /// POST: take the places of a lapsed hold again.
    CartReacquire,
    /// Contact data and payment, for the cart's places of one performance.
    Checkout(Uuid),
    /// An order, by its secret.
    Order(String),
    /// POST: pay an order again after a payment failed.
    OrderPay(String),
    /// One ticket of an order, from 1.
    Ticket(String, usize),
    /// All tickets of an order as PDF.
    TicketsPdf(String, PdfSize),
    /// The test provider's own page.
    TestPayment(String),
    /// Mail that was not sent but written down.
    Outbox,
    /// One of them.
    OutboxMail(String),
    /// One of them as a mail program shows it.
    OutboxHtml(String),
    /// What is attached to one of them, from 0.
    OutboxFile(String, usize),
    /// A page from configuration.
    Legal(Legal),
}

/// What an organiser does to a waiting room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Nobody is let in.
    Pause,
    /// They are again.
    Resume,
    /// Everybody is told something.
    Say,
    /// How many are let in.
    Steer,
    /// No access code that was made so far is valid any more.
    CallBackCodes,
    /// Closed for good.
    End,
}

impl Act {
    /// As it stands in the URL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Say => "say",
            Self::Steer => "steer",
            Self::CallBackCodes => "call-back-codes",
            Self::End => "end",
        }
    }
}

/// Paper, or a phone's width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PdfSize {
    /// To print.
    A4,
    /// To look at.
    Phone,
}

impl PdfSize {
    /// As it stands in the URL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::Phone => "phone",
        }
    }
}

/// A page that the organiser writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Legal {
    /// Who sells.
    Imprint,
    /// Under which terms.
    Terms,
    /// What happens with personal data.
    Privacy,
}

impl Legal {
    /// As it stands in the URL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Imprint => "imprint",
            Self::Terms => "terms",
            Self::Privacy => "privacy",
        }
    }
}

/// Unreserved characters of RFC 3986 stay as they are.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn segment(text: &str) -> impl fmt::Display + '_ {
    utf8_percent_encode(text, SEGMENT)
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Front => f.write_str("/"),
            Self::Event(slug) => write!(f, "/events/{}", segment(slug)),
            Self::Performance(id) => write!(f, "/performances/{id}"),
            Self::Rows(id, None) => write!(f, "/performances/{id}/rows"),
            Self::Rows(id, Some(section)) => {
                write!(f, "/performances/{id}/rows/{section}")
            }
            Self::Types(id) => write!(f, "/performances/{id}/types"),
            Self::Hold(id) => write!(f, "/performances/{id}/hold"),
            Self::Status(id) => write!(f, "/performances/{id}/status"),
            Self::Geometry(hash) => write!(f, "/geometry/{}.json", segment(hash)),
            Self::Room(id) => write!(f, "/performances/{id}/room"),
            Self::OfficeLogin => f.write_str("/office/login"),
            Self::OfficeLogout => f.write_str("/office/logout"),
            Self::OfficeRoom(id) => write!(f, "/office/rooms/{id}"),
            Self::OfficeLive(id) => write!(f, "/office/rooms/{id}/live"),
            Self::OfficeAct(id, act) => write!(f, "/office/rooms/{id}/{}", act.name()),
            Self::RoomJoin(id) => write!(f, "/performances/{id}/room/join"),
            Self::RoomRegister(id) => write!(f, "/performances/{id}/room/register"),
            Self::RoomApi(id) => write!(f, "/api/v1/performances/{id}/room"),
            Self::RoomEnter(id) => write!(f, "/performances/{id}/room/enter"),
            Self::RoomExtend(id) => write!(f, "/performances/{id}/room/extend"),
            Self::RoomLeave(id) => write!(f, "/performances/{id}/room/leave"),
            Self::RoomMail(id) => write!(f, "/performances/{id}/room/mail"),
            Self::RoomProof(id) => write!(f, "/performances/{id}/room/proof"),
            Self::RoomDraw(id) => write!(f, "/rooms/{id}/draw"),
            Self::RoomRoot(id) => write!(f, "/rooms/{id}/root"),
            Self::FairQueue => f.write_str("/fair-queue"),
            Self::RoomMessage(id) => write!(f, "/rooms/{id}/message"),
            Self::RoomDrawFile(id) => write!(f, "/rooms/{id}/draw.txt"),
            Self::RoomStatus(id) => write!(f, "/rooms/{id}/status"),
            Self::Cart => f.write_str("/cart"),
            Self::CartRemove => f.write_str("/cart/remove"),
            Self::CartExtend => f.write_str("/cart/extend"),
            Self::CartRelease => f.write_str("/cart/release"),
            Self::CartReacquire => f.write_str("/cart/reacquire"),
            Self::Checkout(performance) => write!(f, "/checkout/{performance}"),
            Self::Order(secret) => write!(f, "/orders/{}", segment(secret)),
            Self::OrderPay(secret) => write!(f, "/orders/{}/pay", segment(secret)),
            Self::Ticket(secret, number) => {
                write!(f, "/orders/{}/tickets/{number}", segment(secret))
            }
            Self::TicketsPdf(secret, size) => {
                write!(f, "/orders/{}/tickets-{}.pdf", segment(secret), size.name())
            }
            Self::TestPayment(id) => write!(f, "/pay/test/{}", segment(id)),
            Self::Outbox => f.write_str("/dev/outbox"),
            Self::OutboxMail(name) => write!(f, "/dev/outbox/{}", segment(name)),
            Self::OutboxHtml(name) => write!(f, "/dev/outbox/{}/html", segment(name)),
            Self::OutboxFile(name, index) => {
                write!(f, "/dev/outbox/{}/files/{index}", segment(name))
            }
            Self::Legal(page) => write!(f, "/{}", page.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Url;

    #[test]
    fn a_segment_cannot_break_out_of_its_place() {
        let url = Url::Event("../x?y#z é".to_owned());
        assert_eq!(url.to_string(), "/events/..%2Fx%3Fy%23z%20%C3%A9");
    }
}
