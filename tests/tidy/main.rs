//! The rules of the house that a compiler does not check, read off the files; they know no behaviour.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "all of it is test code: a rule that cannot read the tree fails, and says where"
)]

mod arrows;
mod authority;
mod beside;
mod clients;
mod delivered;
mod files;
mod forms;
mod glossary;
mod ground;
mod growth;
mod labels;
mod manifests;
mod names;
mod numbers;
mod papers;
mod recovery;
mod requirements;
mod sealed;
mod secrets;
mod stored;
mod surface;
mod texts;
mod tree;
mod walls;
mod words;
