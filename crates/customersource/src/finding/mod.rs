//! What the search found, with what decides who may see it and what its line shows. Reads what other rooms keep.
pub mod store;

use crate::{
    newsgroup::{Newsgroup, Thread},
    resource::Resource,
};

/// Something that was found, whoever may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// With the name of its newsletter in the address, where it has one.
    Resource(Resource, Option<String>),
    Thread(Thread, Newsgroup),
}
