//! The draw: opened when it is time, and shown so that anybody can check it.

use std::sync::Arc;

use frontrow_ledger::{
    CommandId, Place, Time,
    room::{
        self, Command, Line, Refusal,
        draw::{Beacon, Draw, FanDigest, Hash, Proof, Tree},
    },
};
use frontrow_log::Handle;
use uuid::Uuid;

use crate::{Error, Result, Shop};

impl Shop {
    /// Publishes who takes part in a draw that waits for a beacon, once: its value counts only after that.
    pub(super) async fn publish_root(
        &self,
        performance: Uuid,
        handle: &Handle<room::Room>,
    ) -> Result<()> {
        let waits = handle.read(|room, _| {
            let line = room.line()?;
            let announced = line.terms().draw.as_ref()?.beacon.is_some();
            Some(announced && line.published().is_none())
        })?;
        if waits != Some(true) {
            return Ok(());
        }
        let root = self.room_tree(handle).await?.root();
        let id = self.command_id("publish-root", &[performance.as_bytes(), &root]);
        self.ask_room(handle, id, Command::Publish { root }).await.map(|_| ())
    }

    /// Draws with our seed and, where one was announced, the beacon; without the beacon if it did not come in time.
    pub(super) async fn draw_with(
        &self,
        performance: Uuid,
        handle: &Handle<room::Room>,
        beacon: Option<Vec<u8>>,
        id: CommandId,
    ) -> Result<()> {
        let published = handle.read(|room, _| room.line().and_then(Line::published))?;
        let root = match published {
            Some((_, root)) => root,
            None => self.room_tree(handle).await?.root(),
        };
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

    /// Who takes part in the draw of a room that waits for a beacon: how many, the root over them, and when it was
    /// published.
    pub async fn room_root(&self, performance: Uuid) -> Result<Option<PublishedRoot>> {
        let handle = self.room_of(performance).await?;
        let root = handle.read(|room, _| {
            let line = room.line()?;
            let (at, root) = line.published()?;
            let announced = line.terms().draw.as_ref()?;
            Some(PublishedRoot {
                places: line.frozen()?,
                root,
                at,
                commitment: announced.commitment,
                beacon: announced.beacon.clone(),
            })
        })?;
        Ok(root)
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

/// Who takes part in a draw, published before the beacon that decides it.
#[derive(Debug, Clone)]
pub struct PublishedRoot {
    /// Places that take part: the first so many.
    pub places: u32,
    /// The Merkle root over their leaves.
    pub root: Hash,
    /// When it was written to the log.
    pub at: Time,
    /// Of the seed.
    pub commitment: Hash,
    /// Which round counts.
    pub beacon: Option<room::Beacon>,
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
