//! What becomes of a hold, judged.

use frontrow_ledger::{
    AreaId, BuyerKey, HoldId, OrderId, SeatId, Time,
    sale::{Command, Place, Position, Record, Refusal},
};

use super::{Cart, Oracle, Purchase, wants::seats};

impl Oracle {
    fn cart(&self, hold: HoldId) -> Option<&Cart> {
        self.holds.iter().find(|cart| cart.id == hold)
    }

    fn cart_mut(&mut self, hold: HoldId) -> &mut Cart {
        self.holds.iter_mut().find(|cart| cart.id == hold).unwrap()
    }

    fn missing(&self, hold: HoldId) -> Vec<Refusal> {
        if self.orders.iter().any(|order| order.hold == hold) {
            return vec![Refusal::HoldSold];
        }
        vec![Refusal::UnknownHold]
    }

    pub(super) fn not_live(&self, hold: HoldId) -> Vec<Refusal> {
        match self.cart(hold) {
            Some(cart) if cart.live => Vec::new(),
            Some(_) => vec![Refusal::HoldExpired],
            None => self.missing(hold),
        }
    }

    pub(super) fn against_extend(&self, hold: HoldId) -> Vec<Refusal> {
        let mut refusals = self.not_live(hold);
        if let Some(cart) = self.cart(hold) {
            let times = &self.terms().hold;
            let spent = cart.extended >= times.extensions;
            let at_ceiling = cart.until >= cart.created + times.ceiling_ms;
            if spent || at_ceiling || times.extension_ms == 0 {
                refusals.push(Refusal::NoMoreExtensions);
            }
        }
        refusals
    }

    pub(super) fn against_remove(&self, hold: HoldId, positions: &[u16]) -> Vec<Refusal> {
        let mut refusals = self.not_live(hold);
        let Some(cart) = self.cart(hold) else { return refusals };
        if cart.payment.is_some() {
            refusals.push(Refusal::HoldInPayment);
        }
        refusals.extend(not_there(positions, &indexes(&cart.positions)));
        if positions.is_empty() {
            refusals.push(Refusal::NothingAsked);
        }
        let kept = without(&cart.positions, positions);
        refusals.extend(self.uneven(&area_places(&kept)));
        refusals.extend(self.alone(&seats(&kept).collect::<Vec<_>>(), &[]));
        refusals
    }

