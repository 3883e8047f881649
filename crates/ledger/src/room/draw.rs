//! The draw: a keyed permutation of everyone who came before the start, which anybody can check.
