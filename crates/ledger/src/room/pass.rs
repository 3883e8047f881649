//! What lets a fan into the shop: bound to the sale, the place and the device, and checked offline.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::{
    Place, Time,
    room::{
        BadSeal, SealKeys,
        receipt::take,
        seal::{Purpose, sealed_bytes},
    },
};

/// What a pass is bound to: the first 16 bytes of the SHA-256 of a secret that stays on the device.
/// Who has the pass but not the secret does not come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DeviceDigest(pub [u8; 16]);

/// The right to hold and to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// For which sale.
    pub sale: u128,
    /// Whose.
    pub place: Place,
    /// On which device.
    pub device: DeviceDigest,
    /// From this moment on it lets nobody in.
    pub until: Time,
}

const BODY: usize = 16 + 4 + 16 + 8;

impl Pass {
    /// Bytes of a sealed pass.
    pub const SEALED: usize = sealed_bytes(BODY);

    /// | bytes | what |
    /// |---|---|
    /// | 0 | version: 1 |
    /// | 1..3 | id of the key |
    /// | 3..19 | sale |
    /// | 19..23 | place |
    /// | 23..39 | digest of the device's secret |
    /// | 39..47 | end, in milliseconds since the Unix epoch |
    /// | 47..63 | HMAC-SHA-256 of 3..47, the first 16 bytes |
    ///
    /// Numbers are big endian.
    pub fn seal(&self, keys: &SealKeys) -> [u8; Self::SEALED] {
        let mut body = [0; BODY];
        body[..16].copy_from_slice(&self.sale.to_be_bytes());
        body[16..20].copy_from_slice(&self.place.0.to_be_bytes());
        body[20..36].copy_from_slice(&self.device.0);
        body[36..].copy_from_slice(&self.until.0.to_be_bytes());
        let mut sealed = [0; Self::SEALED];
        keys.seal(Purpose::Pass, &body, &mut sealed);
        sealed
    }

    /// What a sealed pass says, if it lets this device into this sale at this moment.
    pub fn open(
        sealed: &[u8],
        keys: &SealKeys,
        sale: u128,
        device: DeviceDigest,
        now: Time,
    ) -> Result<Self, BadSeal> {
        let body: [u8; BODY] = keys.open(Purpose::Pass, sealed)?;
        let mut fields = body.as_slice();
        let pass = Self {
            sale: u128::from_be_bytes(take(&mut fields)),
            place: Place(u32::from_be_bytes(take(&mut fields))),
            device: DeviceDigest(take(&mut fields)),
            until: Time(i64::from_be_bytes(take(&mut fields))),
        };
        if pass.sale != sale {
            return Err(BadSeal::OtherSale);
        }
        if !bool::from(pass.device.0.ct_eq(&device.0)) {
            return Err(BadSeal::OtherDevice);
        }
        if pass.until <= now { Err(BadSeal::Expired) } else { Ok(pass) }
    }
}
