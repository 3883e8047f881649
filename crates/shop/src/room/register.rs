//! Fans register an address to join: the access code is mailed there. Nothing is kept: the code follows from the
//! address, and whoever has it has read the mail.

use frontrow_ledger::room::{Phase, Refusal};
use frontrow_words::Language;
use uuid::Uuid;

use super::Entry;
use crate::{
    Error, Result, Shop,
    buyer::Email,
    fault::{At, Faults, Problem},
    limits::CODE_MAILS,
};

impl Shop {
    /// Mails an access code to an address, where the room asks for one. The same address gets the same code. One mailbox
    /// is written to so often and no more, whoever asks and from wherever.
    pub async fn register_for_room(
        &self,
        performance: Uuid,
        email: &Email,
        language: Language,
    ) -> Result<()> {
        let handle = self.room_of(performance).await?;
        let now = self.now();
        let phase = handle.read(|room, _| room.line().map(|line| line.phase(now)))?;
        if phase == Some(Phase::Ended) {
            return Err(Error::Room(Refusal::Ended));
        }
        if self.door(performance).entry != Entry::Email {
            let mut faults = Faults::default();
            let problem = Problem::Contradiction("is not asked for by this waiting room");
            faults.push(At::ROOT.key("email"), problem);
            return faults.or(None).map_err(Error::from);
        }
        let mailbox = email.buyer(self.keys()).0;
        let code = self.access_code_of(performance, email.mailbox());
        let facts = self.facts(performance).await?;
        let letter = self.code_letter(&facts, email, &code, language)?;
        let mailboxes = &self.inner.rooms.mailboxes;
        let admitted = mailboxes.admit(mailbox, CODE_MAILS, now);
        admitted.map_err(|retry_seconds| Error::TooManyMails { retry_seconds })?;
        self.inner.mailer.send(letter, now).await.map_err(|error| {
            mailboxes.forget_one(mailbox, CODE_MAILS);
            Error::Mail(error)
        })
    }
}
