//! Mail that a demo writes down instead of sending.

use std::path::Path as Folder;

use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use frontrow_shop::{
    mail::{read_outbox, read_outbox_mail},
    ticket::timestamp,
};
use jiff::{Zoned, tz::TimeZone};
use mail_parser::{Address, Message, MessageParser, MimeHeaders};

use crate::{
    app::App,
    cache::CachePolicy,
    fail::{Answer, Fail},
    pages::outbox::{Attachment, MailLine, MailPage, OutboxPage, TextPiece},
    reply,
    urls::Url,
    visitor::Visitor,
};

/// All mail, the newest first.
pub async fn list(State(app): State<App>, visitor: Visitor) -> Answer {
    let folder = folder(&app)?;
    let mut mails = Vec::new();
    for found in read_outbox(folder).await.map_err(|error| broken(&error))? {
        let bytes = read_outbox_mail(folder, &found.file).await.map_err(|error| broken(&error))?;
        let Some(bytes) = bytes else { continue };
        let Some(message) = MessageParser::default().parse(&bytes) else { continue };
        mails.push(MailLine {
            url: Url::OutboxMail(found.file),
            to: addresses(message.to()),
            subject: message.subject().unwrap_or_default().to_owned(),
            written: at(found.written_at),
        });
    }
    let page = OutboxPage { frame: visitor.frame(&app).await, mails };
    reply::page(&app, &visitor, CachePolicy::Secret, &page)
}

/// One mail.
pub async fn show(State(app): State<App>, visitor: Visitor, Path(file): Path<String>) -> Answer {
    let bytes = mail(&app, &file).await?;
    let message = parse(&bytes)?;
    let attachment = |(index, part): (usize, &mail_parser::MessagePart<'_>)| Attachment {
        url: Url::OutboxFile(file.clone(), index),
        name: part.attachment_name().unwrap_or("attachment").to_owned(),
        kilobytes: i64::try_from(part.len().div_ceil(1024)).unwrap_or(i64::MAX),
    };
    let date = message.date().map_or(0, mail_parser::DateTime::to_timestamp);
    let page = MailPage {
        frame: visitor.frame(&app).await,
        to: addresses(message.to()),
        from: addresses(message.from()),
        subject: message.subject().unwrap_or_default().to_owned(),
        written: at(frontrow_ledger::Time(date.saturating_mul(1_000))),
        body: TextPiece::split(&message.body_text(0).unwrap_or_default()),
        html: (message.html_body_count() > 0).then(|| Url::OutboxHtml(file.clone())),
        attachments: message.attachments().enumerate().map(attachment).collect(),
    };
    reply::page(&app, &visitor, CachePolicy::Secret, &page)
}

/// A mail as a mail program shows it: alone, with nothing but its own styles.
pub async fn html(State(app): State<App>, Path(file): Path<String>) -> Answer {
    const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; \
                          frame-ancestors 'none'; sandbox allow-top-navigation-by-user-activation";
    let bytes = mail(&app, &file).await?;
    let body = parse(&bytes)?.body_html(0).ok_or(Fail::NOT_FOUND)?.into_owned();
    let mut response = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response();
    let policy = HeaderValue::from_static(POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    CachePolicy::Secret.apply(response.headers_mut());
    Ok(response)
}

/// What is attached to a mail.
pub async fn file(State(app): State<App>, Path((file, index)): Path<(String, usize)>) -> Answer {
    let bytes = mail(&app, &file).await?;
    let message = parse(&bytes)?;
    let part = message.attachments().nth(index).ok_or(Fail::NOT_FOUND)?;
    let mut response: Response = part.contents().to_vec().into_response();
    let is_pdf = part.content_type().is_some_and(|kind| kind.subtype() == Some("pdf"));
    let kind = if is_pdf { "application/pdf" } else { "application/octet-stream" };
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    CachePolicy::Secret.apply(response.headers_mut());
    Ok(response)
}

fn folder(app: &App) -> Result<&Folder, Fail> {
    app.config.outbox.as_deref().filter(|_| app.config.demo).ok_or(Fail::NOT_FOUND)
}

async fn mail(app: &App, file: &str) -> Result<Vec<u8>, Fail> {
    let bytes = read_outbox_mail(folder(app)?, file).await.map_err(|error| broken(&error))?;
    bytes.ok_or(Fail::NOT_FOUND)
}

fn parse(bytes: &[u8]) -> Result<Message<'_>, Fail> {
    MessageParser::default().parse(bytes).ok_or(Fail::BROKEN)
}

fn broken(error: &(dyn std::error::Error + 'static)) -> Fail {
    tracing::error!(error, "the outbox cannot be read");
    Fail::BROKEN
}

fn addresses(address: Option<&Address<'_>>) -> String {
    let all = address.into_iter().flat_map(Address::iter);
    let texts = all.filter_map(|one| match (one.name(), one.address()) {
        (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
        (None, Some(address)) => Some(address.to_owned()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join(", ")
}

fn at(time: frontrow_ledger::Time) -> Zoned {
    timestamp(time).to_zoned(TimeZone::UTC)
}
