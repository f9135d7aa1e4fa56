//! The people of a company with their associations and invitations.
pub mod attached;
mod listed;
mod standing;

pub use listed::{Sought, everybody, people};
pub use standing::{Reach, find, list_reach, with_standing};
