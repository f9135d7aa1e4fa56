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
    /// Once it is closed nobody subscribes and nothing is sent, and its issues can be read.
    pub is_open: bool,
    /// Counts every change: who saves an older one is told.
    pub revision: i32,
}

/// So many mails in a row are refused for good before a subscription is paused.
pub const REFUSALS: i32 = 3;

/// How the mails of an issue fared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub sent: i32,
    pub refused: i32,
    /// By the link in one of them.
    pub unsubscribed: i32,
}

/// A profile's subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub newsletter: NewsletterId,
    /// Its mails came back too often.
    pub is_paused: bool,
}
