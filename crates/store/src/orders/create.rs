//! Writing an order, once.

use frontrow_ledger::{CategoryId, ChannelId, TicketTypeId, Time, sale::Place};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter};
use uuid::Uuid;

use crate::{
    Error, Result, Store,
    connect::Db,
    entity::{order_positions, orders, payments},
    jobs::{self, NewJob},
    limits,
    orders::{Contact, Order, OrderState, at_once, place_columns},
    payments::{NewPayment, Payment, opening},
    rows,
};

/// An order to be written.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// Which. Writing the same id again gives the order that is there.
    pub id: Uuid,
    /// Codes to try, in order: drawn at random by the caller, and one may be taken.
    pub codes: Vec<String>,
    /// Hash of the secret in the order's link.
    pub secret_hash: [u8; 32],
    /// Who sells it.
    pub organisation_id: Uuid,
    /// Of which performance; it must exist.
    pub performance_id: Uuid,
    /// The hold that it buys.
    pub hold_id: Uuid,
    /// Through which door.
    pub channel: ChannelId,
    /// Who buys.
    pub contact: Contact,
    /// In which language to write to them.
    pub locale: String,
    /// ISO 4217.
    pub currency: String,
    /// In the order of the hold.
    pub positions: Vec<NewPosition>,
    /// Hash of the client's idempotency key: the same one gives the order that is there.
    pub idempotency_hash: Option<[u8; 32]>,
    /// Its first payment, written in the same transaction.
    pub payment: Option<NewPayment>,
    /// What it leads to, written in the same transaction.
    pub jobs: Vec<NewJob>,
    /// Now.
    pub created_at: Time,
}

/// A place of an order to be written.
#[derive(Clone)]
pub struct NewPosition {
    /// Where.
    pub place: Place,
    /// The place in words, as it was shown.
    pub label: String,
    /// Its price category.
    pub category: CategoryId,
    /// Adult, student, ...
    pub ticket_type: TicketTypeId,
    /// Its price, as fixed in the hold.
    pub price_minor: i64,
    /// Who will use it; may be empty.
    pub attendee_name: String,
}

impl std::fmt::Debug for NewPosition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewPosition").field("place", &self.place).finish_non_exhaustive()
    }
}

/// What came of writing an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// It was written.
    New {
        /// The order.
        order: Order,
        /// Its first payment, if it was given one.
        payment: Option<Payment>,
    },
    /// It was written before, under this id or this idempotency key.
    Existing(Order),
}

impl Created {
    /// The order, whoever wrote it.
    pub fn into_order(self) -> Order {
        match self {
            Self::New { order, .. } | Self::Existing(order) => order,
        }
    }
}

impl Store {
    /// Writes an order with its places, under the first of its codes that is free. [`Error::Conflict`] if none is,
    /// or if there is no such performance.
    pub async fn create_order(&self, new: NewOrder) -> Result<Created> {
        let mut row = order_row(&new);
        let positions = position_rows(&new);
        let payment = new.payment.as_ref().map(opening);
        let codes = new.codes.iter().take(limits::ORDER_CODES_MAX);
        if let Db::Postgres(postgres) = self.db() {
            let jobs: Vec<_> = new.jobs.iter().map(|job| jobs::row(job, new.created_at)).collect();
            for code in codes {
                code.clone_into(&mut row.code);
                let payment = payment.as_ref();
                if at_once::write(postgres, &row, &positions, payment, &jobs).await? {
                    return created(row, payment.cloned());
                }
                if let Some(order) = existing(postgres, &new).await? {
                    return Ok(Created::Existing(order));
                }
            }
            return Err(Error::Conflict(NO_CODE.into()));
        }
        let write = self.write().await?;
        for code in codes {
            code.clone_into(&mut row.code);
            if rows::insert_missing(&write.tx, vec![row.clone()]).await? == 1 {
                rows::insert(&write.tx, positions).await?;
                rows::insert(&write.tx, payment.iter().cloned().collect()).await?;
                jobs::enqueue(&write.tx, &new.jobs, new.created_at).await?;
                write.commit().await?;
                return created(row, payment);
            }
            // It is there, or its code is taken.
            if let Some(order) = existing(&write.tx, &new).await? {
                return Ok(Created::Existing(order));
            }
        }
        Err(Error::Conflict(NO_CODE.into()))
    }
}

const NO_CODE: &str = "every order code tried is taken";

fn created(order: orders::Model, payment: Option<payments::Model>) -> Result<Created> {
    let payment = payment.map(Payment::try_from).transpose()?;
    Ok(Created::New { order: order.try_into()?, payment })
}

async fn existing(db: &impl ConnectionTrait, new: &NewOrder) -> Result<Option<Order>> {
    let same = orders::Column::Id.eq(new.id);
    let same = match new.idempotency_hash {
        Some(hash) => same.or(orders::Column::IdempotencyHash.eq(hash.to_vec())),
        None => same,
    };
    orders::Entity::find().filter(same).one(db).await?.map(Order::try_from).transpose()
}

fn order_row(new: &NewOrder) -> orders::Model {
    orders::Model {
        id: new.id,
        code: String::new(),
        secret_hash: new.secret_hash.to_vec(),
        organisation_id: new.organisation_id,
        performance_id: new.performance_id,
        hold_id: new.hold_id,
        channel: i32::from(new.channel.0),
        state: OrderState::Pending.as_str().to_owned(),
        contact_name: new.contact.name.clone(),
        contact_email: new.contact.email.clone(),
        contact_phone: new.contact.phone.clone(),
        locale: new.locale.clone(),
        total_minor: new.positions.iter().map(|position| position.price_minor).sum(),
        currency: new.currency.clone(),
        idempotency_hash: new.idempotency_hash.map(|hash| hash.to_vec()),
        created_at: new.created_at.0,
        paid_at: None,
        cancelled_at: None,
        erased_at: None,
        position: None,
    }
}

fn position_rows(new: &NewOrder) -> Vec<order_positions::Model> {
    let row = |(index, position): (i32, &NewPosition)| {
        let (place_kind, place_id) = place_columns(position.place);
        order_positions::Model {
            order_id: new.id,
            idx: index,
            place_kind: place_kind.to_owned(),
            place_id,
            label: position.label.clone(),
            category: i32::from(position.category.0),
            ticket_type: i32::from(position.ticket_type.0),
            price_minor: position.price_minor,
            attendee_name: position.attendee_name.clone(),
            cancelled_at: None,
        }
    };
    (0..).zip(&new.positions).map(row).collect()
}
