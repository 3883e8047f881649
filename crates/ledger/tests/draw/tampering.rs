//! Whoever changes anything that was published is caught, every time.

use frontrow_ledger::{
    limits::BEACON_BYTES_MAX,
    room::draw::{FanDigest, Hash, Material, Proof, ProofFault, Tree, commitment, leaf},
};
use proptest::prelude::*;

use crate::{SALE, fan_key, key, leaf_at};

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_proof_proves_one_leaf_at_one_place_in_one_tree(
        places in 1..3_000_u64,
        some: u64,
        bit: usize,
        other: u64,
    ) {
        let tree = Tree::build((0..places).map(leaf_at));
        let (root, place) = (tree.root(), some % places);
        let proof = tree.proof(place, leaf_at).unwrap();
        let own = leaf_at(place);
        prop_assert_eq!(proof.verify(place, &own, places, &root), Ok(()));

        // One bit of each thing that goes in.
        prop_assert_eq!(proof.verify(place, &flip(own, bit), places, &root), Err(ProofFault::Root));
        prop_assert_eq!(proof.verify(place, &own, places, &flip(root, bit)), Err(ProofFault::Root));
        let bytes = proof.to_bytes();
        if !bytes.is_empty() {
            let mut changed = bytes.clone();
            changed[bit / 8 % bytes.len()] ^= 1 << (bit % 8);
            let changed = Proof::from_bytes(&changed).unwrap();
            prop_assert_eq!(changed.verify(place, &own, places, &root), Err(ProofFault::Root));
        }
        // Another place, another number of places, another person.
        let elsewhere = other % places;
        if elsewhere != place {
            prop_assert!(proof.verify(elsewhere, &own, places, &root).is_err());
            prop_assert!(proof.verify(place, &leaf_at(elsewhere), places, &root).is_err());
        }
        for wrong in [places - 1, places + 1, places * 2, other, u64::MAX] {
            if wrong != places {
                prop_assert!(proof.verify(place, &own, wrong, &root).is_err());
            }
        }
        let stranger = leaf(place, &FanDigest::new(&SALE, fan_key(place) ^ 1));
        prop_assert_eq!(proof.verify(place, &stranger, places, &root), Err(ProofFault::Root));
        let other_sale = leaf(place, &FanDigest::new(b"another sale's..", fan_key(place)));
        prop_assert_eq!(proof.verify(place, &other_sale, places, &root), Err(ProofFault::Root));
        // Longer, shorter.
        let mut longer = bytes.clone();
        longer.extend([0; 32]);
        prop_assert_eq!(
            Proof::from_bytes(&longer).unwrap().verify(place, &own, places, &root),
            Err(ProofFault::Length)
        );
        if let Some(shorter) = bytes.len().checked_sub(32) {
            prop_assert_eq!(
                Proof::from_bytes(&bytes[..shorter]).unwrap().verify(place, &own, places, &root),
                Err(ProofFault::Length)
            );
            prop_assert_eq!(Proof::from_bytes(&bytes[1..]), Err(ProofFault::Length));
        }
    }

    #[test]
    fn another_leaf_is_another_root(places in 1..2_000_u64, some: u64, bit: usize) {
        let place = some % places;
        let root = Tree::build((0..places).map(leaf_at)).root();
        let changed = |at| if at == place { flip(leaf_at(at), bit) } else { leaf_at(at) };
        prop_assert_ne!(Tree::build((0..places).map(changed)).root(), root);
    }

    #[test]
    fn a_changed_seed_beacon_root_number_or_sale_is_another_key(
        seed: Hash,
        root: Hash,
        sale: [u8; 16],
        beacon in proptest::collection::vec(any::<u8>(), 1..=BEACON_BYTES_MAX),
        places: u64,
        bit: usize,
    ) {
        let all = Material {
            sale: &sale, places, root: &root, seed: Some(&seed), beacon: Some(&beacon),
        };
        let key = all.key().unwrap();
        let (other_seed, other_root) = (flip(seed, bit), flip(root, bit));
        let mut other_sale = sale;
        other_sale[bit / 8 % 16] ^= 1 << (bit % 8);
        let mut other_beacon = beacon.clone();
        other_beacon[bit / 8 % beacon.len()] ^= 1 << (bit % 8);
        let others = [
            Material { sale: &other_sale, ..all },
            Material { places: places ^ 1 << (bit % 64), ..all },
            Material { root: &other_root, ..all },
            Material { seed: Some(&other_seed), ..all },
            Material { seed: None, ..all },
            Material { beacon: Some(&other_beacon), ..all },
            Material { beacon: Some(&beacon[1..]), ..all },
            Material { beacon: None, ..all },
            Material { seed: None, beacon: None, ..all },
        ];
        for other in others {
            prop_assert_ne!(other.key(), Some(key), "{:?}", other);
        }
        prop_assert_ne!(commitment(&other_seed), commitment(&seed));
    }
}

#[test]
fn a_node_cannot_be_shown_as_a_leaf() {
    let tree = Tree::build((0..4).map(leaf_at));
    let half = Tree::build((0..2).map(leaf_at));
    // The node above the first two, shown as the first leaf of a tree of two.
    let path = tree.proof(2, leaf_at).unwrap().to_bytes()[32..].to_vec();
    let right = tree.proof(0, leaf_at).unwrap().to_bytes()[32..].to_vec();
    let node: Hash = path.try_into().unwrap();
    let short = Proof::from_bytes(&right).unwrap();
    assert_eq!(short.verify(0, &node, 2, &tree.root()), Err(ProofFault::Root));
    assert_eq!(short.verify(0, &half.root(), 2, &tree.root()), Err(ProofFault::Root));
    assert_eq!(short.verify(0, &node, 4, &tree.root()), Err(ProofFault::Length));
}

#[test]
fn the_commitment_is_the_plain_hash_that_anybody_can_check_by_hand() {
    // `printf '%064d' 0 | xxd -r -p | sha256sum`
    let expected = 0x6668_7aad_f862_bd77_6c8f_c18b_8e9f_8e20_u128.to_be_bytes();
    assert_eq!(commitment(&[0; 32])[..16], expected);
}

#[test]
fn a_beacon_that_is_too_long_gives_no_key() {
    let beacon = [0; BEACON_BYTES_MAX + 1];
    let material =
        Material { sale: &SALE, places: 1, root: &key(0), seed: None, beacon: Some(&beacon) };
    assert_eq!(material.key(), None);
    assert!(Material { beacon: Some(&beacon[1..]), ..material }.key().is_some());
}

fn flip(mut hash: Hash, bit: usize) -> Hash {
    hash[bit / 8 % 32] ^= 1 << (bit % 8);
    hash
}

#[test]
fn the_same_person_at_another_place_is_another_leaf() {
    let fan = FanDigest::new(&SALE, fan_key(0));
    assert_ne!(leaf(0, &fan), leaf(1, &fan));
}
