//! Doors for people: every page of Passport. They know axum and no SQL.
pub mod account;
pub mod arrival;
pub mod authorize_error;
pub mod choose_account;
pub mod client_panel;
pub mod consent;
pub mod credentials;
pub mod device;
pub mod errors;
pub mod form_post;
pub mod help;
pub mod home;
pub mod letter_link;
pub mod name_claimed;
pub mod offer_passkey;
pub mod passwords;
pub mod recover;
pub mod remembered;
pub mod second_step;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
pub mod sites;
#[cfg(test)]
mod tests;
pub mod waived;
