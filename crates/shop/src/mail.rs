//! Mail: what is written to buyers, and how it leaves.
//!
//! Delivered by a mail server, or without one written to the outbox, a folder that people can look at.

mod letter;
mod outbox;
mod room;

use std::path::PathBuf;

use frontrow_ledger::Time;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType},
};

pub use letter::Occasion;
pub use outbox::{OutboxMail, read_outbox, read_outbox_mail};

use crate::limits::SMTP_TIMEOUT;

/// A mail, ready to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Follows from what it is about, so that a mail server can tell a repetition.
    pub id: String,
    /// Name of the buyer; may be empty.
    pub to_name: String,
    /// Address of the buyer.
    pub to_address: String,
    /// One line.
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    /// The same with looks.
    pub html: String,
    /// File name and content of a PDF.
    pub pdf: Option<(String, Vec<u8>)>,
}

/// It is about a person, so it stays out of logs.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("id", &self.id).finish_non_exhaustive()
    }
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct Mailer {
    from: Mailbox,
    way: Way,
}

#[derive(Debug, Clone)]
enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Outbox(PathBuf),
}

/// Why a mail did not leave.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The configured sender is no mailbox.
    #[error("the sender is not a mail address")]
    Sender(#[source] lettre::address::AddressError),
    /// The configured server's URL is not one.
    #[error("the mail server's URL is not valid")]
    Server(#[source] lettre::transport::smtp::Error),
    /// The buyer's address is no mailbox; no retry helps.
    #[error("the recipient is not a mail address")]
    Recipient(#[source] lettre::address::AddressError),
    /// The mail could not be put together; no retry helps.
    #[error("the mail cannot be written")]
    Format(#[source] lettre::error::Error),
    /// The server did not take it.
    #[error("the mail server did not take the mail")]
    Send(#[source] lettre::transport::smtp::Error),
    /// The outbox cannot be written.
    #[error("the outbox cannot be written")]
    Outbox(#[source] std::io::Error),
}

impl MailError {
    /// Whether the same mail may leave later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Send(error) => !error.is_permanent(),
            Self::Outbox(_) => true,
            _ => false,
        }
    }
}

impl Mailer {
    /// Sends by a server: `smtp://` upgrades to TLS, `smtps://` starts with it.
    pub fn smtp(from: &str, url: &str) -> Result<Self, MailError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(MailError::Server)?
            .timeout(Some(SMTP_TIMEOUT))
            .build();
        Ok(Self { from: from.parse().map_err(MailError::Sender)?, way: Way::Smtp(transport) })
    }

    /// Writes to a folder, which is created when the first mail comes.
    pub fn outbox(from: &str, folder: PathBuf) -> Result<Self, MailError> {
        Ok(Self { from: from.parse().map_err(MailError::Sender)?, way: Way::Outbox(folder) })
    }

    /// Sends one mail. Returns when the server has taken it, or when it is on disk.
    pub async fn send(&self, letter: Letter, now: Time) -> Result<(), MailError> {
        let id = letter.id.clone();
        let message = self.message(letter, now)?;
        match &self.way {
            Way::Smtp(transport) => {
                transport.send(message).await.map(|_| ()).map_err(MailError::Send)
            }
            Way::Outbox(folder) => outbox::write(folder, &id, now, message.formatted())
                .await
                .map_err(MailError::Outbox),
        }
    }

    /// Deletes some of the outbox's mails that were written before a moment; answers how many. A mail server keeps its
    /// own house.
    pub async fn purge_outbox(&self, before: Time) -> Result<usize, MailError> {
        match &self.way {
            Way::Smtp(_) => Ok(0),
            Way::Outbox(folder) => outbox::purge(folder, before).await.map_err(MailError::Outbox),
        }
    }

    fn message(&self, letter: Letter, now: Time) -> Result<Message, MailError> {
        let address = letter.to_address.parse().map_err(MailError::Recipient)?;
        let since = std::time::Duration::from_millis(u64::try_from(now.0).unwrap_or(0));
        let builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(Some(letter.to_name).filter(|name| !name.is_empty()), address))
            .date(std::time::SystemTime::UNIX_EPOCH + since)
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .subject(letter.subject);
        let bodies = MultiPart::alternative_plain_html(letter.text, letter.html);
        let message = match letter.pdf {
            None => builder.multipart(bodies),
            Some((name, bytes)) => {
                let pdf = ContentType::parse("application/pdf").expect("a media type");
                let attachment: SinglePart = Attachment::new(name).body(bytes, pdf);
                builder.multipart(MultiPart::mixed().multipart(bodies).singlepart(attachment))
            }
        };
        message.map_err(MailError::Format)
    }
}
