//! Names that may be used once: states of sign-ins, logout tokens. Knows not what they open.
pub mod entity;
pub mod store;
