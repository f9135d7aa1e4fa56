//! The Basic, Config, Dynamic and logout profiles, each test under the name of its certification module. What a
//! module shares with the rules of its neighbours stands with those; `authorization/` holds the profiles of the
//! authorization endpoint, `token/` those of FAPI.
mod basic;
mod config;
mod dynamic;
mod logout;
