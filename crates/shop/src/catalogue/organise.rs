//! What an organiser changes about one sale through the API.

use frontrow_ledger::{
    AllocationId, BlockId, CommandId,
    sale::{Block, Book, Command, Places, Record},
};
use uuid::Uuid;

use crate::{
    Error, Result, Shop,
    fault::{At, Faults},
    offer::{self, AllocationLabel, Offer},
    spec::{AllocationSpec, BlockSpec, PriceSpec},
};

use super::performance::block_id;

impl Shop {
    /// Starts selling.
    pub async fn open_sale(&self, performance: Uuid, command: CommandId) -> Result<()> {
        self.organised(performance, command, Command::Open).await.map(|_| ())
    }

    /// Stops selling; what is held may still be paid.
    pub async fn close_sale(&self, performance: Uuid, command: CommandId) -> Result<()> {
        self.organised(performance, command, Command::Close).await.map(|_| ())
    }

    /// Replaces all prices. What is held keeps the price it was shown.
    pub async fn reprice(
        &self,
        performance: Uuid,
        prices: &[PriceSpec],
        command: CommandId,
    ) -> Result<()> {
        let facts = self.facts(performance).await?;
        let mut faults = Faults::default();
        let prices = offer::prices(&facts.offer, prices, &At::ROOT.key("prices"), &mut faults);
        faults.or(Some(()))?;
        self.organised(performance, command, Command::Reprice(prices)).await.map(|_| ())
    }

    /// Adds an allocation, or changes the one with its key.
    pub async fn set_allocation(
        &self,
        performance: Uuid,
        spec: &AllocationSpec,
        command: CommandId,
    ) -> Result<()> {
        let row = self.inner.store.performance(performance).await?;
        let (mut row, _) = row.ok_or(Error::NotFound("performance"))?;
        let facts = self.facts(performance).await?;
        let mut offer: Offer = facts.offer.clone();
        let mut faults = Faults::default();
        let allocation = offer::allocation(&offer, spec, &At::ROOT, &mut faults);
        faults.or(Some(()))?;
        let label = AllocationLabel { key: spec.key.clone(), name: spec.name.clone() };
        let known = offer.allocations.iter().position(|label| label.key == spec.key);
        let index = known.unwrap_or(offer.allocations.len());
        match offer.allocations.get_mut(index) {
            Some(known) => *known = label,
            None => offer.allocations.push(label),
        }
        let id = AllocationId(u16::try_from(index).unwrap_or(u16::MAX));
        let set = Command::SetAllocation(id, allocation);
        self.organised(performance, command, set).await?;
        row.offer = serde_json::to_value(&offer)
            .map_err(|error| Error::Broken("the offer", error.into()))?;
        self.inner.store.put_performance(&row).await?;
        self.inner.facts.forget(performance);
        Ok(())
    }

    /// Takes places out of sale, all or none. Answers the block's id.
    pub async fn block(
        &self,
        performance: Uuid,
        spec: &BlockSpec,
        command: CommandId,
    ) -> Result<BlockId> {
        let row = self.inner.store.performance(performance).await?;
        let (row, _) = row.ok_or(Error::NotFound("performance"))?;
        let hall = self.inner.store.seating_plan(row.plan_id).await?;
        let plan = self.plan_of(&hall.ok_or(Error::NotFound("plan"))?).await?;
        let facts = self.facts(performance).await?;
        if plan.seats_count() != facts.names.seats_count() {
            // The hall has another plan by now; names of the new one would block the wrong seats.
            return Err(Error::NotFound("plan of this sale"));
        }
        let mut faults = Faults::default();
        let places = offer::places(&plan, &facts.offer, spec, &At::ROOT, &mut faults);
        faults.or(Some(()))?;
        let id = block_id(performance, &spec.key);
        let block =
            Command::Block { block: id, kind: spec.kind, reason: spec.reason.clone(), places };
        self.organised(performance, command, block).await?;
        Ok(id)
    }

    /// Returns blocked places to sale: some of them, or all.
    pub async fn unblock(
        &self,
        performance: Uuid,
        block: BlockId,
        places: Option<Places>,
        command: CommandId,
    ) -> Result<()> {
        let unblock = Command::Unblock { block, places };
        self.organised(performance, command, unblock).await.map(|_| ())
    }

    /// The blocks of a sale that still have places.
    pub async fn blocks(&self, performance: Uuid) -> Result<Vec<(BlockId, Block)>> {
        let all = |book: &Book| book.blocks().map(|(id, block)| (id, block.clone())).collect();
        self.look_now(performance, all).await
    }

    async fn organised(
        &self,
        performance: Uuid,
        id: CommandId,
        command: Command,
    ) -> Result<Record> {
        let record = self.submit(performance, id, command).await?;
        self.show(performance).await;
        Ok(record)
    }
}
