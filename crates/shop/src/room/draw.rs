//! The draw: opened when it is time, and shown so that anybody can check it.

use std::sync::Arc;

use frontrow_ledger::{
    CommandId, Place,
    room::{
        self, Command, Line, Refusal,
        draw::{Beacon, Draw, FanDigest, Proof, Tree},
    },
};
use frontrow_log::Handle;
use uuid::Uuid;

use crate::{Error, Result, Shop};

impl Shop {
    /// Draws with our seed and, where one was announced, the beacon; without the beacon if it did not come in time.
    pub(super) async fn draw_with(
        &self,
        performance: Uuid,
        handle: &Handle<room::Room>,
        beacon: Option<Vec<u8>>,
        id: CommandId,
    ) -> Result<()> {
        let root = self.room_tree(handle).await?.root();
        let seed = Some(self.inner.keys.room_seed(performance));
        let draw = Command::Draw { seed, beacon, root };
        self.ask_room(handle, id, draw).await.map(|_| ())
    }

    /// The Merkle tree over everybody who takes part in a draw, made away from where others wait for answers.
    async fn room_tree(&self, handle: &Handle<room::Room>) -> Result<Tree> {
        let room = handle.read(|room, _| room.clone())?;
        let built = tokio::task::spawn_blocking(move || room.line().map(room::Line::tree)).await;
        let tree = built.map_err(|error| Error::Broken("the tree of a draw", error.into()))?;
        tree.ok_or(Error::Room(Refusal::NotDefined))
    }

    /// The tree of a draw that was made; kept, because many ask for their proof.
    pub(super) async fn drawn_tree(
        &self,
        performance: Uuid,
        handle: &Handle<room::Room>,
    ) -> Result<Arc<Tree>> {
        let drawn =
            handle.read(|room, _| room.line().is_some_and(|line| line.drawn().is_some()))?;
        if !drawn {
            return Err(Error::NotFound("draw"));
        }
        // Locked meanwhile: the others who ask wait for this one.
        let mut trees = self.inner.rooms.trees.lock().await;
        if let Some(tree) = trees.get(&performance) {
            return Ok(Arc::clone(tree));
        }
        let tree = Arc::new(self.room_tree(handle).await?);
        trees.insert(performance, Arc::clone(&tree));
        Ok(tree)
    }

    /// What was published of a room's draw, once it was made.
    pub async fn room_draw(&self, performance: Uuid) -> Result<Option<Draw>> {
        let handle = self.room_of(performance).await?;
        Ok(handle.read(|room, _| room.line().and_then(published))?)
    }

    /// The whole draw as a file: what was published, and who took which place. 16 bytes a place.
    pub async fn room_draw_file(&self, performance: Uuid) -> Result<Option<Vec<u8>>> {
        let handle = self.room_of(performance).await?;
        let room = handle.read(|room, _| room.clone())?;
        let written = tokio::task::spawn_blocking(move || {
            let line = room.line()?;
            let mut file = published(line)?.to_text().into_bytes();
            file.extend(line.fans().flat_map(|fan| fan.0));
            Some(file)
        });
        written.await.map_err(|error| Error::Broken("the file of a draw", error.into()))
    }

    /// That the holder of a receipt took part in the draw, and which position it gave them.
    pub async fn room_proof(&self, performance: Uuid, receipt: &str) -> Result<Proven> {
        let place = self.receipt(performance, receipt)?.place;
        let handle = self.room_of(performance).await?;
        let tree = self.drawn_tree(performance, &handle).await?;
        let proven = handle.read(|room, _| {
            let line = room.line()?;
            let proof = line.proof(&tree, place)?;
            let position = line.position(place)?;
            Some(Proven { place, position, fan: line.fan_digest(place)?, proof })
        })?;
        proven.ok_or(Error::NotFound("place in the draw"))
    }
}

/// A place in a draw, with what proves it.
#[derive(Debug, Clone)]
pub struct Proven {
    /// In the order of joining.
    pub place: Place,
    /// In the queue.
    pub position: u64,
    /// Who took it, as everybody may see it.
    pub fan: FanDigest,
    /// That this is in the draw.
    pub proof: Proof,
}

/// A draw as everybody may check it; none before it was made.
fn published(line: &Line) -> Option<Draw> {
    let terms = line.terms();
    let announced = terms.draw.as_ref()?;
    let drawn = line.drawn()?;
    let beacon = announced.beacon.as_ref().map(|beacon| Beacon {
        name: beacon.name.clone(),
        round: beacon.round,
        value: drawn.beacon.clone(),
    });
    let mut draw = Draw {
        sale: terms.sale_bytes(),
        places: drawn.places.into(),
        root: drawn.root,
        commitment: announced.commitment,
        seed: drawn.seed,
        beacon,
        key: [0; 32],
    };
    draw.key = draw.derived_key()?;
    Some(draw)
}
