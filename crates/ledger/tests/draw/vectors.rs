//! The test vectors of the specification, which were computed by a program that shares no line with
//! this one. The verifier in JavaScript is tested with the same file.

use frontrow_ledger::room::draw::{
    Draw, FanDigest, Hash, Material, Permutation, Proof, Tree, commitment, leaf, unhex_array,
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

#[derive(Deserialize)]
struct Vectors {
    fans: Vec<Person>,
    commitments: Vec<Opening>,
    trees: Vec<TreeOf>,
    keys: Vec<KeyOf>,
    permutations: Vec<Order>,
    files: Vec<File>,
}

#[derive(Deserialize)]
struct Person {
    sale: String,
    fan_key: String,
    digest: String,
    place: u64,
    leaf: String,
}

#[derive(Deserialize)]
struct Opening {
    seed: String,
    commitment: String,
}

#[derive(Deserialize)]
struct TreeOf {
    sale: String,
    places: u64,
    root: String,
    proofs: Vec<ProofOf>,
}

#[derive(Deserialize)]
struct ProofOf {
    place: u64,
    proof: String,
}

#[derive(Deserialize)]
struct KeyOf {
    sale: String,
    places: u64,
    root: String,
    seed: Option<String>,
    beacon: Option<String>,
    key: String,
}

#[derive(Deserialize)]
struct Order {
    key: String,
    places: u64,
    #[serde(default)]
    positions: Vec<u64>,
    #[serde(default)]
    some: Vec<(u64, u64)>,
}

#[derive(Deserialize)]
struct File {
    header: String,
    digests: String,
    positions: Vec<u64>,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../vectors/draw.json")).unwrap()
}

fn bytes(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| byte(std::str::from_utf8(pair).unwrap())).collect()
}

fn byte(pair: &str) -> u8 {
    u8::from_str_radix(pair, 16).unwrap()
}

fn array<const N: usize>(text: &str) -> [u8; N] {
    unhex_array(text).unwrap()
}

fn digest_of(sale: &[u8; 16], place: u64) -> FanDigest {
    let key = Sha256::digest(place.to_be_bytes());
    FanDigest::new(sale, u128::from_be_bytes(key[..16].try_into().unwrap()))
}

#[test]
fn fans_and_leaves() {
    for fan in vectors().fans {
        let key = u128::from_be_bytes(array(&fan.fan_key));
        let digest = FanDigest::new(&array(&fan.sale), key);
        assert_eq!(hex::encode(digest.0), fan.digest);
        assert_eq!(hex::encode(leaf(fan.place, &digest)), fan.leaf);
    }
}

#[test]
fn commitments() {
    for vector in vectors().commitments {
        assert_eq!(hex::encode(commitment(&array(&vector.seed))), vector.commitment);
    }
}

#[test]
fn trees_and_proofs() {
    for vector in vectors().trees {
        let sale = array(&vector.sale);
        let leaf_at = |place| leaf(place, &digest_of(&sale, place));
        let tree = Tree::build((0..vector.places).map(leaf_at));
        assert_eq!(hex::encode(tree.root()), vector.root, "{} places", vector.places);
        for ProofOf { place, proof } in vector.proofs {
            assert_eq!(hex::encode(tree.proof(place, leaf_at).unwrap().to_bytes()), proof);
            let proof = Proof::from_bytes(&bytes(&proof)).unwrap();
            proof.verify(place, &leaf_at(place), vector.places, &array(&vector.root)).unwrap();
        }
    }
}

#[test]
fn keys() {
    for vector in vectors().keys {
        let seed: Option<Hash> = vector.seed.map(|seed| array(&seed));
        let beacon = vector.beacon.map(|beacon| bytes(&beacon));
        let material = Material {
            sale: &array(&vector.sale),
            places: vector.places,
            root: &array(&vector.root),
            seed: seed.as_ref(),
            beacon: beacon.as_deref(),
        };
        assert_eq!(hex::encode(material.key().unwrap()), vector.key);
    }
}

#[test]
fn permutations() {
    for vector in vectors().permutations {
        let order = Permutation::new(&array(&vector.key), vector.places).unwrap();
        let some = (0..).zip(vector.positions).chain(vector.some);
        for (place, position) in some {
            assert_eq!(order.position(place), Some(position), "{place} of {}", vector.places);
            assert_eq!(order.place(position), Some(place), "{place} of {}", vector.places);
        }
    }
}

#[test]
fn files() {
    for vector in vectors().files {
        let draw = Draw::from_text(vector.header.strip_suffix('\n').unwrap()).unwrap();
        assert_eq!(draw.to_text(), vector.header);
        assert_eq!(draw.faults(), []);
        let digests = bytes(&vector.digests);
        let (digests, []) = digests.as_chunks() else { panic!("whole digests") };
        let leaves = (0..).zip(digests).map(|(place, digest)| leaf(place, &FanDigest(*digest)));
        assert_eq!(Tree::build(leaves).root(), draw.root);
        let order = Permutation::new(&draw.key, draw.places).unwrap();
        let positions: Vec<_> = (0..draw.places).filter_map(|at| order.position(at)).collect();
        assert_eq!(positions, vector.positions);
    }
}
