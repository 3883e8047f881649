//! A pass, minted and checked on one processor, beside three RS256 signatures as a token service of a cloud makes them.
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::{
    hint::black_box,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use frontrow_ledger::{
    Place, Time,
    room::{DeviceDigest, KeyId, Pass, SealKeys},
};
use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey},
};

use crate::bench::report::{Group, Line};

const LONGEST: Duration = Duration::from_secs(1);
/// As long as a token's header and claims.
const TOKEN: [u8; 300] = [b'x'; 300];

/// Each for a second, twice, in turns.
pub(super) fn measure(directory: &Path) -> Result<Group> {
    eprintln!("tokens");
    let mut group = Group::new("A pass, on one processor", "passes");
    let keys = SealKeys::new((KeyId(1), &[7; 32]), &[]);
    let pass = Pass {
        sale: 1,
        place: Place(7),
        device: DeviceDigest([9; 16]),
        until: Time(2_000_000_000_000),
    };
    let sealed = pass.seal(&keys);
    let rsa = rsa(directory)?;
    let (mut mints, mut checks, mut signs, mut verifies) = (0.0, 0.0, 0.0, 0.0);
    for _ in 0..2 {
        let mint = || {
            let _ = black_box(black_box(&pass).seal(&keys));
        };
        mints = f64::max(mints, rate(mint));
        checks = f64::max(
            checks,
            rate(|| {
                let opened = Pass::open(black_box(&sealed), &keys, 1, pass.device, Time(0));
                let _ = black_box(opened);
            }),
        );
        if let Some((pair, public)) = &rsa {
            let random = SystemRandom::new();
            let mut signature = vec![0; pair.public().modulus_len()];
            signs = f64::max(
                signs,
                rate(|| {
                    for _ in 0..3 {
                        let _ = black_box(pair.sign(
                            &RSA_PKCS1_SHA256,
                            &random,
                            &TOKEN,
                            &mut signature,
                        ));
                    }
                }),
            );
            verifies = f64::max(
                verifies,
                rate(|| {
                    for _ in 0..3 {
                        let _ = black_box(public.verify(&TOKEN, &signature));
                    }
                }),
            );
        }
    }
    let line = |name: &str, value: f64| Line {
        name: name.to_owned(),
        connections: None,
        count: 0,
        value,
        p50_ns: None,
        p99_ns: None,
        ratio: None,
    };
    let base = rsa.is_some();
    if base {
        group.lines.push(line("three RS256 tokens, signed", signs));
    } else {
        group.notes.push("openssl is not installed here, which makes the RSA key".to_owned());
    }
    group.lines.push(line("a pass, minted", mints).against(base.then_some(signs)));
    if base {
        group.lines.push(line("three RS256 tokens, checked", verifies));
    }
    group.lines.push(line("a pass, checked", checks).against(base.then_some(verifies)));
    Ok(group)
}

/// How often a second.
fn rate(mut once: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut count = 0_u32;
    while start.elapsed() < LONGEST {
        (0..16).for_each(|_| once());
        count += 16;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

/// A fresh key of 2,048 bits, and its public half.
fn rsa(directory: &Path) -> Result<Option<(RsaKeyPair, UnparsedPublicKey<Vec<u8>>)>> {
    let path = directory.join("rsa.der");
    let made = Command::new("openssl")
        .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        .args(["-outform", "DER", "-out"])
        .arg(&path)
        .stderr(Stdio::null())
        .status();
    if !made.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    let der = std::fs::read(&path)?;
    // As DER, releases of openssl write it with or without the wrapping of PKCS #8.
    let pair = RsaKeyPair::from_pkcs8(&der).or_else(|_| RsaKeyPair::from_der(&der));
    let pair = pair.ok().context("the key that openssl made is no key")?;
    let public =
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public().as_ref().to_vec());
    Ok(Some((pair, public)))
}
