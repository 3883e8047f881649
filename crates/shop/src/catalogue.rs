//! What is on: venues, plans, events, performances and what they sell; by file, by start-up samples and by the API.
//!
//! Everything is found again by its slug or key, so that importing the same thing twice changes nothing. What a defined
//! sale sells is changed by commands to its ledger; what cannot be changed any more is named, and then nothing is.

mod change;
mod organise;
mod performance;

use frontrow_ledger::Time;
use frontrow_store::catalogue::{Event, Organisation, SeatingPlan, Venue};
use uuid::Uuid;

use crate::{
    Error, Result, Shop,
    fault::{At, Faults, Problem},
    offer::Sellable,
    plan::Plan,
    random,
    sale_file::SaleFile,
    spec::{EventSpec, VenueSpec},
};
use performance::Draft;

pub use performance::Outcome;

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Where the event is found: `/events/{slug}`.
    pub slug: String,
    /// By the keys of the file.
    pub performances: Vec<(String, Uuid, Outcome)>,
}

impl Shop {
    /// Brings what a sale file says into the shop, opening the sales that it says are open. Faults are all named, and
    /// then nothing is changed.
    pub async fn import(&self, file: &SaleFile, plan: &[u8]) -> Result<Imported> {
        let parsed = Plan::parse(plan).map_err(Error::Plan)?;
        let sellable = Sellable::new(&parsed, &file.sale)?;
        let organisation = self.find_organisation(&file.organisation).await?;
        let at = At::ROOT.key("venue");
        let venue = self.draft_venue(organisation.id, &file.venue, &at).await?;
        let at = At::ROOT.key("event");
        let event = self.draft_event(organisation.id, &file.event, &at).await?;
        let hall = file.hall.as_deref().unwrap_or(&parsed.name);
        let plan_id = plan_id(venue.id, hall);

        let mut faults = Faults::default();
        let list = At::ROOT.key("performances");
        let mut drafts: Vec<Draft> = Vec::with_capacity(file.performances.len());
        for (index, spec) in file.performances.iter().enumerate() {
            let at = list.index(index);
            let home = performance::Home { event: event.id, venue: &venue, plan: plan_id };
            let draft =
                self.draft_performance(&at, &home, spec, &file.sale, &sellable, &mut faults);
            drafts.extend(draft.await?);
        }
        faults.or(Some(()))?;

        self.inner.store.put_organisation(&organisation).await?;
        self.inner.store.put_venue(&venue).await?;
        self.keep_plan(venue.id, hall, plan, &parsed).await?;
        self.inner.store.put_event(&event).await?;
        let mut performances = Vec::with_capacity(drafts.len());
        for (spec, draft) in file.performances.iter().zip(drafts) {
            let id = draft.id();
            performances.push((spec.key.clone(), id, self.carry_out(draft, &sellable).await?));
        }
        Ok(Imported { slug: event.slug, performances })
    }

    /// Adds a venue, or changes the one with its slug, if it is the same organisation's.
    pub async fn put_venue(&self, organisation: Uuid, spec: &VenueSpec) -> Result<Venue> {
        let venue = self.draft_venue(organisation, spec, &At::ROOT).await?;
        self.inner.store.put_venue(&venue).await?;
        Ok(venue)
    }

    /// Adds a hall to a venue of this organisation, or gives it another plan for performances to come. Those that are
    /// defined keep theirs. To others the venue does not exist.
    pub async fn put_plan(
        &self,
        organisation: Uuid,
        venue: Uuid,
        hall: Option<&str>,
        plan: &[u8],
    ) -> Result<SeatingPlan> {
        let venue = self.own_venue(organisation, venue).await?.ok_or(Error::NotFound("venue"))?;
        let parsed = Plan::parse(plan).map_err(Error::Plan)?;
        self.keep_plan(venue.id, hall.unwrap_or(&parsed.name), plan, &parsed).await
    }

