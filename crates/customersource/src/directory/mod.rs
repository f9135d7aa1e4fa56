//! Where profiles are looked for: today the portal's own database, later the business systems behind it.
//! Knows no Passport.
pub mod store;
