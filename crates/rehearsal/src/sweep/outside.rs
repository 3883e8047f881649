//! Judges what was seen from outside. Pure.

use std::collections::{HashMap, HashSet};

use super::{
    Check, Seen, Sweep,
    gather::{HoldNow, PlaceNow, SeenOrder},
};
use crate::fan::{HoldEnd, Money};

/// Holds everything that was seen against everything that must be true.
pub fn judge(seen: &Seen) -> Sweep {
    let sold = seen.orders.iter().map(tickets).sum();
    let held = seen
        .holds
        .iter()
        .map(|hold| if let HoldNow::Live(places) = hold.now { places } else { 0 })
        .sum();
    let (before, after) = seen.free;
    let others = signed(before) - signed(after) - signed(sold) - signed(held);
    let checks = vec![
        sold_once(seen),
        barcodes(seen),
        known_orders(seen),
        paid_orders(seen),
        known_holds(seen),
        places(seen, others),
        per_order(seen),
        per_buyer(seen),
        sightings(seen),
    ];
    Sweep { checks, sold, held, others }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn tickets(order: &SeenOrder) -> u64 {
    order.now.as_ref().map_or(0, |now| now.valid() as u64)
}

fn sold_once(seen: &Seen) -> Check {
    let mut check = Check::new("outside", "no place is sold twice");
    let mut owners: HashMap<&PlaceNow, u32> = HashMap::new();
    for order in &seen.orders {
        let Some(now) = order.now.as_ref().filter(|now| now.valid() > 0) else { continue };
        for position in &now.positions {
            let PlaceNow::Seat { section, row, seat } = &position.place else { continue };
            let other = owners.insert(&position.place, order.fan);
            check.examine(other.map(|other| {
                format!("section {section}, row {row}, seat {seat}: fans {other} and {}", order.fan)
            }));
        }
    }
    check
}

fn barcodes(seen: &Seen) -> Check {
    let mut check = Check::new("outside", "no barcode is given out twice");
    let mut known = HashSet::new();
    for order in &seen.orders {
        let tickets = order.now.iter().flat_map(|now| &now.tickets);
        for ticket in tickets.filter(|ticket| ticket.valid) {
            let fresh = ticket.barcode.as_ref().is_some_and(|barcode| known.insert(barcode));
            check.examine((!fresh).then(|| format!("fan {}: ticket {}", order.fan, ticket.id)));
        }
    }
    check
}

fn known_orders(seen: &Seen) -> Check {
    let mut check = Check::new("outside", "every acknowledged order is known");
    for order in &seen.orders {
        check.examine(order.now.is_none().then(|| format!("an order of fan {}", order.fan)));
    }
    check
}

fn paid_orders(seen: &Seen) -> Check {
    let mut check = Check::new("outside", "every paid order has its tickets or its money back");
    for order in &seen.orders {
        let Some(now) = &order.now else { continue };
        let valid = now.valid();
        let complete = valid == usize::from(order.places) && valid == now.positions.len();
        let problem = match (order.money, now.state.as_str()) {
            (Money::Paid, "paid") if complete => None,
            (Money::Paid, "refunded" | "refunding") if valid == 0 && !order.seen_tickets => None,
            (Money::None, "paid") => Some("tickets without money".to_owned()),
            (Money::None, _) if valid == 0 => None,
            (_, state) => Some(format!("{valid} of {} tickets, {state}", order.places)),
        };
        check.examine(problem.map(|problem| format!("fan {}: {problem}", order.fan)));
    }
    check
}

fn known_holds(seen: &Seen) -> Check {
    let mut check = Check::new("outside", "every acknowledged hold is held, lapsed or given back");
    for hold in &seen.holds {
        let problem = match (hold.end, hold.now) {
            (HoldEnd::GivenBack, HoldNow::Live(places)) => {
                Some(format!("given back, but {places} are held"))
            }
            (HoldEnd::Left | HoldEnd::Ordered, HoldNow::Unknown) => Some("not known".to_owned()),
            (HoldEnd::Left | HoldEnd::Ordered, HoldNow::Live(places))
                if places != u64::from(hold.places) =>
            {
                Some(format!("{places} of {} places", hold.places))
            }
            _ => None,
        };
        check.examine(problem.map(|problem| format!("a hold of fan {}: {problem}", hold.fan)));
    }
    check
}

fn places(seen: &Seen, others: i64) -> Check {
    let mut check = Check::new("outside", "sold, held and free places add up");
    let (_, after) = seen.free;
    let counted = signed(after) == seen.free_by_api;
    check.examine(
        (!counted).then(|| format!("the map says {after} are free, the API {}", seen.free_by_api)),
    );
    // What others took cannot be known, but nobody gives the shop places.
    let accounted = if seen.alone && seen.lost == 0 { others == 0 } else { others >= 0 };
    check.examine((!accounted).then(|| format!("{others} places are not accounted for")));
    check
}

fn per_order(seen: &Seen) -> Check {
    let mut check = Check::new("outside", "no order is above the limit");
    for order in &seen.orders {
        let places = tickets(order);
        let above = places > u64::from(seen.per_order);
        check.examine(above.then(|| format!("fan {}: {places} places", order.fan)));
    }
    check
}

fn per_buyer(seen: &Seen) -> Check {
    let mut check = Check::new("outside", "no buyer is above the limit");
    let Some(limit) = seen.per_buyer else { return check };
    let mut buyers: HashMap<&str, u64> = HashMap::new();
    for order in &seen.orders {
        *buyers.entry(&order.email).or_default() += tickets(order);
    }
    for (email, places) in buyers {
        let above = places > u64::from(limit);
        check.examine(above.then(|| format!("{email}: {places} places")));
    }
    check
}

fn sightings(seen: &Seen) -> Check {
    let mut check = Check::new("outside", "no fan saw anything that must not be");
    check.examined = seen.fans.saturating_sub(seen.sightings.len() as u64);
    for sighting in &seen.sightings {
        check.examine(Some(sighting.clone()));
    }
    check
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::gather::{OrderNow, PositionNow, SeenHold, TicketNow};

    fn order(fan: u32, seats: &[u32]) -> SeenOrder {
        let place = |seat: &u32| PositionNow {
            place: PlaceNow::Seat { section: "A".into(), row: "1".into(), seat: seat.to_string() },
        };
        let ticket = |seat: &u32| TicketNow {
            id: format!("{fan}-{seat}"),
            valid: true,
            barcode: Some(format!("code-{fan}-{seat}")),
        };
        SeenOrder {
            fan,
            email: format!("{fan}@example.org"),
            places: u16::try_from(seats.len()).unwrap(),
            money: Money::Paid,
            seen_tickets: true,
            now: Some(OrderNow {
                state: "paid".into(),
                positions: seats.iter().map(place).collect(),
                tickets: seats.iter().map(ticket).collect(),
            }),
        }
    }

    fn sound() -> Seen {
        let hold = |fan, end, now| SeenHold { fan, places: 2, end, now };
        Seen {
            orders: vec![order(1, &[1, 2]), order(2, &[3])],
            holds: vec![
                hold(3, HoldEnd::Left, HoldNow::Live(2)),
                hold(4, HoldEnd::GivenBack, HoldNow::Unknown),
                hold(5, HoldEnd::Left, HoldNow::Lapsed),
            ],
            free: (20, 15),
            free_by_api: 15,
            per_order: 2,
            per_buyer: Some(2),
            alone: true,
            lost: 0,
            sightings: Vec::new(),
            fans: 5,
        }
    }

    /// The checks that find something.
    fn found(spoil: impl FnOnce(&mut Seen)) -> Vec<&'static str> {
        let mut seen = sound();
        spoil(&mut seen);
        let sweep = judge(&seen);
        assert_eq!(sweep.is_sound(), sweep.checks.iter().all(|check| check.violations.is_empty()));
        sweep.checks.iter().filter(|check| !check.holds()).map(|check| check.what).collect()
    }

    #[test]
    fn what_is_sound_is_sound() {
        assert_eq!(found(|_| {}), [""; 0]);
        let sweep = judge(&sound());
        assert_eq!((sweep.sold, sweep.held, sweep.others), (3, 2, 0));
    }

    #[test]
    fn a_place_that_is_sold_twice_is_found() {
        let twice = |seen: &mut Seen| {
            seen.orders[1] = order(2, &[2]);
        };
        assert_eq!(found(twice), ["no place is sold twice"]);
    }

    #[test]
    fn a_barcode_that_is_given_out_twice_is_found() {
        let twice = |seen: &mut Seen| {
            let code = seen.orders[0].now.as_ref().unwrap().tickets[0].barcode.clone();
            seen.orders[1].now.as_mut().unwrap().tickets[0].barcode = code;
        };
        assert_eq!(found(twice), ["no barcode is given out twice"]);
    }

    #[test]
    fn a_lost_order_is_found() {
        let lost = |seen: &mut Seen| {
            seen.orders[1].now = None;
            seen.free = (19, 15);
        };
        assert_eq!(found(lost), ["every acknowledged order is known"]);
    }

    #[test]
    fn money_without_all_its_tickets_is_found() {
        const WHAT: &str = "every paid order has its tickets or its money back";
        let missing = |seen: &mut Seen| {
            seen.orders[0].now.as_mut().unwrap().tickets[0].valid = false;
            seen.free = (19, 15);
        };
        assert_eq!(found(missing), [WHAT]);
        let pending = |seen: &mut Seen| {
            let now = seen.orders[0].now.as_mut().unwrap();
            (now.state, now.tickets) = ("awaiting-payment".into(), Vec::new());
            seen.free = (18, 15);
        };
        assert_eq!(found(pending), [WHAT]);
        let refunded_after_tickets = |seen: &mut Seen| {
            let now = seen.orders[0].now.as_mut().unwrap();
            (now.state, now.tickets) = ("refunded".into(), Vec::new());
            seen.free = (18, 15);
        };
        assert_eq!(found(refunded_after_tickets), [WHAT]);
        assert_eq!(
            found(|seen| seen.orders[0].money = Money::None),
            [WHAT],
            "tickets without money"
        );
    }

    #[test]
    fn a_hold_that_vanished_shrank_or_stayed_is_found() {
        const WHAT: &str = "every acknowledged hold is held, lapsed or given back";
        assert_eq!(found(|seen| seen.holds[2].now = HoldNow::Unknown), [WHAT]);
        let shrank = |seen: &mut Seen| {
            seen.holds[0].now = HoldNow::Live(1);
            seen.free = (19, 15);
        };
        assert_eq!(found(shrank), [WHAT]);
        let stayed = |seen: &mut Seen| {
            seen.holds[1].now = HoldNow::Live(2);
            seen.free = (22, 15);
        };
        assert_eq!(found(stayed), [WHAT]);
    }

    #[test]
    fn places_that_do_not_add_up_are_found() {
        const WHAT: &str = "sold, held and free places add up";
        assert_eq!(found(|seen| seen.free_by_api = 14), [WHAT]);
        assert_eq!(found(|seen| seen.free.0 = 21), [WHAT], "one is gone, and nobody has it");
        assert_eq!(found(|seen| seen.free.0 = 19), [WHAT], "oversold");
        let others = |seen: &mut Seen| (seen.alone, seen.free.0) = (false, 21);
        assert_eq!(found(others), [""; 0], "somebody else may have bought");
        let oversold = |seen: &mut Seen| (seen.alone, seen.free.0) = (false, 19);
        assert_eq!(found(oversold), [WHAT]);
    }

    #[test]
    fn a_fan_above_a_limit_is_found() {
        assert_eq!(found(|seen| seen.per_order = 1), ["no order is above the limit"]);
        let one_address = |seen: &mut Seen| seen.orders[1].email = seen.orders[0].email.clone();
        assert_eq!(found(one_address), ["no buyer is above the limit"]);
    }

    #[test]
    fn what_a_fan_saw_is_found() {
        let saw = |seen: &mut Seen| seen.sightings.push("fan 1: an empty cart".into());
        assert_eq!(found(saw), ["no fan saw anything that must not be"]);
    }
}
