//! The journey of the FAQ in a real browser, through the real programs, with mail over SMTP.
//!
//! | file | owns |
//! |---|---|
//! | `world`, `settings` | both programs from an empty folder, seeded through their command lines, and their orderly end |
//! | `alone` | Passport, or both halves, in this process, where a story moves the clock |
//! | `program`, `balancer`, `post`, `http` | one process; one address before two nodes; the letters; requests |
//! | `person`, `browser`, `verbs`, `administration` | one browser; what a person does with it |
//! | `scanner` | a mail filter that opens every link first |
//! | `glass`, `album` | measuring and photographing what a person sees |
//! | `measured` | the program that measures, in short |
//! | the others | the stories |
//!
//! Photographs: `TEST_SCREENSHOTS=1`, then `target/screenshots/`.
//!
//! The sixteen stories that prove the product:
//!
//! | | story | told in |
//! |---|---|---|
//! | 1 | the FAQ's ten steps | `first_time` |
//! | 2 | three profiles, the choice at each visit, switching, automatic sign-in | `several`, `automatic` |
//! | 3 | an administrator adds people, with and without the checkbox; declined, withdrawn | `invited` |
//! | 4 | a wrong address is corrected; the old link is dead | `corrected` |
//! | 5 | administrators made and unmade; the last one; removal | `rights` |
//! | 6 | another Passport for a profile | `moving` |
//! | 7 | plans end and are renewed; partners, employees; locked resources | `plans`, `operation` |
//! | 8 | a filter presses everything first | `links::a_filter_…` |
//! | 9 | the wrong Passport, then the right one | `links::the_wrong_passport_…` |
//! | 10 | a browser that somebody else signed in | `captured` |
//! | 11 | nobody learns who is on file, by looks or by time | `enumeration::nobody_…` |
//! | 12 | twins by an accent or a look-alike (Dynamics itself: not here) | `enumeration::twins_…` |
//! | 13 | two nodes race | `racing` |
//! | 14 | a new password keeps the profiles | `recovery::a_letter_to_the_alternate_…` |
//! | 15 | signing out ends both halves | `endings` |
//! | 16 | staff replace a departed administrator | `departed` |
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
mod departed;
mod endings;
mod enumeration;
mod first_time;
mod glass;
mod half_written;
mod http;
mod inside;
mod invited;
mod killed;
mod language;
mod links;
mod looks;
mod measured;
mod moving;
mod operation;
mod passkeys;
mod person;
mod plans;
mod post;
mod program;
mod racing;
mod recovery;
mod rights;
mod scanner;
mod settings;
mod several;
mod stepped_up;
mod verbs;
mod world;

/// The password of everybody here.
const PASSWORD: &str = "seven green kettles sing";
