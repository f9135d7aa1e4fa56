//! A logical dump of every table, sorted, without secrets: for support and for comparing two databases.
pub mod store;
