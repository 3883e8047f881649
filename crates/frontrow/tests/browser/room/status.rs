//! What everybody polls, read by the page's script and by the ledger: the same bytes say the same.

use frontrow_ledger::{
    Time,
    room::{
        Phase, Polls, Status,
        admission::{Ceiling, Pace, Rate},
    },
};
use serde_json::{Value, json};

use crate::{chrome::Visitor, fan::Fan, shop::Shop};

const SCRIPT: &str = include_str!("status.js");
/// Statuses that are made up.
const COUNT: u64 = 3_000;
/// Numbers up to which a script counts exactly.
const EXACT_MAX: u64 = (1 << 53) - 1;
const PHASES: [&str; 7] = ["off", "closed", "gathering", "drawing", "queue", "sold-out", "ended"];

#[tokio::test]
async fn the_browser_reads_a_status_as_the_ledger_wrote_it() {
    let shop = Shop::start().await;
    let fan = Fan::visit(&shop, Visitor::phone()).await;
    fan.open("/").await;
    let cases: Vec<Value> = (0..COUNT)
        .map(|number| {
            let status = Chance(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1).status(number);
            let bytes = status.encode();
            let mut read = Status::decode(&bytes).unwrap();
            read.left.truncate(status.left.len());
            assert_eq!(read, status, "the ledger reads what it wrote");
            json!([bytes, said(&status)])
        })
        .collect();
    let answer = fan.chrome.page.execute_async(SCRIPT, vec![json!(cases)]).await.unwrap();
    // What did not agree, with both.
    assert_eq!(answer.json(), &json!([]));
    fan.leaves().await;
}

/// A status as the script has it.
fn said(status: &Status) -> Value {
    let slower = status.pace.slower.map(|ceiling| match ceiling {
        Ceiling::Paused | Ceiling::People | Ceiling::Demand => "full",
        Ceiling::Places => "places",
        Ceiling::Rate => "rate",
        Ceiling::Shop => "shop",
        Ceiling::Provider => "payments",
        Ceiling::Telemetry => "unmeasured",
    });
    let mut left = status.left.clone();
    left.resize(left.len().next_multiple_of(2), 0);
    let Polls { near, middle, far } = status.polls;
    json!({
        "phase": PHASES[status.phase as usize], "paused": status.paused, "at": status.at.0,
        "next": status.next.map(|next| next.0), "joined": status.joined, "cursor": status.cursor,
        "drawn": status.drawn, "soon": status.pace.soon, "now": status.pace.now.0,
        "low": status.pace.low.0, "high": status.pace.high.0, "slower": slower,
        "message": status.message, "polls": [near, middle, far],
        "prices": status.prices_minor.map(|(low, high)| [low, high]), "left": left,
    })
}

/// Numbers that look random and are the same each time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Of any size: as often one digit as many.
    fn number(&mut self, most: u64) -> u64 {
        let bits = self.below(64);
        (self.next() >> bits).min(most)
    }

    fn short(&mut self) -> u32 {
        u32::try_from(self.number(u32::MAX.into())).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    fn flip(&mut self) -> bool {
        self.below(2) == 0
    }

    fn status(&mut self, number: u64) -> Status {
        // Some decades around now; and the beginning of time.
        let at = if number == 0 { 0 } else { i64::try_from(self.below(1 << 42)).unwrap() };
        let distance = i64::try_from(self.below(1 << 40)).unwrap();
        let distance = if self.flip() { distance } else { -distance };
        let ceilings = [
            Ceiling::Paused,
            Ceiling::Places,
            Ceiling::Rate,
            Ceiling::Shop,
            Ceiling::Provider,
            Ceiling::Telemetry,
            Ceiling::People,
            Ceiling::Demand,
        ];
        let slower = ceilings.get(usize::try_from(self.below(16)).unwrap()).copied();
        let prices = [self.short(), self.short()];
        Status {
            phase: Phase::ALL[usize::try_from(number % 7).unwrap()],
            paused: self.flip(),
            at: Time(at),
            next: self.flip().then_some(Time(at + distance)),
            joined: self.number(EXACT_MAX),
            cursor: self.number(EXACT_MAX),
            drawn: self.short(),
            pace: Pace {
                soon: self.short(),
                now: Rate(self.number(EXACT_MAX)),
                low: Rate(self.number(EXACT_MAX)),
                high: Rate(self.number(EXACT_MAX)),
                slower,
            },
            message: self.short(),
            polls: Polls { near: self.byte(), middle: self.byte(), far: self.byte() },
            prices_minor: self.flip().then(|| {
                let [one, other] = prices;
                (one.min(other), one.max(other))
            }),
            left: (0..self.below(41)).map(|_| self.byte() & 15).collect(),
        }
    }
}
