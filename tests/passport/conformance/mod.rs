//! What the official conformance suite and the programs of others stumbled over.
mod endpoints;
mod facts;
mod profile;
