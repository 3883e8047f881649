//! What a fan gets for joining: all that they and the shop need to know of their place, ever.

use crate::{
    Place,
    room::{
        BadSeal, SealKeys,
        draw::FanDigest,
        seal::{Purpose, sealed_bytes},
    },
};

/// A place in one room, and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Whose queue it is.
    pub sale: u128,
    /// In the order of joining.
    pub place: Place,
    /// Who took it, as everybody may see it.
    pub fan: FanDigest,
    /// When, in seconds since the Unix epoch.
    pub joined_second: u32,
}

const BODY: usize = 16 + 4 + 16 + 4;

impl Receipt {
    /// Bytes of a sealed receipt.
    pub const SEALED: usize = sealed_bytes(BODY);

    /// | bytes | what |
    /// |---|---|
    /// | 0 | version: 1 |
    /// | 1..3 | id of the key |
    /// | 3..19 | sale |
    /// | 19..23 | place |
    /// | 23..39 | digest of the fan key |
    /// | 39..43 | second of joining |
    /// | 43..59 | HMAC-SHA-256 of 3..43, the first 16 bytes |
    ///
    /// Numbers are big endian. The same receipt sealed with the same key has the same bytes.
    pub fn seal(&self, keys: &SealKeys) -> [u8; Self::SEALED] {
        let mut body = [0; BODY];
        body[..16].copy_from_slice(&self.sale.to_be_bytes());
        body[16..20].copy_from_slice(&self.place.0.to_be_bytes());
        body[20..36].copy_from_slice(&self.fan.0);
        body[36..].copy_from_slice(&self.joined_second.to_be_bytes());
        let mut sealed = [0; Self::SEALED];
        keys.seal(Purpose::Receipt, &body, &mut sealed);
        sealed
    }

    /// What a sealed receipt for this sale says.
    pub fn open(sealed: &[u8], keys: &SealKeys, sale: u128) -> Result<Self, BadSeal> {
        let body: [u8; BODY] = keys.open(Purpose::Receipt, sealed)?;
        let mut fields = body.as_slice();
        let receipt = Self {
            sale: u128::from_be_bytes(take(&mut fields)),
            place: Place(u32::from_be_bytes(take(&mut fields))),
            fan: FanDigest(take(&mut fields)),
            joined_second: u32::from_be_bytes(take(&mut fields)),
        };
        if receipt.sale == sale { Ok(receipt) } else { Err(BadSeal::OtherSale) }
    }
}

/// The next field of a body.
pub(super) fn take<const BYTES: usize>(fields: &mut &[u8]) -> [u8; BYTES] {
    let (field, rest) = fields.split_first_chunk().expect("a body is as long as its fields");
    *fields = rest;
    *field
}
