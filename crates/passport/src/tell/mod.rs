//! Telling others, in the transaction of what they are told of: an account's owner by letters, sites by messages. What
//! is told leaves by the outbox. Knows no door, and no act that it is part of.
pub mod clients;
pub mod events;
pub mod owner;
