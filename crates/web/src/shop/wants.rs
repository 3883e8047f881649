//! What a form of places asks for: `best.3.0=2`, `area.1.0=2`, `seat.17=0`, `split=1`.

use frontrow_ledger::{
    AreaId, CategoryId, SeatId, TicketTypeId,
    limits::PLACES_PER_HOLD_MAX,
    sale::{Refusal, Want},
};

/// Reads the fields of a form. Fields that are empty or zero ask for nothing.
pub fn read<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Vec<Want>, Refusal> {
    let (mut seats, mut groups, mut may_split) = (Vec::new(), Vec::<Group>::new(), false);
    for (name, value) in fields {
        let mut parts = name.split('.');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("split"), None, ..) => may_split = value == "1",
            (Some("seat"), Some(seat), None, _) => {
                seats.push((SeatId(number(seat)?), TicketTypeId(number(value)?)));
            }
            (Some(kind @ ("best" | "area")), Some(of), Some(ticket_type), None) => {
                let places = places(kind, of)?;
                let ticket_type = TicketTypeId(number(ticket_type)?);
                let count: usize = if value.is_empty() { 0 } else { number(value)? };
                add(&mut groups, places, ticket_type, count)?;
            }
            _ => return Err(Refusal::NothingAsked),
        }
    }
    let wanted = groups.into_iter().map(|group| group.want(may_split));
    let seats = (!seats.is_empty()).then_some(Want::Seats(seats));
    let wants: Vec<Want> = seats.into_iter().chain(wanted).collect();
    if wants.is_empty() { Err(Refusal::NothingAsked) } else { Ok(wants) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Places {
    Best(CategoryId),
    Area(AreaId),
}

struct Group {
    places: Places,
    ticket_types: Vec<TicketTypeId>,
}

impl Group {
    fn want(self, may_split: bool) -> Want {
        let ticket_types = self.ticket_types;
        match self.places {
            Places::Best(category) => Want::Best { category, ticket_types, may_split },
            Places::Area(area) => Want::Area { area, ticket_types },
        }
    }
}

fn places(kind: &str, of: &str) -> Result<Places, Refusal> {
    Ok(match kind {
        "best" => Places::Best(CategoryId(number(of)?)),
        _ => Places::Area(AreaId(number(of)?)),
    })
}

/// No list grows longer than any hold may be.
fn add(
    groups: &mut Vec<Group>,
    places: Places,
    ticket_type: TicketTypeId,
    count: usize,
) -> Result<(), Refusal> {
    let wanted: usize = groups.iter().map(|group| group.ticket_types.len()).sum();
    if count > PLACES_PER_HOLD_MAX - wanted.min(PLACES_PER_HOLD_MAX) {
        return Err(Refusal::TooManyPlaces { limit: PLACES_PER_HOLD_MAX });
    }
    if count == 0 {
        return Ok(());
    }
    let types = std::iter::repeat_n(ticket_type, count);
    match groups.iter_mut().find(|group| group.places == places) {
        Some(group) => group.ticket_types.extend(types),
        None => groups.push(Group { places, ticket_types: types.collect() }),
    }
    Ok(())
}

fn number<N: std::str::FromStr>(text: &str) -> Result<N, Refusal> {
    text.trim().parse().map_err(|_| Refusal::NothingAsked)
}

#[cfg(test)]
mod tests {
    use frontrow_ledger::{
        AreaId, CategoryId, SeatId, TicketTypeId,
        sale::{Refusal, Want},
    };

    fn check(fields: &[(&str, &str)], expected: &Result<Vec<Want>, Refusal>) {
        assert_eq!(&super::read(fields.iter().copied()), expected, "{fields:?}");
    }

    #[test]
    fn a_form_is_read_as_wants() {
        let [adult, student] = [TicketTypeId(0), TicketTypeId(1)];
        check(
            &[("best.3.0", "2"), ("best.3.1", "1"), ("split", "1"), ("best.3.2", "")],
            &Ok(vec![Want::Best {
                category: CategoryId(3),
                ticket_types: vec![adult, adult, student],
                may_split: true,
            }]),
        );
        check(
            &[("area.1.0", "2"), ("area.0.0", "0"), ("seat.17", "1"), ("seat.18", "0")],
            &Ok(vec![
                Want::Seats(vec![(SeatId(17), student), (SeatId(18), adult)]),
                Want::Area { area: AreaId(1), ticket_types: vec![adult, adult] },
            ]),
        );
    }

    #[test]
    fn nonsense_is_refused_and_never_grows() {
        let nothing = Err(Refusal::NothingAsked);
        check(&[], &nothing);
        check(&[("best.3.0", "0")], &nothing);
        check(&[("best.3.0", "-1")], &nothing);
        check(&[("best.3.0", "2.5")], &nothing);
        check(&[("best.99999.0", "1")], &nothing);
        check(&[("best.3", "1")], &nothing);
        check(&[("seat.4294967296", "0")], &nothing);
        check(&[("what", "ever")], &nothing);
        let too_many = Err(Refusal::TooManyPlaces { limit: 50 });
        check(&[("area.0.0", "2147483648")], &too_many);
        check(&[("area.0.0", "50"), ("best.0.0", "1")], &too_many);
    }
}
