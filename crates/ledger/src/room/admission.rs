//! How many people are let into the shop, and which ceiling limits them.
