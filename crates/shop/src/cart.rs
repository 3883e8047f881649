//! The cart: places that are held for somebody for some minutes.
//!
//! Who comes back finds their own cart: the hold of a cart in a sale follows from the cart's secret, so there is
//! nothing to look up. A cart whose hold was sold or has lapsed goes on with the next one.

use std::sync::Arc;

use frontrow_ledger::{
    CategoryId, ChannelId, CommandId, HoldId, TicketTypeId, Time,
    sale::{Book, Command, Currency, Hold, Refusal, Want},
};
use frontrow_store::carts::Cart;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    Error, Result, Shop,
    facts::{Facts, PlaceName},
    keys::half,
    limits::HOLDS_PER_CART_MAX,
    random,
    room::Admitted,
};

/// A visitor's cart: a secret in their cookie. Who has it has what it holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CartId(pub u128);

/// It is a secret, so it stays out of logs.
impl std::fmt::Debug for CartId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CartId(..)")
    }
}

/// One hold in one sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldRef {
    /// In which sale.
    pub performance: Uuid,
    /// Which; who knows it may use it.
    pub hold: HoldId,
}

/// What is held, with its words.
#[derive(Debug, Clone)]
pub struct HoldView {
    /// Which.
    pub at: HoldRef,
    /// Of what.
    pub facts: Arc<Facts>,
    /// Its places in the order of the ledger; empty once everything was given back.
    pub positions: Vec<PositionView>,
    /// To pay.
    pub total_minor: i64,
    /// Of all amounts.
    pub currency: Currency,
    /// How it stands.
    pub state: HoldStatus,
    /// The moment of this view.
    pub now: Time,
}

/// How a hold stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldStatus {
    /// Its places are its own.
    Live {
        /// Until then.
        until: Time,
        /// How often more time may be asked for.
        extensions_left: u8,
    },
    /// A payment is open, so its places are fixed.
    Paying {
        /// Until then.
        until: Time,
        /// As which order.
        order: Uuid,
    },
    /// It lapsed; its places may still be free.
    Expired {
        /// The order that was being paid when it lapsed.
        order: Option<Uuid>,
    },
    /// It was sold.
    Sold {
        /// As this order.
        order: Uuid,
    },
    /// Nothing is held.
    Empty,
}

/// One place of a hold or an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PositionView {
    /// Its index in the hold.
    pub index: u16,
    /// Where.
    pub place: PlaceName,
    /// The place as the ledger knows it.
    pub at: frontrow_ledger::sale::Place,
    /// Its zone of price.
    pub category: CategoryId,
    /// Adult, student, ...
    pub ticket_type: TicketTypeId,
    /// What is charged.
    pub price_minor: i64,
}

/// What somebody asks for, in whichever of their holds takes more.
struct Asked {
    /// That lists the hold.
    cart: Option<CartId>,
    channel: ChannelId,
    wants: Vec<Want>,
    admitted: Admitted,
    command: CommandId,
}

impl Shop {
    /// A new, empty cart.
    pub fn new_cart(&self) -> CartId {
        CartId(random::number(&*self.inner.random))
    }

    /// Holds places for a cart: all that is wanted, or none.
    pub async fn hold_in_cart(
        &self,
        cart: CartId,
        performance: Uuid,
        wants: Vec<Want>,
        admitted: Admitted,
        command: CommandId,
    ) -> Result<HoldView> {
        let ids = self.holds_of(cart, performance);
        let asked = Asked { cart: Some(cart), channel: ChannelId::WEB, wants, admitted, command };
        self.hold_next(performance, &ids, asked).await
    }

    /// Holds places for a client of the API: in the hold that it names; or, for who has come through a waiting room, in
    /// the one hold of their pass, for a turn is for one cart.
    pub async fn hold_for_client(
        &self,
        named: HoldRef,
        wants: Vec<Want>,
        admitted: Admitted,
        command: CommandId,
    ) -> Result<HoldView> {
        let (performance, channel) = (named.performance, ChannelId::API);
        let Some(device) = admitted.pass_of() else {
            return self.hold(named, channel, wants, admitted, command).await;
        };
        let ids = self.holds_from(&[b"pass-hold", device.bytes(), performance.as_bytes()]);
        let asked = Asked { cart: None, channel, wants, admitted, command };
        self.hold_next(performance, &ids, asked).await
    }

