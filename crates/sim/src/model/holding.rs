//! What fans do: each record must be what its command asked for and what the rules allow.

use frontrow_ledger::{
    ChannelId, HoldId, OrderId, Time,
    sale::{Command, Position, Record},
};

use super::{By, Cart, Model, Purchase};
use crate::{Broken, must};

impl Model {
    pub(super) fn fan(&mut self, asked: &Command, record: &Record) -> Result<(), Broken> {
        match (asked, record) {
            (
                Command::Hold { hold: asked, channel: through, wants },
                Record::Held { hold, channel, positions, until },
            ) if asked == hold && through == channel => {
                self.check_wants(wants, positions)?;
                self.check_offer(*channel, positions)?;
                self.held(*hold, *channel, positions, *until)
            }
            (Command::Extend { hold: asked }, Record::Extended { hold, until })
                if asked == hold =>
            {
                let times = self.terms()?.hold;
                let cart = self.live_cart(*hold)?;
                must!(cart.extended < times.extensions, "{hold} was extended too often");
                must!(*until > cart.until, "{hold} was extended by nothing");
                let latest = cart.until.plus_ms(times.extension_ms);
                must!(*until <= latest, "{hold} was extended beyond {latest}");
                cart.extended += 1;
                self.set_until(*hold, *until)
            }
            (
                Command::Remove { hold: asked, positions: wanted },
                Record::Removed { hold, positions },
            ) if asked == hold => self.removed(*hold, wanted, positions),
            (Command::Release { hold: asked }, Record::Released { hold }) if asked == hold => {
                if self.live_cart(*hold)?.payment.is_some() {
                    self.lapse(*hold);
                } else {
                    self.forget(*hold);
                }
                Ok(())
            }
            (Command::Reacquire { hold: asked }, Record::Reacquired { hold, until })
                if asked == hold =>
            {
                self.take_again(*hold)?;
                let cart = self.live_cart(*hold)?.clone();
                self.check_on_sale(cart.channel, &cart.positions)?;
                self.check_order_size(*hold)?;
                self.set_until(*hold, *until)
            }
            (
                Command::Checkout { hold: asked, order: into, buyer: whose },
                Record::CheckedOut { hold, order, buyer, until },
            ) if (asked, into, whose) == (hold, order, buyer) => {
                must!(!self.orders.contains_key(order), "order {order} exists already");
                let cart = self.live_cart(*hold)?;
                must!(*until >= cart.until, "a payment took time from {hold}");
                cart.payment = Some((*order, *buyer));
                for sold_as in self.sold_by(By::Hold(*hold)) {
                    sold_as.buyer = Some(*buyer);
                }
                self.check_buyer(*buyer)?;
                self.set_until(*hold, *until)
            }
            (
                Command::Confirm { hold: asked, order: paid },
                Record::Confirmed { hold, order, positions },
            ) if (asked, paid) == (hold, order) => self.confirmed(*hold, *order, positions),
            (
                Command::Cancel { order: asked, positions: wanted },
                Record::Cancelled { order, positions },
            ) if asked == order => self.cancelled(*order, wanted.as_deref(), positions),
            _ => Err(Broken(format!("{asked:?} was answered by {record:?}"))),
        }
    }

    /// New places: for a new cart, or for a live one that grows without gaining time.
    fn held(
        &mut self,
        hold: HoldId,
        channel: ChannelId,
        positions: &[Position],
        until: Time,
    ) -> Result<(), Broken> {
        must!(!self.sold_holds.contains(&hold), "{hold} was sold and held again");
        if let Some(cart) = self.carts.get_mut(&hold) {
            must!(cart.live, "{hold} lapsed and was held again");
            must!(cart.payment.is_none(), "{hold} grew during its payment");
            must!(cart.until == until, "{hold} grew and its time changed");
            must!(cart.channel == channel, "{hold} changed its channel");
            cart.positions.extend(positions);
        } else {
            let created = self.moment();
            let cart = Cart {
                channel,
                positions: positions.to_vec(),
                created,
                until,
                live: true,
                extended: 0,
                payment: None,
            };
            self.carts.insert(hold, cart);
            self.live.push((hold, until));
            let times = self.terms()?.hold;
            let latest = created.plus_ms(times.hold_ms + times.jitter_ms);
            must!(until <= latest, "{hold} is held until {until}, later than {latest}");
        }
        self.check_until(hold, until)?;
        self.check_order_size(hold)?;
        self.check_whole(hold)?;
        self.take(By::Hold(hold), channel, None, positions)
    }

