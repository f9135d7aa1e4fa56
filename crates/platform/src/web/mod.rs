//! The shell of every page: who asks and in which language, cookies, checked forms, headers, serving, health.
//! Knows no page of either half.
//!
//! A half builds a [`Site`], wraps its router with [`frame::wrap`], and its handlers take a [`Visit`].

pub mod address;
mod again;
pub mod assets;
pub mod cookie;
pub mod error_page;
pub mod fields;
pub mod form;
pub mod frame;
mod head;
mod idle;
pub mod kept;
pub mod local;
pub mod openapi;
pub mod page;
pub mod preferences;
pub mod serve;
pub mod shown;
pub mod site;
mod streamed;
pub mod tls;
mod trouble;
pub mod upload;
pub mod visit;

pub use address::{Address, Proxies};
pub use cookie::Cookie;
pub use fields::Errors;
pub use form::{About, Checked, OfBrowser, Recoverable};
pub use local::local_path;
pub use page::{NavItem, Shell};
pub use shown::{Thing, Why};
pub use site::Site;
pub use streamed::streamed;
pub use trouble::{Saying, Trouble, see_other, too_many_text};
pub use visit::Visit;

#[cfg(test)]
mod tests;
