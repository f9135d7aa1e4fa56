//! The people of the house: which Passport has which role. What a role may do is for the pages to come.
pub mod entity;
pub mod store;

/// The roles that there are.
pub const ROLES: [&str; 3] = ["support", "approver", "editor"];