    /// Holds in the live one of somebody's holds, or in the next.
    async fn hold_next(&self, performance: Uuid, ids: &[HoldId], asked: Asked) -> Result<HoldView> {
        let (next, _) = self.look(performance, |book| next_hold(book, ids)).await?;
        match self.hold_in(performance, next, &asked).await {
            // Bought or lapsed a moment ago, at another replica: they go on with the next.
            Err(Error::Refused(Refusal::HoldSold | Refusal::HoldExpired)) => {
                let (next, _) = self.look_now(performance, |book| next_hold(book, ids)).await?;
                self.hold_in(performance, next, &asked).await
            }
            answer => answer,
        }
    }

    async fn hold_in(
        &self,
        performance: Uuid,
        hold: Option<HoldId>,
        asked: &Asked,
    ) -> Result<HoldView> {
        let at = HoldRef { performance, hold: hold.ok_or(Refusal::HoldSold)? };
        // The cart lists the hold before anything is held: who is cut off in between finds an empty hold, which is not
        // shown, and never places that are theirs and nowhere to be seen.
        if let Some(cart) = asked.cart {
            self.remember_cart(cart, at).await?;
        }
        self.hold(at, asked.channel, asked.wants.clone(), asked.admitted, asked.command).await
    }

    /// What a cart holds in one sale, or held last; nothing if it never held anything there.
    pub async fn cart_hold(&self, cart: CartId, performance: Uuid) -> Result<Option<HoldView>> {
        let ids = self.holds_of(cart, performance);
        let (_, last) = self.look_now(performance, |book| next_hold(book, &ids)).await?;
        match last {
            Some(hold) => self.hold_view(HoldRef { performance, hold }).await.map(Some),
            None => Ok(None),
        }
    }

    /// Everything that a cart holds, or let lapse lately; what was sold is an order and not listed.
    pub async fn cart(&self, cart: CartId) -> Result<Vec<HoldView>> {
        let mut views = Vec::new();
        for row in self.inner.store.carts(self.cart_key(cart)).await? {
            let view = self.cart_hold(cart, row.performance_id).await?;
            views.extend(view.filter(|view| !matches!(view.state, HoldStatus::Sold { .. })));
        }
        Ok(views)
    }

    /// Gives back everything that a cart holds in a sale, and takes it off the cart's list.
    pub async fn give_up(&self, cart: CartId, performance: Uuid, command: CommandId) -> Result<()> {
        let view = self.cart_hold(cart, performance).await?;
        if let Some(HoldView { at, state, .. }) = view
            && matches!(state, HoldStatus::Live { .. } | HoldStatus::Paying { .. })
        {
            self.release(at, command).await?;
        }
        if let Some(row) = self.inner.store.cart(self.cart_key(cart), performance).await? {
            self.inner.store.remove_cart(row).await?;
        }
        Ok(())
    }

    /// Holds places: all that is wanted, or none. A live hold with this id grows.
    pub async fn hold(
        &self,
        at: HoldRef,
        channel: ChannelId,
        wants: Vec<Want>,
        admitted: Admitted,
        command: CommandId,
    ) -> Result<HoldView> {
        admitted.check(at.performance)?;
        let hold = Command::Hold { hold: at.hold, channel, wants };
        self.submit(at.performance, command, hold).await?;
        self.hold_view(at).await
    }

    /// More time, as often as the sale allows.
    pub async fn extend(&self, at: HoldRef, command: CommandId) -> Result<HoldView> {
        self.submit(at.performance, command, Command::Extend { hold: at.hold }).await?;
        self.hold_view(at).await
    }

    /// Gives back some places, by their index.
    pub async fn remove(
        &self,
        at: HoldRef,
        positions: Vec<u16>,
        command: CommandId,
    ) -> Result<HoldView> {
        let remove = Command::Remove { hold: at.hold, positions };
        self.submit(at.performance, command, remove).await?;
        self.hold_view(at).await
    }

    /// Gives back everything.
    pub async fn release(&self, at: HoldRef, command: CommandId) -> Result<HoldView> {
        self.submit(at.performance, command, Command::Release { hold: at.hold }).await?;
        self.hold_view(at).await
    }

    /// Takes the places of a lapsed hold again, at the same prices, if all are free.
    pub async fn reacquire(
        &self,
        at: HoldRef,
        admitted: Admitted,
        command: CommandId,
    ) -> Result<HoldView> {
        admitted.check(at.performance)?;
        self.submit(at.performance, command, Command::Reacquire { hold: at.hold }).await?;
        self.hold_view(at).await
    }