    /// Adds an event, or changes the one with its slug, if it is the same organisation's.
    pub async fn put_event(&self, organisation: Uuid, spec: &EventSpec) -> Result<Event> {
        let event = self.draft_event(organisation, spec, &At::ROOT).await?;
        self.inner.store.put_event(&event).await?;
        Ok(event)
    }

    /// The organisation with this name, which may not be written yet.
    pub async fn find_organisation(&self, name: &str) -> Result<Organisation> {
        let known = self.inner.store.organisations().await?;
        Ok(known.into_iter().find(|organisation| organisation.name == name).unwrap_or_else(|| {
            let now = self.now();
            Organisation { id: self.new_id(now), name: name.to_owned(), created_at: now }
        }))
    }

    /// A venue, if it is this organisation's.
    async fn own_venue(&self, organisation: Uuid, venue: Uuid) -> Result<Option<Venue>> {
        let venue = self.inner.store.venue(venue).await?;
        Ok(venue.filter(|venue| venue.organisation_id == Some(organisation)))
    }

    async fn draft_venue(
        &self,
        organisation: Uuid,
        spec: &VenueSpec,
        at: &At<'_>,
    ) -> Result<Venue> {
        let known = self.inner.store.venue_by_slug(&spec.slug).await?;
        let owner = known.as_ref().and_then(|venue| venue.organisation_id);
        if owner.is_some_and(|owner| owner != organisation) {
            return Err(anothers(at, "is another organisation's venue"));
        }
        Ok(Venue {
            id: known.map_or_else(|| self.new_id(self.now()), |venue| venue.id),
            organisation_id: Some(organisation),
            slug: spec.slug.clone(),
            name: spec.name.clone(),
            city: spec.city.clone(),
            country: spec.country.clone(),
            zone: spec.zone.clone(),
            address: spec.address.clone(),
        })
    }

    async fn draft_event(
        &self,
        organisation: Uuid,
        spec: &EventSpec,
        at: &At<'_>,
    ) -> Result<Event> {
        let known = self.inner.store.event_by_slug(&spec.slug).await?;
        if known.as_ref().is_some_and(|event| event.organisation_id != organisation) {
            return Err(anothers(at, "is another organisation's event"));
        }
        let now = self.now();
        Ok(Event {
            id: known.as_ref().map_or_else(|| self.new_id(now), |event| event.id),
            organisation_id: organisation,
            slug: spec.slug.clone(),
            title: spec.title.clone(),
            summary: spec.summary.clone(),
            description: spec.description.clone(),
            genre: spec.genre.clone(),
            image: spec.image.clone(),
            created_at: known.map_or(now, |event| event.created_at),
        })
    }

    /// Keeps the file itself: later performances in this hall are drawn from it.
    async fn keep_plan(
        &self,
        venue: Uuid,
        hall: &str,
        source: &[u8],
        plan: &Plan,
    ) -> Result<SeatingPlan> {
        let now = self.now();
        let row = SeatingPlan {
            id: plan_id(venue, hall),
            venue_id: venue,
            name: hall.to_owned(),
            geometry: self.inner.store.put_geometry(source, now).await?,
            seats: u32::try_from(plan.seats_count()).unwrap_or(u32::MAX),
            created_at: now,
        };
        self.inner.store.put_seating_plan(&row).await?;
        Ok(row)
    }

    /// The plan that a hall has at the moment.
    async fn plan_of(&self, hall: &SeatingPlan) -> Result<Plan> {
        let source = self.inner.store.geometry(hall.geometry).await?;
        Plan::parse(&source.ok_or(Error::NotFound("plan"))?).map_err(Error::Plan)
    }

    fn new_id(&self, now: Time) -> Uuid {
        random::uuid(&*self.inner.random, now)
    }
}

/// The slug of something is taken by somebody else's.
fn anothers(at: &At<'_>, problem: &'static str) -> Error {
    let mut faults = Faults::default();
    faults.push(at.key("slug"), Problem::Contradiction(problem));
    faults.into()
}

/// A hall is found again by its venue and name.
fn plan_id(venue: Uuid, hall: &str) -> Uuid {
    Uuid::new_v5(&venue, format!("hall/{hall}").as_bytes())
}
