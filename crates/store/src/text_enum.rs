//! Enums that are a word in a column.

/// Declares an enum with the word that stands for each variant in its column. Words are never reused.
macro_rules! text_enum {
    (
        $(#[$doc:meta])*
        $name:ident in $table:literal . $column:literal
        { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// The word for it; stable.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The variant that a word stands for.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }

            pub(crate) fn read(word: &str) -> $crate::Result<Self> {
                Self::parse(word).ok_or($crate::Error::corrupt($table, $column))
            }
        }
    };
}

pub(crate) use text_enum;
