//! One performance: drafted and checked first, carried out when nothing is wrong.

use std::sync::Arc;

use frontrow_ledger::{
    BlockId, CommandId, Time,
    sale::{Command, Refusal, Terms},
};
use frontrow_store::catalogue::{Performance, Venue};
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::change;
use crate::{
    Error, Result, Shop,
    fault::{At, Faults, Problem},
    moment::{Days, Moment},
    offer::{Blocked, Offer, Sellable},
    spec::{PerformanceSpec, SaleSpec},
};

/// What became of a performance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is new.
    Created,
    /// It was there and is different now.
    Changed,
    /// It was there as it is.
    Unchanged,
}

/// Where a performance belongs.
pub(super) struct Home<'a> {
    pub(super) event: Uuid,
    pub(super) venue: &'a Venue,
    pub(super) plan: Uuid,
}

/// A performance that nothing is wrong with.
pub(super) struct Draft {
    row: Performance,
    /// As the tables have it now.
    before: Option<Performance>,
    /// What defines the sale, if nothing does yet.
    define: Option<Arc<Terms>>,
    /// What changes a sale that is defined.
    changes: Vec<Command>,
    blocks: Vec<(BlockId, Blocked)>,
    open: bool,
}

impl Draft {
    pub(super) fn id(&self) -> Uuid {
        self.row.id
    }
}

/// A performance is found again by its event and key.
pub(super) fn performance_id(event: Uuid, key: &str) -> Uuid {
    Uuid::new_v5(&event, format!("performance/{key}").as_bytes())
}

impl Shop {
    /// Adds a performance to an event in a hall, or changes the one with its key. Event and hall are this
    /// organisation's; others do not exist for it.
    pub async fn put_performance(
        &self,
        organisation: Uuid,
        event: Uuid,
        hall: Uuid,
        spec: &PerformanceSpec,
        sale: &SaleSpec,
    ) -> Result<(Uuid, Outcome)> {
        let event = self.inner.store.event(event).await?;
        let event = event.filter(|event| event.organisation_id == organisation);
        let event = event.ok_or(Error::NotFound("event"))?;
        let hall = self.inner.store.seating_plan(hall).await?.ok_or(Error::NotFound("plan"))?;
        let venue = self.own_venue(organisation, hall.venue_id).await?;
        let venue = venue.ok_or(Error::NotFound("plan"))?;
        let sellable = Sellable::new(&self.plan_of(&hall).await?, sale)?;
        let home = Home { event: event.id, venue: &venue, plan: hall.id };
        let mut faults = Faults::default();
        let draft =
            self.draft_performance(&At::ROOT, &home, spec, sale, &sellable, &mut faults).await?;
        let draft = faults.or(draft)?;
        let id = draft.id();
        Ok((id, self.carry_out(draft, &sellable).await?))
    }

    pub(super) async fn draft_performance(
        &self,
        at: &At<'_>,
        home: &Home<'_>,
        spec: &PerformanceSpec,
        sale: &SaleSpec,
        sellable: &Sellable,
        faults: &mut Faults,
    ) -> Result<Option<Draft>> {
        let id = performance_id(home.event, &spec.key);
        let before = self.inner.store.performance(id).await?.map(|(performance, _)| performance);
        let now = self.now();
        let created_at = before.as_ref().map_or(now, |performance| performance.created_at);
        let zone = TimeZone::get(&home.venue.zone)
            .map_err(|error| Error::Broken("the venue's time", error.into()))?;
        let mut days = Days { zone, imported: created_at, starts: None };
        let Some(starts_at) = moment(&at.key("starts"), spec.starts, &days, faults) else {
            return Ok(None);
        };
        if before.is_none() && starts_at <= now {
            faults.push(at.key("starts"), Problem::Contradiction("is in the past"));
        }
        days.starts = Some(starts_at);
        let doors = spec.doors.map(|doors| moment(&at.key("doors"), doors, &days, faults));
        let windows = match &spec.windows {
            Some(own) => sellable.offer.windows(own, &days, &at.key("windows"), faults),
            None => sellable.offer.windows(&sale.windows, &days, &At::ROOT.key("windows"), faults),
        };
        let terms = Terms { windows, ..sellable.terms.clone() };
        let row = Performance {
            id,
            event_id: home.event,
            venue_id: home.venue.id,
            plan_id: home.plan,
            starts_at,
            doors_at: doors.flatten(),
            currency: terms.currency.code().to_owned(),
            offer: serde_json::to_value(&sellable.offer)
                .map_err(|error| Error::Broken("the offer", error.into()))?,
            created_at,
        };
        let blocks = sellable.blocks.iter().map(|block| (block_id(id, &block.key), block.clone()));
        let mut draft = Draft {
            before,
            define: None,
            changes: Vec::new(),
            blocks: blocks.collect(),
            open: spec.open,
            row,
        };
        self.compare(&mut draft, terms, sellable, faults).await?;
        Ok(Some(draft))
    }

