//! Pages that the organiser writes: imprint, terms, privacy.

use askama::Template;

use crate::{pages::frame::Frame, urls::Legal};

/// A page from configuration.
#[derive(Debug, Template)]
#[template(path = "legal.html")]
pub struct LegalPage {
    /// Around it.
    pub frame: Frame,
    /// Which.
    pub page: Legal,
    /// What it says.
    pub blocks: Vec<TextBlock>,
}

/// A piece of a plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextBlock {
    /// A line that began with `#`.
    Heading(String),
    /// Lines up to an empty one.
    Paragraph(String),
}

impl TextBlock {
    /// Reads a text: paragraphs with empty lines between them, headings after `#`.
    pub fn parse(text: &str) -> Vec<Self> {
        text.replace("\r\n", "\n")
            .split("\n\n")
            .map(str::trim)
            .filter(|block| !block.is_empty())
            .map(|block| match block.strip_prefix('#') {
                Some(heading) => Self::Heading(heading.trim_start_matches('#').trim().to_owned()),
                None => Self::Paragraph(block.to_owned()),
            })
            .collect()
    }
}

#[cfg(test)]
mod samples {
    use super::{LegalPage, TextBlock};
    use frontrow_words::Language;

    use crate::{
        pages::{frame::Frame, gallery::Sample},
        urls::Legal,
    };

    const TEXT: &str = "Frontrow Demo s.r.o.\nSokolovská 13, 186 00 Praha 8\nIČ 01234567\n\n\
                        # Contact\n\nhello@example.org\n+420 123 456 789\n\n\
                        # Responsible for content\n\nJana Nováková";

    impl Sample for LegalPage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let page = |page| Self {
                frame: Frame::sample(language),
                page,
                blocks: TextBlock::parse(TEXT),
            };
            vec![
                ("imprint", page(Legal::Imprint)),
                ("terms", page(Legal::Terms)),
                ("privacy", page(Legal::Privacy)),
            ]
        }
    }

    #[test]
    fn empty_lines_part_paragraphs() {
        assert_eq!(
            TextBlock::parse("a\nb\r\n\r\n## H\n\n\n\nc"),
            [
                TextBlock::Paragraph("a\nb".to_owned()),
                TextBlock::Heading("H".to_owned()),
                TextBlock::Paragraph("c".to_owned()),
            ]
        );
    }
}
