//! Mail that a demo shop writes down instead of sending.

use askama::Template;
use jiff::Zoned;

use crate::{pages::frame::Frame, urls::Url};

/// All of it, the newest first.
#[derive(Debug, Template)]
#[template(path = "outbox.html")]
pub struct OutboxPage {
    /// Around it.
    pub frame: Frame,
    /// The newest first.
    pub mails: Vec<MailLine>,
}

/// One mail among others.
#[derive(Debug, Clone)]
pub struct MailLine {
    /// Its page.
    pub url: Url,
    /// To whom.
    pub to: String,
    /// About what.
    pub subject: String,
    /// When it was written.
    pub written: Zoned,
}

/// One mail.
#[derive(Debug, Template)]
#[template(path = "mail.html")]
pub struct MailPage {
    /// Around it.
    pub frame: Frame,
    /// To whom.
    pub to: String,
    /// From whom.
    pub from: String,
    /// About what.
    pub subject: String,
    /// When it was written.
    pub written: Zoned,
    /// Its plain text, in pieces: an address of this shop becomes a link.
    pub body: Vec<TextPiece>,
    /// The same as a mail program shows it.
    pub html: Option<Url>,
    /// What is attached.
    pub attachments: Vec<Attachment>,
}

/// A stretch of plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextPiece {
    /// As it is.
    Text(String),
    /// An address.
    Link(String),
}

impl TextPiece {
    /// Splits a text at its web addresses.
    pub fn split(text: &str) -> Vec<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("http://").into_iter().chain(rest.find("https://")).min()
        {
            let (before, from) = rest.split_at(start);
            let end = from.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(from.len());
            let (link, after) = from.split_at(end);
            if !before.is_empty() {
                pieces.push(Self::Text(before.to_owned()));
            }
            pieces.push(Self::Link(link.to_owned()));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Self::Text(rest.to_owned()));
        }
        pieces
    }
}

/// A file in a mail.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Where it is.
    pub url: Url,
    /// Its name.
    pub name: String,
    /// Its size in kB.
    pub kilobytes: i64,
}

#[cfg(test)]
mod samples {
    use super::{Attachment, MailLine, MailPage, OutboxPage, TextPiece};
    use frontrow_words::Language;

    use crate::{
        pages::{frame::Frame, gallery::Sample, parts::sample_time},
        urls::Url,
    };

    impl Sample for OutboxPage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let mails = (1..9)
                .map(|n| MailLine {
                    url: Url::OutboxMail(format!("{n}.eml")),
                    to: "jana.novakova@example.org".to_owned(),
                    subject: format!("Your tickets for Paper Tigers ({n})"),
                    written: sample_time(n),
                })
                .collect();
            let page = |mails| Self { frame: Frame::sample(language), mails };
            vec![("some", page(mails)), ("none", page(Vec::new()))]
        }
    }

    impl Sample for MailPage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let text = "Hello Jana,\n\nyour tickets are here:\nhttp://localhost:8080/orders/secret\n\n\
                        Show them at the door on your phone, or print the attached file.\n";
            let page = Self {
                frame: Frame::sample(language),
                to: "jana.novakova@example.org".to_owned(),
                from: "Frontrow <tickets@example.org>".to_owned(),
                subject: "Your tickets for Paper Tigers".to_owned(),
                written: sample_time(3),
                body: TextPiece::split(text),
                html: Some(Url::OutboxHtml("1.eml".to_owned())),
                attachments: vec![Attachment {
                    url: Url::OutboxFile("1.eml".to_owned(), 0),
                    name: "tickets-K7XM-4QRD.pdf".to_owned(),
                    kilobytes: 84,
                }],
            };
            vec![("tickets", page)]
        }
    }

    #[test]
    fn addresses_become_links_and_the_rest_stays() {
        assert_eq!(
            TextPiece::split("See https://a.b/c?d and\nhttp://e."),
            [
                TextPiece::Text("See ".to_owned()),
                TextPiece::Link("https://a.b/c?d".to_owned()),
                TextPiece::Text(" and\n".to_owned()),
                TextPiece::Link("http://e.".to_owned()),
            ]
        );
    }
}
