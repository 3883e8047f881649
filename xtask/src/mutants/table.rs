//! The planted bugs.

use super::Mutant;

pub(super) const MUTANTS: [Mutant; 37] = [
    Mutant {
        name: "an area's capacity is not checked",
        file: "ledger/src/sale/decide/places.rs",
        before: "if *places > left {",
        after: "if false {",
    },
    Mutant {
        name: "a cancelled place does not return to sale",
        file: "ledger/src/sale/apply.rs",
        before: "self.stock.shift_all(&returned, Shift::CANCEL);",
        after: "",
    },
    Mutant {
        name: "a place can be cancelled twice",
        file: "ledger/src/sale/orders.rs",
        before: "self.cancelled |= bit(position);",
        after: "",
    },
    Mutant {
        name: "a place that was removed still counts towards limits",
        file: "ledger/src/sale/apply.rs",
        before: "self.allocations.subtract(hold.channel, &kinds(gone.iter()));",
        after: "",
    },
    Mutant {
        name: "a hold lapses a moment too late",
        file: "ledger/src/sale/holds.rs",
        before: "*until <= now",
        after: "*until < now",
    },
    Mutant {
        name: "a hold may be extended once too often",
        file: "ledger/src/sale/decide/times.rs",
        before: "if hold.extended >= times.extensions {",
        after: "if hold.extended > times.extensions {",
    },
    Mutant {
        name: "a hold gains time whenever it grows",
        file: "ledger/src/sale/decide/hold.rs",
        before: "Some(hold) => hold.until,",
        after: "Some(hold) => times::held(&book.terms.hold, at.now, hold.created, at.salt),",
    },
    Mutant {
        name: "a lapsed hold can be used as if it were live",
        file: "ledger/src/sale/decide.rs",
        before: "hold if hold.is_live() => Ok(hold),",
        after: "hold if true => Ok(hold),",
    },
    Mutant {
        name: "late money takes places that somebody else has",
        file: "ledger/src/sale/decide/orders.rs",
        before: "        places::refuse_taken(book, hold)?;
    }",
        after: "    }",
    },
    Mutant {
        name: "only the first limit counts",
        file: "ledger/src/sale/allocations.rs",
        before: "in self.rules.iter().zip(&self.taken).enumerate() {",
        after: "in self.rules.iter().zip(&self.taken).enumerate().take(1) {",
    },
    Mutant {
        name: "the price is that of the moment of payment",
        file: "ledger/src/sale/decide/orders.rs",
        before: "
    let positions = Arc::clone(&hold.positions);
    Ok(Decision::Record(",
        after: "
    let reprice = |held: &crate::sale::Position| crate::sale::Position {
        price_minor: book.prices.get(held.kind()).unwrap_or(held.price_minor),
        ..*held
    };
    let positions: Arc<[_]> = hold.positions.iter().map(reprice).collect();
    Ok(Decision::Record(",
    },
    Mutant {
        name: "the limit per buyer does not see open payments",
        file: "ledger/src/sale/decide/orders.rs",
        before: "
        has -= u32::try_from(hold.positions.len()).unwrap_or(0);
    }",
        after: "
    }
    let paid = book.orders.iter().filter(|(_, order)| order.buyer == buyer);
    has = paid.map(|(_, order)| u32::try_from(order.valid().count()).unwrap_or(0)).sum();",
    },
    Mutant {
        name: "a hold is granted in part",
        file: "ledger/src/sale/decide/hold.rs",
        before: "let positions = choose(&wanted)?;",
        after: "let positions: Arc<[_]> = choose(&wanted)?.iter().take(3).copied().collect();",
    },
    Mutant {
        name: "a window is open at the moment it closes",
        file: "ledger/src/sale/windows.rs",
        before: "closes.is_none_or(|closes| now < closes)",
        after: "closes.is_none_or(|closes| now <= closes)",
    },
    Mutant {
        name: "a command is not remembered",
        file: "ledger/src/memory.rs",
        before: "self.index.insert(hash(&applied.id), short(number));",
        after: "",
    },
    Mutant {
        name: "one id for two questions is not noticed",
        file: "ledger/src/memory.rs",
        before: "Some(answer) if answer.fingerprint == fingerprint =>",
        after: "Some(answer) if true =>",
    },
    Mutant {
        name: "a loaded snapshot forgets what is due",
        file: "ledger/src/sale/holds.rs",
        before: "restored.add(id, hold);",
        after: "restored.by_id.insert(id, hold);",
    },
    Mutant {
        name: "an answer leaves before the append",
        file: "log/src/sequencer/batch.rs",
        before: "Poll::Pending => self.decide_until(append).await,",
        after: "Poll::Pending => Ok(Ok(())),",
    },
    Mutant {
        name: "what was decided ahead is answered with the round before",
        file: "log/src/sequencer/batch.rs",
        before: "std::mem::swap(&mut self.round, &mut self.ahead);",
        after: "self.ahead.answer();",
    },
    Mutant {
        name: "what was decided ahead outlives the round that failed",
        file: "log/src/sequencer/batch.rs",
        before: "self.ahead.give_back(&mut self.batch);",
        after: "",
    },
    Mutant {
        name: "an append that was given up is followed by what was decided after it",
        file: "log/src/sequencer/batch.rs",
        before: "
        self.draft = Arc::default();",
        after: "",
    },
    Mutant {
        name: "more is decided for an entry that the log has taken",
        file: "log/src/sequencer/batch.rs",
        before: ".filter(|_| !page.is_taken())",
        after: ".filter(|_| true)",
    },
    Mutant {
        name: "what was decided stays although another replica was faster",
        file: "log/src/sequencer/batch.rs",
        before: "
        self.speculative = None;
        self.behind = true;",
        after: "
        self.behind = true;",
    },
    Mutant {
        name: "a refusal rests on a state that has fallen behind",
        file: "log/src/sequencer/batch.rs",
        before: "if up_to_date { Ok(Settled::UpToDate) } else { self.look_at_head().await }",
        after: "Ok(Settled::UpToDate)",
    },
    Mutant {
        name: "a lost acknowledgement counts as nothing happened",
        file: "log/src/sequencer/round.rs",
        before: "pending.doubtful |= matches!(outcome, Outcome::Recorded);",
        after: "let _ = (pending, outcome);",
    },
    Mutant {
        name: "time goes back with the clock",
        file: "log/src/sequencer/round.rs",
        before: "self.now = now.max(state.now());",
        after: "self.now = now;",
    },
    Mutant {
        name: "a shop takes one more than its cap",
        file: "ledger/src/room/decide/turns.rs",
        before: "line.visitors.len() >= line.terms.policy.cap",
        after: "line.visitors.len() > line.terms.policy.cap",
    },
    Mutant {
        name: "a fan comes in again after leaving",
        file: "ledger/src/room/apply.rs",
        before: "self.places.enter(*place);",
        after: "",
    },
    Mutant {
        name: "a retried join gets a second place",
        file: "ledger/src/room/decide.rs",
        before: "if let Some(place) = line.places.find(fan) {",
        after: "if let Some(place) = None::<crate::Place> {",
    },
    Mutant {
        name: "a pass ends a moment too late",
        file: "ledger/src/room/line.rs",
        before: "*until <= now)",
        after: "*until < now)",
    },
    Mutant {
        name: "an extended pass does not end",
        file: "ledger/src/room/visitors.rs",
        before: "        self.expiry.push(until, place);
        self.tidy(place);",
        after: "        self.tidy(place);",
    },
    Mutant {
        name: "turns come before the order is drawn",
        file: "ledger/src/room/view.rs",
        before: "if self.phase(now) == Phase::Queue { self.waiting() } else { 0 }",
        after: "self.waiting()",
    },
    Mutant {
        name: "whoever comes first after the start is taken for drawn",
        file: "ledger/src/room/view.rs",
        before: "Some(frozen) => place.0 < frozen,",
        after: "Some(frozen) => place.0 <= frozen,",
    },
    Mutant {
        name: "a loaded snapshot forgets who has come in",
        file: "ledger/src/room/places.rs",
        before: "Bits::from_words(&entered)",
        after: "Bits::default()",
    },
    Mutant {
        name: "a seed that was not announced is taken",
        file: "ledger/src/room/decide/organise.rs",
        before: "commitment(&seed) != terms.commitment",
        after: "false && commitment(&seed) != terms.commitment",
    },
    Mutant {
        name: "every replica's tick is heard",
        file: "ledger/src/room/decide/organise.rs",
        before: "if !line.admission.is_due(now) {",
        after: "if false {",
    },
    Mutant {
        name: "only joins are remembered",
        file: "ledger/src/room/state.rs",
        before: "        self.memory.remember(applied);",
        after: "",
    },
];
