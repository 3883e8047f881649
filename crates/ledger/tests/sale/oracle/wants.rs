//! Holding places, judged.

use frontrow_ledger::{
    AreaId, CategoryId, ChannelId, HoldId, SeatId, TicketTypeId, Time,
    sale::{Access, Place, Position, Record, Refusal, Want},
};

use super::{Cart, Oracle};

impl Oracle {
    pub(super) fn against_hold(
        &self,
        hold: HoldId,
        channel: ChannelId,
        wants: &[Want],
    ) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        if !self.open {
            refusals.push(Refusal::SaleClosed);
        }
        let mut has = Vec::new();
        if self.orders.iter().any(|order| order.hold == hold) {
            refusals.push(Refusal::HoldSold);
        }
        if let Some(cart) = self.holds.iter().find(|cart| cart.id == hold) {
            has.clone_from(&cart.positions);
            if !cart.live {
                refusals.push(Refusal::HoldExpired);
            }
            if cart.payment.is_some() {
                refusals.push(Refusal::HoldInPayment);
            }
            if cart.channel != channel {
                refusals.push(Refusal::OtherChannel);
            }
        }
        refusals.extend(self.malformed(wants, has.len()));
        refusals.extend(self.unknown(wants));
        refusals.extend(self.twice(wants, &has));
        let kinds = self.kinds(wants);
        refusals.extend(self.unpriced(wants, &kinds));
        refusals.extend(self.uneven(&areas(wants)));
        refusals.extend(self.alone(&picked(wants), &has));
        let types: Vec<TicketTypeId> = kinds.iter().map(|(_, ticket_type)| *ticket_type).collect();
        refusals.extend(self.off_sale(channel, &types));
        refusals.extend(self.overfull(channel, &kinds));
        refusals.extend(self.no_room(wants));
        refusals
    }

    fn malformed(&self, wants: &[Want], held: usize) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        if wants.is_empty() || wants.iter().any(|want| self.size(want) == 0) {
            refusals.push(Refusal::NothingAsked);
        }
        let total = held + wants.iter().map(|want| self.size(want)).sum::<usize>();
        if total > 50 {
            refusals.push(Refusal::TooManyPlaces { limit: 50 });
        }
        let limit = self.terms().limits.per_order;
        if total > usize::from(limit) {
            refusals.push(Refusal::OverOrderLimit { limit });
        }
        refusals
    }

    fn unknown(&self, wants: &[Want]) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        for seat in picked(wants) {
            if self.seat_category(seat).is_none() {
                refusals.push(Refusal::UnknownSeat(seat));
            }
        }
        for want in wants {
            match want {
                Want::Area { area, .. } if usize::from(area.0) >= self.terms().areas.len() => {
                    refusals.push(Refusal::UnknownArea(*area));
                }
                Want::Best { category, .. } if self.access(*category).is_none() => {
                    refusals.push(Refusal::UnknownCategory(*category));
                }
                _ => {}
            }
        }
        refusals
    }

    fn twice(&self, wants: &[Want], held: &[Position]) -> Vec<Refusal> {
        let mut all = picked(wants);
        if all.is_empty() {
            return Vec::new();
        }
        all.extend(seats(held));
        let known: Vec<_> = (0..self.seats_count()).map(SeatId).collect();
        let twice = |seat: &&SeatId| all.iter().filter(|other| other == seat).count() > 1;
        known.iter().filter(twice).map(|seat| Refusal::DuplicateSeat(*seat)).collect()
    }

    fn unpriced(&self, wants: &[Want], kinds: &[(CategoryId, TicketTypeId)]) -> Vec<Refusal> {
        let not_for_sale = |category, ticket_type| Refusal::NotForSale { category, ticket_type };
        let unpriced = kinds.iter().filter(|(category, t)| self.price(*category, *t).is_none());
        let companions = wants.iter().filter_map(|want| match want {
            Want::Best { category, ticket_types, .. }
                if self.access(*category) == Some(Access::Companion) =>
            {
                Some(not_for_sale(*category, *ticket_types.first()?))
            }
            _ => None,
        });
        unpriced.map(|(c, t)| not_for_sale(*c, *t)).chain(companions).collect()
    }

    pub(super) fn uneven(&self, areas: &[AreaId]) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        for area in areas {
            let Some(terms) = self.terms().areas.get(usize::from(area.0)) else { continue };
            let asked = areas.iter().filter(|other| *other == area).count();
            if asked % usize::from(terms.multiple) != 0 {
                refusals.push(Refusal::NotAMultiple { area: *area, multiple: terms.multiple });
            }
        }
        refusals
    }

    /// In the plans of these tests a companion sits right after the wheelchair place.
    pub(super) fn alone(&self, asked: &[SeatId], held: &[Position]) -> Vec<Refusal> {
        let is_companion = |seat: &&SeatId| {
            self.seat_category(**seat).and_then(|c| self.access(c)) == Some(Access::Companion)
        };
        let party: Vec<SeatId> = asked.iter().copied().chain(seats(held)).collect();
        asked
            .iter()
            .filter(is_companion)
            .filter(|seat| !party.contains(&SeatId(seat.0 - 1)))
            .map(|seat| Refusal::CompanionAlone(*seat))
            .collect()
    }

    fn no_room(&self, wants: &[Want]) -> Vec<Refusal> {
        let mut refusals = self.gone(&picked(wants));
        refusals.extend(self.full(&areas(wants)));
        let mut asked: Vec<CategoryId> =
            picked(wants).into_iter().filter_map(|seat| self.seat_category(seat)).collect();
        for want in wants {
            let Want::Best { category, ticket_types, .. } = want else { continue };
            asked.extend(ticket_types.iter().map(|_| *category));
            let wanted = asked.iter().filter(|other| *other == category).count();
            let left = self.free_in(*category);
            if wanted > usize::try_from(left).unwrap() {
                refusals.push(Refusal::CategoryFull { category: *category, left });
            }
        }
        refusals
    }

    pub(super) fn gone(&self, asked: &[SeatId]) -> Vec<Refusal> {
        let gone: Vec<_> = asked.iter().copied().filter(|seat| !self.seat_is_free(*seat)).collect();
        if gone.is_empty() { Vec::new() } else { vec![Refusal::SeatsGone(gone)] }
    }

    pub(super) fn full(&self, areas: &[AreaId]) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        for area in areas.iter().filter(|area| usize::from(area.0) < self.terms().areas.len()) {
            let (asked, left) =
                (areas.iter().filter(|o| *o == area).count(), self.area_left(*area));
            if asked > usize::try_from(left).unwrap() {
                refusals.push(Refusal::AreaFull { area: *area, left });
            }
        }
        refusals
    }

    /// Nothing speaks against it but perhaps where the free seats are.
    pub(super) fn grant_hold(
        &mut self,
        hold: HoldId,
        channel: ChannelId,
        wants: &[Want],
        answer: &Result<Record, Refusal>,
    ) -> Result<Record, Refusal> {
        let companions = self.companions(wants);
        let all = [self.kinds(wants), companions.clone()].concat();
        let chosen = match answer {
            Ok(Record::Held { positions, .. }) => positions.to_vec(),
            Err(refusal @ Refusal::NotTogether { category, left }) => {
                self.judge_not_together(wants, *category, *left);
                return Err(refusal.clone());
            }
            Err(refusal @ Refusal::AllocationFull { .. })
                if self.overfull(channel, &all).first() == Some(refusal) =>
            {
                return Err(refusal.clone());
            }
            Err(refusal @ Refusal::NotForSale { category, ticket_type })
                if companions.contains(&(*category, *ticket_type))
                    && self.price(*category, *ticket_type).is_none() =>
            {
                return Err(refusal.clone());
            }
            other => panic!("granted, but the ledger says {other:?}"),
        };
        assert!(self.overfull(channel, &all).is_empty(), "a companion is over a limit");
        let positions = self.judge_places(wants, &chosen);
        let now = self.now;
        if !self.holds.iter().any(|cart| cart.id == hold) {
            self.holds.push(Cart {
                id: hold,
                channel,
                positions: Vec::new(),
                created: now,
                until: self.judge_until(now, answer),
                extended: 0,
                payment: None,
                live: true,
            });
        }
        let cart = self.holds.iter_mut().find(|cart| cart.id == hold).unwrap();
        cart.positions.extend(&positions);
        let until = cart.until;
        Ok(Record::Held { hold, channel, positions: positions.into(), until: Time(until) })
    }

    /// Only a party that may not be split, or pairs, may be told so, and not if there is a run of
    /// seats for it.
    fn judge_not_together(&self, wants: &[Want], category: CategoryId, left: u32) {
        assert!(left <= self.free_in(category));
        let searches: Vec<_> =
            wants.iter().filter(|want| matches!(want, Want::Best { .. })).collect();
        let may_fail = |want: &&&Want| {
            matches!(want, Want::Best { category: c, may_split, .. }
            if *c == category && (!may_split || self.access(*c) == Some(Access::Wheelchair)))
        };
        let failed = searches.iter().find(may_fail).unwrap();
        let Want::Best { ticket_types, .. } = failed else { unreachable!("it is a search") };
        if searches.len() == 1 && picked(wants).is_empty() {
            let people = ticket_types.len();
            assert!(!self.has_room(category, people), "{people} places together were missed");
        }
    }

    /// Whether there is a run of free seats, or enough free pairs.
    fn has_room(&self, category: CategoryId, people: usize) -> bool {
        let is_free = |id: u32| self.seat_is_free(SeatId(id));
        let is_ours = |id: u32| self.seat_category(SeatId(id)) == Some(category);
        let (mut first, mut pairs) = (0, 0);
        for row in &self.terms().rows {
            let ids: Vec<u32> = (first..).take(row.seats.len()).collect();
            first += u32::try_from(row.seats.len()).unwrap();
            if self.access(category) == Some(Access::Wheelchair) {
                pairs += ids
                    .iter()
                    .filter(|id| is_ours(**id) && is_free(**id) && is_free(**id + 1))
                    .count();
            } else if ids
                .windows(people)
                .any(|run| run.iter().all(|id| is_ours(*id) && is_free(*id)))
            {
                return true;
            }
        }
        pairs >= people
    }

    /// The places that were chosen, if each was free and of the right kind; prices are those of
    /// now.
    fn judge_places(&self, wants: &[Want], chosen: &[Position]) -> Vec<Position> {
        let mut expected = Vec::new();
        let mut free: Vec<SeatId> =
            (0..self.seats_count()).map(SeatId).filter(|seat| self.seat_is_free(*seat)).collect();
        free.retain(|seat| !picked(wants).contains(seat));
        for want in wants {
            match want {
                Want::Seats(seats) => expected
                    .extend(seats.iter().map(|(seat, t)| self.priced(Place::Seat(*seat), *t))),
                Want::Area { area, ticket_types } => expected
                    .extend(ticket_types.iter().map(|t| self.priced(Place::Area(*area), *t))),
                Want::Best { category, ticket_types, .. } => {
                    let each =
                        if self.access(*category) == Some(Access::Wheelchair) { 2 } else { 1 };
                    for ticket_type in ticket_types {
                        let party: Vec<SeatId> = seats(&chosen[expected.len()..][..each]).collect();
                        assert_eq!(self.seat_category(party[0]), Some(*category));
                        assert!(each == 1 || party[1].0 == party[0].0 + 1, "not a pair: {party:?}");
                        for seat in party {
                            assert!(free.contains(&seat), "{seat} was given, but is not free");
                            free.retain(|other| *other != seat);
                            expected.push(self.priced(Place::Seat(seat), *ticket_type));
                        }
                    }
                }
            }
        }
        expected
    }

    fn priced(&self, place: Place, ticket_type: TicketTypeId) -> Position {
        let category = match place {
            Place::Seat(seat) => self.seat_category(seat).unwrap(),
            Place::Area(area) => self.terms().areas[usize::from(area.0)].category,
        };
        let price_minor = self.price(category, ticket_type).unwrap();
        Position { place, category, ticket_type, price_minor }
    }

    /// A time within the jitter.
    pub(super) fn judge_until(&self, created: i64, answer: &Result<Record, Refusal>) -> i64 {
        let Ok(Record::Held { until, .. } | Record::Reacquired { until, .. }) = answer else {
            panic!("granted, but the ledger says {answer:?}");
        };
        let times = &self.terms().hold;
        let (first, ceiling) = (self.now + times.hold_ms, created + times.ceiling_ms);
        let last = first + (times.jitter_ms - 1).max(0);
        assert!((first.min(ceiling)..=last.min(ceiling)).contains(&until.0));
        until.0
    }

    fn kinds(&self, wants: &[Want]) -> Vec<(CategoryId, TicketTypeId)> {
        let mut kinds = Vec::new();
        for want in wants {
            match want {
                Want::Seats(seats) => kinds.extend(
                    seats.iter().filter_map(|(seat, t)| Some((self.seat_category(*seat)?, *t))),
                ),
                Want::Best { category, ticket_types, .. } => {
                    kinds.extend(ticket_types.iter().map(|t| (*category, *t)));
                }
                Want::Area { area, ticket_types } => {
                    let Some(area) = self.terms().areas.get(usize::from(area.0)) else { continue };
                    kinds.extend(ticket_types.iter().map(|t| (area.category, *t)));
                }
            }
        }
        kinds
    }

    /// The companion places that come along with the pairs. In the plans of these tests the
    /// category after the wheelchairs' is their companions'.
    fn companions(&self, wants: &[Want]) -> Vec<(CategoryId, TicketTypeId)> {
        let mut companions = Vec::new();
        for want in wants {
            if let Want::Best { category, ticket_types, .. } = want
                && self.access(*category) == Some(Access::Wheelchair)
            {
                companions.extend(ticket_types.iter().map(|t| (CategoryId(category.0 + 1), *t)));
            }
        }
        companions
    }

    fn size(&self, want: &Want) -> usize {
        match want {
            Want::Seats(seats) => seats.len(),
            Want::Area { ticket_types, .. } => ticket_types.len(),
            Want::Best { category, ticket_types, .. } => {
                let pairs = self.access(*category) == Some(Access::Wheelchair);
                ticket_types.len() * if pairs { 2 } else { 1 }
            }
        }
    }

    pub(super) fn access(&self, category: CategoryId) -> Option<Access> {
        self.terms().categories.get(usize::from(category.0)).map(|known| known.access)
    }

    pub(crate) fn seats_count(&self) -> u32 {
        let seats: usize = self.terms().rows.iter().map(|row| row.seats.len()).sum();
        u32::try_from(seats).unwrap()
    }

    pub(crate) fn free_in(&self, category: CategoryId) -> u32 {
        let seats = (0..self.seats_count()).map(SeatId);
        let seats = seats.filter(|seat| self.seat_category(*seat) == Some(category));
        u32::try_from(seats.filter(|seat| self.seat_is_free(*seat)).count()).unwrap()
    }
}

fn picked(wants: &[Want]) -> Vec<SeatId> {
    let mut picked = Vec::new();
    for want in wants {
        if let Want::Seats(seats) = want {
            picked.extend(seats.iter().map(|(seat, _)| *seat));
        }
    }
    picked
}

/// Each place of an area that is asked for.
fn areas(wants: &[Want]) -> Vec<AreaId> {
    let mut areas = Vec::new();
    for want in wants {
        if let Want::Area { area, ticket_types } = want {
            areas.extend(ticket_types.iter().map(|_| *area));
        }
    }
    areas
}

pub(super) fn seats(positions: &[Position]) -> impl Iterator<Item = SeatId> {
    positions.iter().filter_map(|position| match position.place {
        Place::Seat(seat) => Some(seat),
        Place::Area(_) => None,
    })
}
