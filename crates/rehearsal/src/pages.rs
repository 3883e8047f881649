//! What a fan reads from the shop's pages: forms, offers, where links lead. Found by their markup, as a person finds
//! them by their looks; a page that changes its markup changes this file.

use memchr::memmem;

/// The tokens that every form of a page carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Proves that the form is the shop's.
    pub csrf: String,
    /// Makes the same form sent twice one command.
    pub once: String,
}

/// Something that the page of a performance sells now: a number field of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Best available or a standing area.
    pub kind: FieldKind,
    /// Category or area.
    pub of: u16,
    /// Ticket type.
    pub ticket_type: u16,
}

/// What a number field asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// The best seats of a category.
    Best,
    /// Places of an area.
    Area,
}

impl Field {
    /// As the form names it.
    pub fn name(self) -> String {
        let kind = match self.kind {
            FieldKind::Best => "best",
            FieldKind::Area => "area",
        };
        format!("{kind}.{}.{}", self.of, self.ticket_type)
    }
}

/// The tokens of a page's forms.
pub fn tokens(page: &[u8]) -> Option<Tokens> {
    Some(Tokens { csrf: hidden(page, "csrf")?, once: hidden(page, "once")? })
}

/// What is sold now, in the order of the page.
pub fn fields(page: &[u8]) -> Vec<Field> {
    let mut fields = Vec::new();
    for (kind, start) in [(FieldKind::Best, " name=\"best."), (FieldKind::Area, " name=\"area.")] {
        for at in memmem::find_iter(page, start) {
            let Some(text) = until_quote(page, at + start.len()) else { continue };
            let numbers = text
                .split_once('.')
                .and_then(|(of, ticket_type)| Some((of.parse().ok()?, ticket_type.parse().ok()?)));
            let Some((of, ticket_type)) = numbers else { continue };
            fields.push(Field { kind, of, ticket_type });
        }
    }
    fields
}

/// How many places a cart shows that can still be given back.
pub fn held(page: &[u8]) -> usize {
    memmem::find_iter(page, " name=\"position\"").count()
}

/// How many places a cart shows, held or lapsed.
pub fn places(page: &[u8]) -> usize {
    memmem::find_iter(page, "class=\"item-what\"").count()
}

/// The first field of a form that is said to be wrong.
pub fn wrong_field(page: &[u8]) -> Option<&str> {
    let start = "class=\"error\" id=\"";
    until_quote(page, memmem::find(page, start.as_bytes())? + start.len())
}

/// Names of the checkout's fields for who comes along.
pub fn attendees(page: &[u8]) -> Vec<String> {
    let start = " name=\"";
    memmem::find_iter(page, " name=\"attendee.")
        .filter_map(|at| until_quote(page, at + start.len()).map(str::to_owned))
        .collect()
}

/// Whether a form with this field is there.
pub fn has_field(page: &[u8], name: &str) -> bool {
    memmem::find(page, format!(" name=\"{name}\"").as_bytes()).is_some()
}

/// Whether the page links to an address.
pub fn links_to(page: &[u8], path: &str) -> bool {
    memmem::find(page, format!("\"{path}\"").as_bytes()).is_some()
}

/// The JSON between a script element with this id and its end.
pub fn island<'p>(page: &'p [u8], id: &str) -> Option<&'p [u8]> {
    let at = memmem::find(page, format!("id=\"{id}\">").as_bytes())?;
    let rest = &page[at + id.len() + "id=\"\">".len()..];
    rest.get(..memmem::find(rest, b"</script>")?)
}

/// The value of an attribute of the first element that has it.
pub fn attribute<'p>(page: &'p [u8], name: &str) -> Option<&'p str> {
    let start = format!(" {name}=\"");
    until_quote(page, memmem::find(page, start.as_bytes())? + start.len())
}

fn hidden(page: &[u8], name: &str) -> Option<String> {
    let start = format!(" name=\"{name}\" value=\"");
    let at = memmem::find(page, start.as_bytes())?;
    until_quote(page, at + start.len()).map(str::to_owned)
}

fn until_quote(page: &[u8], from: usize) -> Option<&str> {
    let rest = page.get(from..)?;
    std::str::from_utf8(rest.get(..memchr::memchr(b'"', rest)?)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &[u8] = br#"<form><input type="hidden" name="csrf" value="c1"><input type="hidden" name="once" value="o1">
        <input id="best.3.0" name="best.3.0" type="number"><input id="area.1.2" name="area.1.2" type="number">
        <input id="attendee.0" name="attendee.0"></form><seat-map data-geometry="/geometry/ab.json"></seat-map>
        <script type="application/json" id="map-data">{"a":1}</script><a href="/orders/x/tickets/1">"#;

    #[test]
    fn a_page_is_read_as_the_shop_writes_it() {
        assert_eq!(tokens(PAGE), Some(Tokens { csrf: "c1".into(), once: "o1".into() }));
        let best = Field { kind: FieldKind::Best, of: 3, ticket_type: 0 };
        let area = Field { kind: FieldKind::Area, of: 1, ticket_type: 2 };
        assert_eq!(fields(PAGE), [best, area]);
        assert_eq!((best.name().as_str(), area.name().as_str()), ("best.3.0", "area.1.2"));
        assert_eq!(attendees(PAGE), ["attendee.0"]);
        assert_eq!(island(PAGE, "map-data"), Some(&b"{\"a\":1}"[..]));
        assert_eq!(attribute(PAGE, "data-geometry"), Some("/geometry/ab.json"));
        assert!(links_to(PAGE, "/orders/x/tickets/1") && !links_to(PAGE, "/orders/x/tickets/2"));
        assert!(has_field(PAGE, "csrf") && !has_field(PAGE, "outcome"));
        assert_eq!(tokens(b"<p>nothing</p>"), None);
        assert_eq!(wrong_field(PAGE), None);
        assert_eq!(wrong_field(br#"<p class="error" id="email-error">"#), Some("email-error"));
    }
}