    /// What is to be done to the ledger, or what cannot be.
    async fn compare(
        &self,
        draft: &mut Draft,
        terms: Terms,
        sellable: &Sellable,
        faults: &mut Faults,
    ) -> Result<()> {
        let old: Option<Offer> =
            draft.before.as_ref().and_then(|row| serde_json::from_value(row.offer.clone()).ok());
        let stream = frontrow_log::Stream::sale(draft.id().as_u128());
        let handle = self.inner.sales.open(stream).await?;
        let compared = handle.read(|sale, _| {
            let book = sale.book()?;
            Some(change::changes(
                book,
                &terms,
                old.as_ref(),
                &sellable.offer,
                &draft.blocks,
                faults,
            ))
        })?;
        let Some(changes) = compared else {
            for fault in terms.faults() {
                faults.push(&fault.field, Problem::Contradiction(fault.problem));
            }
            draft.define = Some(Arc::new(terms));
            return Ok(());
        };
        draft.changes = changes.commands;
        draft.blocks.retain(|(id, _)| changes.new_blocks.contains(id));
        draft.open &= !changes.is_open;
        Ok(())
    }

    pub(super) async fn carry_out(&self, draft: Draft, sellable: &Sellable) -> Result<Outcome> {
        let id = draft.id();
        let created = draft.define.is_some();
        let mut changed = draft.before.as_ref() != Some(&draft.row) || !draft.changes.is_empty();
        if changed || created {
            self.inner.store.put_geometry(&sellable.geometry.bytes, self.now()).await?;
            self.inner.store.put_performance(&draft.row).await?;
            self.inner.facts.forget(id);
        }
        if let Some(terms) = draft.define {
            let define = self.command_id("define", &[id.as_bytes()]);
            self.organise(id, define, Command::Define(terms)).await?;
        }
        for command in draft.changes {
            self.organise(id, self.new_command_id(), command).await?;
        }
        for (block, Blocked { kind, reason, places, key: _ }) in draft.blocks {
            let command = Command::Block { block, kind, reason, places };
            let once = self.command_id("block", &[&block.0.to_be_bytes()]);
            changed |= self.organise(id, once, command).await?;
        }
        if draft.open {
            // A retry, or importing again after the organiser has closed the sale, does not open it again.
            let once = self.command_id("open", &[id.as_bytes()]);
            changed |= self.organise(id, once, Command::Open).await?;
        }
        self.project(id).await?;
        Ok(match (created, changed) {
            (true, _) => Outcome::Created,
            (false, true) => Outcome::Changed,
            (false, false) => Outcome::Unchanged,
        })
    }

    /// Asks the ledger; answers whether anything changed. That it was done before is fine.
    async fn organise(&self, id: Uuid, command_id: CommandId, command: Command) -> Result<bool> {
        let handle = self.sale(id).await?;
        let before = handle.read(|sale, _| sale.revision())?;
        match self.submit(id, command_id, command).await {
            // The id is of this very step, so a question that looks different is what another release asked.
            Err(Error::Refused(
                Refusal::AlreadyDefined | Refusal::BlockTaken | Refusal::CommandReused,
            )) => Ok(false),
            Err(error) => Err(error),
            Ok(_) => Ok(handle.read(|sale, _| sale.revision())? != before),
        }
    }
}

fn moment(at: &At<'_>, moment: Moment, days: &Days, faults: &mut Faults) -> Option<Time> {
    let on = moment.on(days);
    if on.is_none() {
        faults.push(at, Problem::MustBe("a day on the calendar"));
    }
    on
}

/// A block is found again by its performance and key.
pub(super) fn block_id(performance: Uuid, key: &str) -> BlockId {
    BlockId(Uuid::new_v5(&performance, format!("block/{key}").as_bytes()).as_u128())
}