    pub(super) fn against_reacquire(&self, hold: HoldId) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        if !self.open {
            refusals.push(Refusal::SaleClosed);
        }
        let Some(cart) = self.cart(hold) else {
            refusals.extend(self.missing(hold));
            return refusals;
        };
        if cart.live {
            refusals.push(Refusal::HoldLive);
        }
        let types: Vec<_> = cart.positions.iter().map(|p| p.ticket_type).collect();
        refusals.extend(self.off_sale(cart.channel, &types));
        let limit = self.terms().limits.per_order;
        if cart.positions.len() > usize::from(limit) {
            refusals.push(Refusal::OverOrderLimit { limit });
        }
        if cart.created + self.terms().hold.ceiling_ms <= self.now {
            refusals.push(Refusal::NoMoreExtensions);
        }
        refusals.extend(self.against_taking_again(cart));
        refusals
    }

    fn against_taking_again(&self, cart: &Cart) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        if let Some((_, buyer)) = cart.payment {
            refusals.extend(self.over_buyer_limit(buyer, cart.id, cart.positions.len()));
        }
        let kinds: Vec<_> = cart.positions.iter().map(|p| (p.category, p.ticket_type)).collect();
        refusals.extend(self.overfull(cart.channel, &kinds));
        refusals.extend(self.gone(&seats(&cart.positions).collect::<Vec<SeatId>>()));
        refusals.extend(self.full(&area_places(&cart.positions)));
        refusals
    }

    pub(super) fn against_checkout(
        &self,
        hold: HoldId,
        order: OrderId,
        buyer: BuyerKey,
    ) -> Vec<Refusal> {
        let mut refusals = self.not_live(hold);
        if self.orders.iter().any(|known| known.id == order) {
            refusals.push(Refusal::OrderTaken);
        }
        if let Some(cart) = self.cart(hold) {
            refusals.extend(self.over_buyer_limit(buyer, hold, cart.positions.len()));
        }
        refusals
    }

    pub(super) fn against_confirm(&self, hold: HoldId, order: OrderId) -> Vec<Refusal> {
        let Some(cart) = self.cart(hold) else { return self.missing(hold) };
        let mut refusals = Vec::new();
        if cart.payment.is_none_or(|(bound, _)| bound != order) {
            refusals.push(Refusal::OrderMismatch);
        }
        if self.orders.iter().any(|known| known.id == order) {
            refusals.push(Refusal::OrderTaken);
        }
        if !cart.live {
            refusals.extend(self.against_taking_again(cart));
        }
        refusals
    }

    pub(super) fn against_cancel(&self, order: OrderId, positions: Option<&[u16]>) -> Vec<Refusal> {
        let Some(known) = self.orders.iter().find(|known| known.id == order) else {
            return vec![Refusal::UnknownOrder];
        };
        let mut refusals = Vec::new();
        if known.kept().is_empty() {
            refusals.push(Refusal::OrderCancelled);
        }
        if let Some(positions) = positions {
            refusals.extend(not_there(positions, &known.kept()));
            if positions.is_empty() {
                refusals.push(Refusal::NothingAsked);
            }
        }
        refusals
    }

    pub(super) fn grant_cart(
        &mut self,
        command: &Command,
        answer: &Result<Record, Refusal>,
    ) -> Record {
        let times = self.terms().hold;
        let now = self.now;
        match command {
            Command::Extend { hold } => {
                let cart = self.cart_mut(*hold);
                cart.until = (cart.until + times.extension_ms).min(cart.created + times.ceiling_ms);
                cart.extended += 1;
                Record::Extended { hold: *hold, until: Time(cart.until) }
            }
            Command::Remove { hold, positions } => {
                let cart = self.cart_mut(*hold);
                cart.positions = without(&cart.positions, positions);
                self.holds.retain(|cart| !cart.positions.is_empty());
                let mut positions = positions.clone();
                positions.sort_unstable();
                Record::Removed { hold: *hold, positions }
            }
            Command::Release { hold } => {
                let cart = self.cart_mut(*hold);
                (cart.live, cart.until) = (false, now);
                self.holds.retain(|cart| cart.id != *hold || cart.payment.is_some());
                Record::Released { hold: *hold }
            }
            Command::Reacquire { hold } => {
                let until = self.judge_until(self.cart(*hold).unwrap().created, answer);
                let cart = self.cart_mut(*hold);
                (cart.live, cart.until) = (true, until);
                Record::Reacquired { hold: *hold, until: Time(until) }
            }
            other => panic!("{other:?} is not about a cart"),
        }
    }

    pub(super) fn grant_order(&mut self, command: &Command) -> Record {
        let (times, now) = (self.terms().hold, self.now);
        match command {
            Command::Checkout { hold, order, buyer } => {
                let cart = self.cart_mut(*hold);
                let until = cart.until.max(now + times.payment_ms);
                cart.until = until.min(cart.created + times.ceiling_ms);
                cart.payment = Some((*order, *buyer));
                let until = Time(cart.until);
                Record::CheckedOut { hold: *hold, order: *order, buyer: *buyer, until }
            }
            Command::Confirm { hold, order } => {
                let cart = self.cart(*hold).unwrap().clone();
                self.holds.retain(|cart| cart.id != *hold);
                let (_, buyer) = cart.payment.unwrap();
                self.orders.push(Purchase {
                    id: *order,
                    hold: *hold,
                    channel: cart.channel,
                    buyer,
                    sold: cart.positions.clone(),
                    cancelled: Vec::new(),
                });
                let positions = cart.positions.into();
                Record::Confirmed { hold: *hold, order: *order, positions }
            }
            Command::Cancel { order, positions } => {
                let known = self.orders.iter_mut().find(|known| known.id == *order).unwrap();
                let mut positions = positions.clone().unwrap_or_else(|| known.kept());
                positions.sort_unstable();
                known.cancelled.extend(&positions);
                Record::Cancelled { order: *order, positions }
            }
            other => panic!("{other:?} is not about an order"),
        }
    }
}

fn indexes(positions: &[Position]) -> Vec<u16> {
    (0..u16::try_from(positions.len()).unwrap()).collect()
}

/// The first that is not there, or there for the second time.
fn not_there(positions: &[u16], there: &[u16]) -> Option<Refusal> {
    let mut left = there.to_vec();
    for position in positions {
        if !left.contains(position) {
            return Some(Refusal::UnknownPosition(*position));
        }
        left.retain(|other| other != position);
    }
    None
}

fn without(positions: &[Position], removed: &[u16]) -> Vec<Position> {
    let kept = indexes(positions).into_iter().filter(|index| !removed.contains(index));
    kept.map(|index| positions[usize::from(index)]).collect()
}

fn area_places(positions: &[Position]) -> Vec<AreaId> {
    let mut areas = Vec::new();
    for position in positions {
        if let Place::Area(area) = position.place {
            areas.push(area);
        }
    }
    areas
}
