//! The tree and its proofs against RFC 9162, section 2.1, written down as it stands there.

use frontrow_ledger::room::draw::{Hash, Proof, Tree};
use sha2::{Digest as _, Sha256};

use crate::leaf_at;

/// MTH of section 2.1.1, over leaves that are hashed already.
fn mth(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            Sha256::new_with_prefix([1])
                .chain_update(mth(left))
                .chain_update(mth(right))
                .finalize()
                .into()
        }
    }
}

/// PATH of section 2.1.3.1.
fn path(place: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut path, other) =
        if place < k { (path(place, left), right) } else { (path(place - k, right), left) };
    path.push(mth(other));
    path
}

/// The largest power of two smaller than `n`.
fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

fn root(leaves: &[Hash]) -> Hash {
    Sha256::new_with_prefix([2])
        .chain_update(u64::try_from(leaves.len()).unwrap().to_be_bytes())
        .chain_update(mth(leaves))
        .finalize()
        .into()
}

#[test]
fn up_to_a_few_blocks_root_and_proofs_are_those_of_the_rfc() {
    let leaves: Vec<Hash> = (0..1_300).map(leaf_at).collect();
    let mut tree = Tree::default();
    assert_eq!(tree.root(), root(&[]));
    for places in 1..=leaves.len() {
        tree.push(leaves[places - 1]);
        let leaves = &leaves[..places];
        assert_eq!(tree.root(), root(leaves), "{places}");
        // All of them where it is quick, else around the edges of blocks and in between.
        let step = if places < 40 { 1 } else { 127 };
        for place in (0..places).step_by(step).chain([places - 1]) {
            let number = u64::try_from(place).unwrap();
            let proof = tree.proof(number, |at| leaves[usize::try_from(at).unwrap()]).unwrap();
            assert_eq!(proof.to_bytes(), path(place, leaves).concat(), "{place} of {places}");
            proof.verify(number, &leaves[place], tree.places(), &tree.root()).unwrap();
        }
    }
}

#[test]
fn a_large_tree_is_that_of_the_rfc_too() {
    let leaves: Vec<Hash> = (0..100_003).map(leaf_at).collect();
    let tree = Tree::build(leaves.iter().copied());
    assert_eq!(tree.root(), root(&leaves));
    for place in [0, 1, 255, 256, 65_535, 65_536, 99_839, 99_840, 100_001, 100_002] {
        let proof = tree.proof(place, leaf_at).unwrap();
        assert_eq!(proof.to_bytes(), path(usize::try_from(place).unwrap(), &leaves).concat());
    }
}

#[test]
fn a_place_that_is_not_there_has_no_proof() {
    let tree = Tree::build((0..300).map(leaf_at));
    assert_eq!(tree.proof(300, leaf_at), None);
    assert_eq!(tree.proof(u64::MAX, leaf_at), None);
}

#[test]
fn a_million_places_take_a_quarter_of_a_byte_each() {
    let tree = Tree::build((0..1_000_000).map(leaf_at));
    let bytes = postcard::to_allocvec(&tree).unwrap().len();
    assert!(bytes < 270_000, "{bytes}");
    let again: Tree = postcard::from_bytes(&postcard::to_allocvec(&tree).unwrap()).unwrap();
    assert_eq!(again, tree);
}

#[test]
fn a_proof_fits_a_kilobyte_whatever_the_crowd() {
    let proof = |places: u32| 32 * places.next_power_of_two().ilog2();
    assert_eq!(proof(10_000_000), 768);
    assert!(proof(frontrow_ledger::limits::DRAW_PLACES_MAX.try_into().unwrap()) < 1_024);
    let tree = Tree::build((0..100_000).map(leaf_at));
    let bytes = tree.proof(77_777, leaf_at).unwrap().to_bytes();
    assert_eq!(bytes.len(), usize::try_from(proof(100_000)).unwrap());
    assert_eq!(Proof::from_bytes(&bytes).unwrap(), tree.proof(77_777, leaf_at).unwrap());
}
