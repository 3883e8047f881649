//! The drawing of a hall, as `docs/seat-map-format.md` has it.

use serde::Deserialize;

/// Where everything stands.
#[derive(Debug)]
pub struct Drawing {
    /// Width and height in tenths of the plan's unit.
    pub size: (i32, i32),
    /// By their number.
    pub categories: Vec<Category>,
    /// All rows; a seat's number counts through them.
    pub rows: Vec<Row>,
    /// Standing areas by their number.
    pub areas: Vec<DrawnArea>,
    /// What is drawn and not sold.
    pub shapes: Vec<Shape>,
}

/// A zone of price.
#[derive(Debug, Deserialize)]
pub struct Category {
    /// In the plan's language.
    pub name: String,
    /// `#rrggbb`.
    pub colour: String,
    /// Whom its places are for.
    pub access: Access,
}

/// Whom places are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Anybody.
    Everyone,
    /// Somebody in a wheelchair.
    Wheelchair,
    /// Who comes along.
    Companion,
}

/// Seats beside each other.
#[derive(Debug)]
pub struct Row {
    /// Name of its section.
    pub section: String,
    /// As people say it.
    pub label: String,
    /// Number of its first seat.
    pub first: usize,
    /// Labels along the row.
    pub seats: Vec<String>,
    /// Where each stands.
    pub at: Vec<(i32, i32)>,
    /// Category of each.
    pub categories: Vec<u16>,
}

/// A standing area.
#[derive(Debug, Deserialize)]
pub struct DrawnArea {
    /// In the plan's language.
    pub name: String,
    /// Where it is.
    pub shape: Option<Shape>,
}

/// Something that is drawn.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Shape {
    /// `rectangle`, `circle`, `ellipse`, `polygon` or `text`.
    pub kind: String,
    /// Top left, or the centre.
    pub at: Option<(i32, i32)>,
    /// Of a rectangle.
    pub size: Option<(i32, i32)>,
    /// Of a circle.
    pub radius: Option<i32>,
    /// Of an ellipse.
    pub radii: Option<(i32, i32)>,
    /// Of a polygon.
    pub points: Vec<i32>,
    /// Degrees clockwise.
    pub rotation: i32,
    /// Words on it.
    pub label: Option<Label>,
}

/// Words on a shape.
#[derive(Debug, Clone, Deserialize)]
pub struct Label {
    /// Plain text.
    pub text: String,
    /// Its middle.
    pub at: (i32, i32),
    /// Of the letters.
    pub size: i32,
}

#[derive(Deserialize)]
struct File {
    version: u32,
    size: (i32, i32),
    categories: Vec<Category>,
    zones: Vec<Zone>,
    #[serde(default)]
    areas: Vec<DrawnArea>,
    #[serde(default)]
    shapes: Vec<Shape>,
}

#[derive(Deserialize)]
struct Zone {
    name: String,
    rows: Vec<FileRow>,
}

#[derive(Deserialize)]
struct FileRow {
    label: String,
    seats: Vec<String>,
    at: Vec<i32>,
    category: Categories,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Categories {
    All(u16),
    Each(Vec<u16>),
}

impl Drawing {
    /// Reads a file; `None` if it is not a drawing of the version that we know.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let file: File = serde_json::from_slice(bytes).ok()?;
        if file.version != 1 {
            return None;
        }
        let (mut rows, mut first) = (Vec::new(), 0);
        for zone in file.zones {
            for row in zone.rows {
                let count = row.seats.len();
                let categories = match row.category {
                    Categories::All(one) => vec![one; count],
                    Categories::Each(each) => each,
                };
                if row.at.len() != 2 * count || categories.len() != count {
                    return None;
                }
                let section = zone.name.clone();
                let at = absolute(&row.at);
                rows.push(Row {
                    section,
                    label: row.label,
                    first,
                    seats: row.seats,
                    at,
                    categories,
                });
                first += count;
            }
        }
        Some(Self {
            size: file.size,
            categories: file.categories,
            rows,
            areas: file.areas,
            shapes: file.shapes,
        })
    }

    /// How many seats there are.
    pub fn seats(&self) -> usize {
        self.rows.last().map_or(0, |row| row.first + row.seats.len())
    }

    /// Whom a category is for.
    pub fn access(&self, category: u16) -> Access {
        self.categories.get(usize::from(category)).map_or(Access::Everyone, |found| found.access)
    }
}

/// The first position is absolute, each other one relative to the one before.
fn absolute(at: &[i32]) -> Vec<(i32, i32)> {
    let mut place = (0, 0);
    at.chunks_exact(2)
        .map(|step| {
            place = (place.0 + step[0], place.1 + step[1]);
            place
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_numbered_through_and_stand_where_they_stand() {
        let file = br##"{"version":1,"name":"T","size":[100,50],"categories":[{"name":"I","colour":"#b3123c","access":"everyone"}],
            "zones":[{"name":"S","rows":[{"label":"1","seats":["1","2"],"at":[10,20,5,1],"category":0}]},
            {"name":"T","rows":[{"label":"2","seats":["9"],"at":[7,8],"category":[0]}]}],
            "areas":[{"name":"Floor","category":0,"shape":{"kind":"rectangle","at":[1,2],"size":[3,4]}}],"shapes":[]}"##;
        let drawing = Drawing::parse(file).unwrap();
        assert_eq!(drawing.seats(), 3);
        assert_eq!(drawing.rows[0].at, [(10, 20), (15, 21)]);
        assert_eq!((drawing.rows[1].first, drawing.rows[1].section.as_str()), (2, "T"));
        assert!(Drawing::parse(br#"{"version":2}"#).is_none());
    }
}
