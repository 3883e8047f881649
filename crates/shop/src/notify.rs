//! Which mail follows from what happened; each job writes one.

use frontrow_store::{
    jobs::Job,
    orders::OrderDetails,
    tickets::{Ticket, TicketState},
};
use uuid::Uuid;

use crate::{
    Error, Result, Shop,
    mail::{Letter, Occasion},
    worker::Done,
};

impl Shop {
    /// The tickets of an order that was sold.
    pub(crate) async fn mail_tickets(&self, job: &Job, order: Uuid) -> Result<Done> {
        let details = self.details(order).await?;
        let valid = |ticket: &Ticket| ticket.state == TicketState::Valid;
        if !details.tickets.iter().any(valid) {
            // Cancelled meanwhile: another mail says so.
            return Ok(Done::Finished);
        }
        self.mail(job, &details, Occasion::Confirmed).await
    }

    /// Places of an order went back.
    pub(crate) async fn mail_cancelled(
        &self,
        job: &Job,
        details: &OrderDetails,
        count: usize,
    ) -> Result<Done> {
        self.mail(job, details, Occasion::Cancelled { count }).await
    }

    /// Money that came too late, or twice, went back.
    pub(crate) async fn mail_refunded(&self, job: &Job, payment: Uuid) -> Result<Done> {
        let payment = self.inner.store.payment(payment).await?;
        let payment = payment.ok_or(Error::NotFound("payment"))?;
        let details = self.details(payment.order_id).await?;
        let occasion = Occasion::Refunded { amount_minor: payment.amount_minor };
        self.mail(job, &details, occasion).await
    }

    pub(crate) async fn details(&self, order: Uuid) -> Result<OrderDetails> {
        let details = self.inner.store.order_details(order).await?;
        details.ok_or(Error::NotFound("order"))
    }

    async fn mail(&self, job: &Job, details: &OrderDetails, occasion: Occasion) -> Result<Done> {
        if details.order.erased_at.is_some() {
            return Ok(Done::Finished);
        }
        let mut letter = self.letter(details, occasion).await?;
        // Two cancellations of one order are two mails; one job that runs twice is the same mail again.
        letter.id = format!("{}-{}", letter.id, job.id.simple());
        self.send(&job.key, letter).await
    }

    /// Sends a mail, again if that may help.
    pub(crate) async fn send(&self, key: &str, letter: Letter) -> Result<Done> {
        match self.inner.mailer.send(letter, self.now()).await {
            Ok(()) => Ok(Done::Finished),
            Err(error) if error.is_retryable() => Err(Error::Broken("the mail", error.into())),
            Err(error) => {
                let chain: &dyn std::error::Error = &error;
                tracing::error!(job.key = key, error = chain, "a mail cannot be sent, ever");
                Ok(Done::Finished)
            }
        }
    }
}