    /// What is held, with its words, wherever it was held.
    pub async fn hold_view_now(&self, at: HoldRef) -> Result<HoldView> {
        self.catch_up(at.performance).await?;
        self.hold_view(at).await
    }

    /// What is held, with its words, as far as this replica knows: everything that it decided itself.
    pub async fn hold_view(&self, at: HoldRef) -> Result<HoldView> {
        let facts = self.facts(at.performance).await?;
        let now = self.now();
        let view = |book: &Book| {
            let hold = book.hold(at.hold);
            let state = status(book, at.hold, hold, now);
            let positions = match (hold, state) {
                (Some(hold), _) => Arc::clone(&hold.positions),
                (None, HoldStatus::Sold { order }) => book
                    .order(frontrow_ledger::OrderId(order.as_u128()))
                    .map(|order| Arc::clone(&order.positions))
                    .unwrap_or_default(),
                (None, _) => Arc::default(),
            };
            (state, positions, book.terms().currency)
        };
        let (state, positions, currency) = self.look(at.performance, view).await?;
        let positions: Vec<PositionView> = (0..)
            .zip(positions.iter())
            .map(|(index, position)| PositionView {
                index,
                place: facts.place(position.place),
                at: position.place,
                category: position.category,
                ticket_type: position.ticket_type,
                price_minor: position.price_minor,
            })
            .collect();
        let total_minor = positions.iter().map(|position| position.price_minor).sum();
        Ok(HoldView { at, facts, positions, total_minor, currency, state, now })
    }

    /// The holds that a cart may have in a sale, in the order it uses them.
    pub fn holds_of(&self, cart: CartId, performance: Uuid) -> Vec<HoldId> {
        self.holds_from(&[b"hold", &cart.0.to_be_bytes(), performance.as_bytes()])
    }

    fn holds_from(&self, secret: &[&[u8]]) -> Vec<HoldId> {
        let base = self.inner.keys.cart_mac(secret);
        let hold = |number: u32| {
            let digest = Sha256::new().chain_update(base).chain_update(number.to_be_bytes());
            HoldId(half(&digest.finalize().into()))
        };
        (0..HOLDS_PER_CART_MAX).map(hold).collect()
    }

    /// The cart as the tables know it: not the secret itself.
    fn cart_key(&self, cart: CartId) -> Uuid {
        let mac = self.inner.keys.cart_mac(&[b"cart", &cart.0.to_be_bytes()]);
        random::custom_uuid(half(&mac))
    }

    async fn remember_cart(&self, cart: CartId, at: HoldRef) -> Result<()> {
        let row = Cart {
            cart_id: self.cart_key(cart),
            performance_id: at.performance,
            hold_id: Uuid::from_u128(at.hold.0),
            updated_at: self.now(),
        };
        Ok(self.inner.store.put_cart(row).await?)
    }
}

/// The hold that takes more places, and the last one that is known.
fn next_hold(book: &Book, ids: &[HoldId]) -> (Option<HoldId>, Option<HoldId>) {
    let known = |id: &HoldId| book.hold(*id).is_some() || book.order_of(*id).is_some();
    let Some(last) = ids.iter().rposition(known) else { return (ids.first().copied(), None) };
    let live = |id: &HoldId| book.hold(*id).is_some_and(Hold::is_live);
    let next = if ids.get(last).is_some_and(live) { last } else { last + 1 };
    (ids.get(next).copied(), ids.get(last).copied())
}

fn status(book: &Book, id: HoldId, hold: Option<&Hold>, now: Time) -> HoldStatus {
    let Some(hold) = hold else {
        return book.order_of(id).map_or(HoldStatus::Empty, |order| HoldStatus::Sold {
            order: Uuid::from_u128(order.0),
        });
    };
    let order = hold.payment.map(|payment| Uuid::from_u128(payment.order.0));
    // What is due has lapsed, even if the log says so only in a moment.
    match order {
        order if !hold.is_live() || hold.until <= now => HoldStatus::Expired { order },
        Some(order) => HoldStatus::Paying { until: hold.until, order },
        None => HoldStatus::Live { until: hold.until, extensions_left: book.extensions_left(hold) },
    }
}
