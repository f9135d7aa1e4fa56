//! The journey of the FAQ in a real browser, through the real programs, with mail over SMTP.
//!
//! | file | owns |
//! |---|---|
//! | `world` | both programs from an empty folder, seeded through their command lines, and their orderly end |
//! | `program`, `balancer`, `post`, `http` | one process; one address before two nodes; the letters; requests |
//! | `person`, `verbs` | one browser; what a person does with it |
//! | `scanner` | a mail filter that opens every link first |
//! | `glass` | measuring and photographing what a person sees |
//! | the others | the stories |
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of it is test code: what cannot go on fails the test, and says where"
)]

mod administration;
mod album;
mod alone;
mod automatic;
mod balancer;
mod browser;
mod captured;
mod corrected;
mod demonstration;
mod endings;
mod first_time;
mod glass;
mod http;
mod inside;
mod invited;
mod language;
mod links;
mod looks;
mod moving;
mod operation;
mod person;
mod plans;
mod post;
mod program;
mod recovery;
mod rights;
mod scanner;
mod settings;
mod several;
mod verbs;
mod world;

/// The password of everybody here.
const PASSWORD: &str = "seven green kettles sing";