    fn removed(&mut self, hold: HoldId, wanted: &[u16], removed: &[u16]) -> Result<(), Broken> {
        must!(same_indexes(wanted, removed), "{wanted:?} of {hold} to go, {removed:?} went");
        let cart = self.live_cart(hold)?;
        must!(cart.payment.is_none(), "{hold} shrank during its payment");
        let (channel, before) = (cart.channel, cart.positions.len());
        let mut index = 0..;
        cart.positions.retain(|_| index.next().is_none_or(|index| !removed.contains(&index)));
        let kept = cart.positions.clone();
        must!(kept.len() + removed.len() == before, "{hold} has no positions {removed:?}");
        self.check_whole(hold)?;
        self.free(By::Hold(hold));
        self.put(By::Hold(hold), channel, None, &kept);
        if kept.is_empty() {
            self.forget(hold);
        }
        Ok(())
    }

    fn confirmed(
        &mut self,
        hold: HoldId,
        order: OrderId,
        positions: &[Position],
    ) -> Result<(), Broken> {
        let Some(cart) = self.carts.get(&hold).cloned() else {
            return Err(Broken(format!("{hold} was sold but is not known")));
        };
        let Some((bound, buyer)) = cart.payment else {
            return Err(Broken(format!("{hold} was sold without a payment")));
        };
        must!(bound == order, "{hold} was bound to {bound} and sold as {order}");
        must!(cart.positions == positions, "{hold} was sold as something else than was held");
        if !cart.live {
            self.take_again(hold)?;
        }
        self.forget(hold);
        self.put(By::Order(order), cart.channel, Some(buyer), positions);
        self.sold_holds.insert(hold);
        let cancelled = vec![false; positions.len()];
        let purchase = Purchase { positions: positions.to_vec(), cancelled };
        must!(self.orders.insert(order, purchase).is_none(), "{order} was sold twice");
        Ok(())
    }

    fn cancelled(
        &mut self,
        order: OrderId,
        wanted: Option<&[u16]>,
        cancelled: &[u16],
    ) -> Result<(), Broken> {
        let Some(purchase) = self.orders.get_mut(&order) else {
            return Err(Broken(format!("{order} was cancelled but never sold")));
        };
        must!(!cancelled.is_empty(), "nothing of {order} was cancelled");
        let mut returned = Vec::new();
        for index in cancelled {
            let at = usize::from(*index);
            let before = purchase.cancelled.get_mut(at).map(|flag| std::mem::replace(flag, true));
            must!(before == Some(false), "position {index} of {order} cannot be cancelled");
            returned.push(purchase.positions[at]);
        }
        let whole = purchase.cancelled.iter().all(|cancelled| *cancelled);
        let as_asked = wanted.map_or(whole, |wanted| same_indexes(wanted, cancelled));
        must!(as_asked, "{wanted:?} of {order} to go, {cancelled:?} went");
        for Position { place, ticket_type, .. } in returned {
            self.free_one(By::Order(order), place, Some(ticket_type))?;
        }
        Ok(())
    }

    /// A lapsed cart gets all of its places back, if they are free and no limit is in the way.
    fn take_again(&mut self, hold: HoldId) -> Result<(), Broken> {
        let Some(cart) = self.carts.get_mut(&hold) else {
            return Err(Broken(format!("{hold} came back but is not known")));
        };
        must!(!cart.live, "{hold} came back although it is live");
        cart.live = true;
        let Cart { positions, channel, payment, until, .. } = cart.clone();
        let buyer = payment.map(|(_, buyer)| buyer);
        self.live.push((hold, until));
        self.take(By::Hold(hold), channel, buyer, &positions)?;
        buyer.map_or(Ok(()), |buyer| self.check_buyer(buyer))
    }

    fn set_until(&mut self, hold: HoldId, until: Time) -> Result<(), Broken> {
        self.live_cart(hold)?.until = until;
        for live in self.live.iter_mut().filter(|(live, _)| *live == hold) {
            live.1 = until;
        }
        self.check_until(hold, until)
    }

    /// Its places return to sale; it is remembered for late money.
    fn lapse(&mut self, hold: HoldId) {
        self.free(By::Hold(hold));
        self.live.retain(|(live, _)| *live != hold);
        if let Some(cart) = self.carts.get_mut(&hold) {
            cart.live = false;
        }
    }

    fn forget(&mut self, hold: HoldId) {
        self.lapse(hold);
        self.carts.remove(&hold);
    }

    /// A lapsed cart cannot be used, but by those who take all of its places again.
    fn live_cart(&mut self, hold: HoldId) -> Result<&mut Cart, Broken> {
        match self.carts.get_mut(&hold) {
            Some(cart) if cart.live => Ok(cart),
            Some(_) => Err(Broken(format!("{hold} lapsed and was used all the same"))),
            None => Err(Broken(format!("{hold} was used but is not known"))),
        }
    }
}

/// The record lists each index once, ascending.
fn same_indexes(wanted: &[u16], recorded: &[u16]) -> bool {
    let mut wanted = wanted.to_vec();
    wanted.sort_unstable();
    wanted == recorded
}
