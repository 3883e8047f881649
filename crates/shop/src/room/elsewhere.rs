//! A waiting room before somebody else's shop: whose turn has come is sent there with a token that any balancer or
//! library checks without asking us.
//!
//! The token is a JWT (RFC 7519) signed with HS256 and a key of that one room:
//!
//! | claim | what |
//! |---|---|
//! | `iss` | `frontrow` |
//! | `aud` | the performance |
//! | `sub` | the place in the queue; one person, however often they come |
//! | `iat`, `exp` | from and until when it lets somebody in, in seconds |

use frontrow_ledger::{
    Place,
    room::{Command, Pass, Refusal},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Device;
use crate::{Error, Result, Shop};

/// The parameter of the address that carries the token.
const PARAMETER: &str = "frontrow_pass";
const ISSUER: &str = "frontrow";

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: i64,
    exp: i64,
}

impl Shop {
    /// What somebody else's shop checks tokens with: 64 hexadecimal digits, to be used as they are written.
    pub fn gate_key(&self, performance: Uuid) -> String {
        hex::encode(self.keys().room_mac(&[b"gate", performance.as_bytes()]))
    }

    /// Where the holder of a pass goes on, if the room stands before somebody else's shop.
    pub fn gate_address(
        &self,
        performance: Uuid,
        pass: Option<&str>,
        device: Device,
    ) -> Result<Option<String>> {
        let Some(gate) = self.door(performance).gate.clone() else { return Ok(None) };
        let now = self.now();
        let Pass { place, until, .. } = self.pass(performance, pass, device, now)?;
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: performance.to_string(),
            sub: place.0.to_string(),
            iat: now.0 / 1_000,
            exp: until.0 / 1_000,
        };
        let key = EncodingKey::from_secret(self.gate_key(performance).as_bytes());
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)
            .map_err(|error| Error::Broken("the token", error.into()))?;
        let and = if gate.contains('?') { '&' } else { '?' };
        Ok(Some(format!("{gate}{and}{PARAMETER}={token}")))
    }

    /// Somebody left the other shop, by the token that they came with: the next one comes in at once. Who is not in it
    /// has left.
    pub async fn leave_gate(&self, performance: Uuid, token: &str) -> Result<()> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&[performance.to_string()]);
        rules.set_issuer(&[ISSUER]);
        // The room's own clock says whether a pass has ended, and then there is nothing to leave.
        rules.validate_exp = false;
        let key = DecodingKey::from_secret(self.gate_key(performance).as_bytes());
        let place = jsonwebtoken::decode::<Claims>(token, &key, &rules)
            .ok()
            .and_then(|token| token.claims.sub.parse().ok());
        let place = Place(place.ok_or(Error::Room(Refusal::NotYourTurn))?);
        let handle = self.room_of(performance).await?;
        match self.ask_room(&handle, self.new_command_id(), Command::Leave { place }).await {
            Ok(_) | Err(Error::Room(Refusal::NotInShop)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
