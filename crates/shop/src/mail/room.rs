//! What is written to those who wait or want to, in the looks of every mail.

use frontrow_store::room_wishes::{RoomWish, Wish};
use frontrow_words::Language;

use super::{
    Letter,
    letter::{Content, bodies},
};
use crate::{
    Result, Shop,
    buyer::Email,
    facts::Facts,
    ticket::{address, zoned},
};

impl Shop {
    /// Writes to somebody who waits, in the language they wait in.
    pub(crate) async fn room_letter(&self, wish: &RoomWish) -> Result<Letter> {
        let language = Language::parse(&wish.locale).unwrap_or(Language::En);
        let facts = self.facts(wish.performance_id).await?;
        let about = match wish.wish {
            Wish::Turn => "turn",
            Wish::Places => "places",
        };
        let word = |key: &str| language.t(&format!("mail-room-{key}")).into_owned();
        let event = facts.details.event.title.get(language.code()).to_owned();
        let starts = zoned(&facts, facts.details.performance.starts_at);
        let venue = &facts.details.venue.name;
        let subject = format!("mail-room-{about}-subject");
        let content = Content {
            language: language.code(),
            title: word(&format!("{about}-title")),
            hello: word("hello"),
            text: word(&format!("{about}-text")),
            rows: vec![
                (language.t("mail-when").into_owned(), language.date_time(&starts)),
                (language.t("mail-where").into_owned(), format!("{venue}, {}", address(&facts))),
            ],
            places: Vec::new(),
            places_label: String::new(),
            button: word("button"),
            link: format!("{}/performances/{}/room", self.config().base_url, wish.performance_id),
            keep: word("keep"),
            questions: word("once"),
            event: event.clone(),
        };
        let (text, html) = bodies(&content)?;
        Ok(Letter {
            id: format!("room-{about}-{}-{}", wish.id().simple(), wish.created_at.0),
            to_name: String::new(),
            to_address: wish.email.clone(),
            subject: language.t1(&subject, "event", event.as_str()).into_owned(),
            text,
            html,
            pdf: None,
        })
    }

    /// The access code of somebody who registered for a waiting room.
    pub(crate) fn code_letter(
        &self,
        facts: &Facts,
        email: &Email,
        code: &str,
        language: Language,
    ) -> Result<Letter> {
        let word = |key: &str| language.t(key).into_owned();
        let performance = &facts.details.performance;
        let event = facts.details.event.title.get(language.code()).to_owned();
        let venue = &facts.details.venue.name;
        let content = Content {
            language: language.code(),
            title: word("mail-code-title"),
            hello: word("mail-code-hello"),
            text: word("mail-code-text"),
            rows: vec![
                (word("mail-code-code"), code.to_owned()),
                (word("mail-when"), language.date_time(&zoned(facts, performance.starts_at))),
                (word("mail-where"), format!("{venue}, {}", address(facts))),
            ],
            places: Vec::new(),
            places_label: String::new(),
            button: word("mail-code-button"),
            link: format!(
                "{}/performances/{}/room?code={code}",
                self.config().base_url,
                performance.id
            ),
            keep: word("mail-code-keep"),
            questions: word("mail-code-questions"),
            event,
        };
        let subject = language.t1("mail-code-subject", "event", content.event.as_str());
        let (text, html) = bodies(&content)?;
        Ok(Letter {
            id: format!("code-{}-{}", performance.id.simple(), code.to_lowercase()),
            to_name: String::new(),
            to_address: email.address().to_string(),
            subject: subject.into_owned(),
            text,
            html,
            pdf: None,
        })
    }
}
