//! Newsletters and who subscribed to them. Issues are resources. Knows no page and no letter.
pub mod entity;
pub mod store;

use crate::access::Rule;

platform::id!(NewsletterId);

/// A newsletter, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newsletter {
    pub id: NewsletterId,
    pub slug: String,
    /// BCP 47.
    pub language: String,
    pub name: String,
    pub about: String,
    pub rule: Rule,
}
