//! Which places a fan asks for.

use rand::{RngExt, rngs::SmallRng, seq::IndexedRandom};

use crate::{
    crowd::Choice,
    pages::{Field, FieldKind},
    target::{Access, Drawing, Status, Target},
    whole::count,
};

/// A field of the page that fits the fan, or any that is left.
pub fn field(
    target: &Target,
    offered: &[Field],
    choice: Choice,
    rng: &mut SmallRng,
) -> Option<Field> {
    let access = |field: &Field| match field.kind {
        FieldKind::Best => target.drawing.access(field.of),
        FieldKind::Area => Access::Everyone,
    };
    let fits = |field: &&Field| match choice {
        Choice::Best | Choice::Map => {
            field.kind == FieldKind::Best && access(field) == Access::Everyone
        }
        Choice::Standing => field.kind == FieldKind::Area,
        Choice::Wheelchair => access(field) == Access::Wheelchair,
    };
    let fitting: Vec<&Field> = offered.iter().filter(fits).collect();
    if let Some(field) = fitting.choose(rng) {
        return Some(**field);
    }
    // Better anything than nothing; but nobody takes a place from somebody in a wheelchair.
    let any: Vec<&Field> =
        offered.iter().filter(|field| access(field) == Access::Everyone).collect();
    any.choose(rng).map(|field| **field)
}

/// So many seats beside each other that look free, near where everybody wants to sit: each with its category. Empty if
/// there are none.
pub fn seats(
    drawing: &Drawing,
    status: &Status,
    party: usize,
    rng: &mut SmallRng,
) -> Vec<(usize, u16)> {
    /// Rows that a fan looks through before giving up on the map.
    const ROWS_LOOKED_AT: usize = 400;
    let rows = drawing.rows.len();
    if rows == 0 {
        return Vec::new();
    }
    // Everybody looks at the front first: a square makes the first rows of the plan the crowded ones.
    let start = count(rng.random::<f64>().powi(2) * rows as f64);
    for step in 0..rows.min(ROWS_LOOKED_AT) {
        let Some(row) = drawing.rows.get((start + step) % rows) else { continue };
        let fits = |index: usize| {
            let category = row.categories.get(index).copied().unwrap_or_default();
            drawing.access(category) == Access::Everyone && status.is_free(row.first + index)
        };
        let mut run = 0;
        for index in 0..row.seats.len() {
            run = if fits(index) { run + 1 } else { 0 };
            if run == party {
                let seats = (index + 1 - party)..=index;
                return seats.map(|index| (row.first + index, row.categories[index])).collect();
            }
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn seats_are_beside_each_other_and_free() {
        let file = br##"{"version":1,"name":"T","size":[100,50],"categories":[{"name":"I","colour":"#b3123c","access":"everyone"},
            {"name":"W","colour":"#b3123c","access":"wheelchair"}],"zones":[{"name":"S","rows":[
            {"label":"1","seats":["1","2","3","4","5","6","7"],"at":[0,0,1,0,1,0,1,0,1,0,1,0,1,0],"category":[0,0,1,0,0,0,0]}]}],"areas":[],"shapes":[]}"##;
        let drawing = Drawing::parse(file).unwrap();
        let mut status = Status::new(7);
        status.update(br#"{"version":"1","selling":true,"seats":"EA==","areas":[]}"#).unwrap();
        let mut rng = SmallRng::seed_from_u64(1);
        assert_eq!(seats(&drawing, &status, 2, &mut rng), [(0, 0), (1, 0)]);
        assert!(
            seats(&drawing, &status, 3, &mut rng).is_empty(),
            "seat 2 is for a wheelchair, seat 4 is taken"
        );
    }
}
