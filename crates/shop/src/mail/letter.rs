//! What the mails say: one template for all occasions.

use askama::Template;
use frontrow_store::orders::OrderDetails;
use frontrow_tickets::pdf::Paper;
use frontrow_words::Language;

use super::Letter;
use crate::{
    Error, Result, Shop,
    code::OrderToken,
    facts::Facts,
    ticket::{address, money, zoned},
};

/// Why a mail is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occasion {
    /// The order is paid; its tickets are attached.
    Confirmed,
    /// So many places were cancelled.
    Cancelled {
        /// How many.
        count: usize,
    },
    /// Money goes back because the places were gone, or because it came twice.
    Refunded {
        /// How much, in minor units.
        amount_minor: i64,
    },
}

impl Occasion {
    const fn name(&self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Cancelled { .. } => "cancelled",
            Self::Refunded { .. } => "refunded",
        }
    }

    fn text(&self, language: Language, details: &OrderDetails) -> String {
        let text = match self {
            Self::Confirmed => language.t1("mail-confirmed-text", "count", details.tickets.len()),
            Self::Cancelled { count } => language.t1("mail-cancelled-text", "count", *count),
            Self::Refunded { amount_minor } => {
                let amount = language.money(money(*amount_minor, &details.order.currency));
                language.t1("mail-refunded-text", "amount", amount)
            }
        };
        text.into_owned()
    }

    const fn button(&self) -> &'static str {
        match self {
            Self::Confirmed => "mail-confirmed-button",
            _ => "mail-order-button",
        }
    }
}

/// What both bodies show.
pub(super) struct Content {
    pub(super) language: &'static str,
    pub(super) title: String,
    pub(super) hello: String,
    pub(super) text: String,
    pub(super) event: String,
    pub(super) rows: Vec<(String, String)>,
    pub(super) places: Vec<(String, String)>,
    pub(super) places_label: String,
    pub(super) button: String,
    pub(super) link: String,
    pub(super) keep: String,
    pub(super) questions: String,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    mail: &'a Content,
}

#[derive(Template)]
#[template(path = "mail.txt")]
struct Text<'a> {
    mail: &'a Content,
}

/// The text and the HTML.
pub(super) fn bodies(content: &Content) -> Result<(String, String)> {
    let broken = |error: askama::Error| Error::Broken("the mail", error.into());
    let text = Text { mail: content }.render().map_err(broken)?;
    Ok((text, Html { mail: content }.render().map_err(broken)?))
}

impl Shop {
    /// Writes to the buyer of an order, in the language they bought in.
    pub async fn letter(&self, details: &OrderDetails, occasion: Occasion) -> Result<Letter> {
        let order = &details.order;
        let language = Language::parse(&order.locale).unwrap_or(Language::En);
        let facts = self.facts(order.performance_id).await?;
        let content = self.content(&facts, details, &occasion, language);
        let (text, html) = bodies(&content)?;
        let subject = language.t_with(
            &format!("mail-{}-subject", occasion.name()),
            [("event", content.event.as_str().into()), ("code", order.code.as_str().into())],
        );
        let pdf = match occasion {
            Occasion::Confirmed => {
                let bytes = self.tickets_pdf(details, language, Paper::A4).await?;
                Some((format!("{}.pdf", order.code), bytes))
            }
            _ => None,
        };
        Ok(Letter {
            id: format!("{}-{}", order.code.to_lowercase(), occasion.name()),
            to_name: order.contact.name.clone(),
            to_address: order.contact.email.clone(),
            subject: subject.into_owned(),
            text,
            html,
            pdf,
        })
    }

    fn content(
        &self,
        facts: &Facts,
        details: &OrderDetails,
        occasion: &Occasion,
        language: Language,
    ) -> Content {
        let order = &details.order;
        let word = |key: &str| language.t(key).into_owned();
        let starts = zoned(facts, facts.details.performance.starts_at);
        let venue = &facts.details.venue.name;
        let token = OrderToken::new(self.keys(), frontrow_ledger::OrderId(order.id.as_u128()));
        let places = details.positions.iter().filter(|position| position.cancelled_at.is_none());
        Content {
            language: language.code(),
            title: word(&format!("mail-{}-title", occasion.name())),
            hello: language.t1("mail-hello", "name", order.contact.name.as_str()).into_owned(),
            text: occasion.text(language, details),
            event: facts.details.event.title.get(language.code()).to_owned(),
            rows: vec![
                (word("mail-order-code"), order.code.clone()),
                (word("mail-when"), language.date_time(&starts)),
                (word("mail-where"), format!("{venue}, {}", address(facts))),
                (word("mail-total"), language.money(money(order.total_minor, &order.currency))),
            ],
            places: places
                .map(|position| {
                    let price = money(position.price_minor, &order.currency);
                    (facts.place(position.place).said(language), language.money(price))
                })
                .collect(),
            places_label: word("mail-places"),
            button: word(occasion.button()),
            link: self.order_url(&token),
            keep: word("mail-keep"),
            questions: language.t1("mail-questions", "code", order.code.as_str()).into_owned(),
        }
    }

    /// Where a buyer sees their order.
    pub fn order_url(&self, token: &OrderToken) -> String {
        format!("{}/orders/{}", self.config().base_url, token.as_str())
    }
}
