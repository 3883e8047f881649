//! Where somebody sits, as each language says it.

use crate::Language;

impl Language {
    /// `Stalls, row 4, seat 12`; a section with a bare number is called one: `Sektor
    /// 204, řada 4, místo 12`.
    pub fn seat(self, section: &str, row: &str, seat: &str) -> String {
        let section = self.section(section);
        let holes = [("section", section.into()), ("row", row.into()), ("seat", seat.into())];
        self.t_with("place-seat", holes).into_owned()
    }

    /// `Stalls`, or `Section 204` if its name is only a number.
    pub fn section(self, name: &str) -> String {
        if name.starts_with(|first: char| first.is_ascii_digit()) {
            self.t1("section", "name", name).into_owned()
        } else {
            name.to_owned()
        }
    }
}
