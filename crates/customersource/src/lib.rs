//! CustomerSource: the portal of a business system's customers, a relying party like any other.
//! Learns about a person only through the protocol.
//!
//! Doors (know axum, know no SQL): [`pages`] for people and the provider, [`jobs`] for time, [`command`] for
//! the operator; [`visitor`] holds the extractors that are the access rules. Rooms (know no axum):
//! [`company`], [`plan`], [`access`], [`profile`], [`directory`], [`claim`], [`association`], [`people`],
//! [`bulk`], [`admin_case`], [`difference`], [`staff`], [`strength`], [`maintenance`], [`notice`], [`audit`], [`session`], [`gate`], [`rp`], [`seed`], [`import`],
//! [`dump`]; and of what visitors come for: [`resource`], [`search`], [`newsletter`], [`newsgroup`], [`training`],
//! [`content`], [`bulletin`], [`unsubscribe`], and [`front`], what waits for them, [`finding`], what they searched; and of letters: [`mailing`],
//! [`bounce`], [`address`], [`quota`]; [`presence`] is who visits.
//! Which names which: `tests/tidy/arrows/tables.rs`.
pub mod access;
pub mod acting;
pub mod address;
pub mod admin_case;
pub mod association;
pub mod audit;
pub mod bounce;
pub mod bulk;
pub mod bulletin;
pub mod claim;
pub mod command;
pub mod company;
pub mod config;
pub mod content;
pub mod difference;
pub mod directory;
pub mod dump;
pub mod finding;
pub mod front;
pub mod gate;
pub mod ids;
pub mod import;
pub mod jobs;
pub mod labels;
pub mod mailing;
pub mod maintenance;
pub mod newsgroup;
pub mod newsletter;
pub mod notice;
pub mod pages;
pub mod paths;
pub mod people;
pub mod plan;
pub mod presence;
pub mod profile;
pub mod quota;
pub mod resource;
pub mod routes;
pub mod rp;
pub mod search;
pub mod seed;
pub mod serve;
pub mod session;
pub mod staff;
pub mod state;
pub mod strength;
pub mod texts;
pub mod training;
pub mod unsubscribe;
pub mod visitor;

pub use config::Settings;
pub use jobs::worker;
pub use routes::router;
pub use rp::{
    BACKCHANNEL_LOGOUT_PATH, FRONTCHANNEL_LOGOUT_PATH, INITIATE_LOGIN_PATH, POST_LOGOUT_PATH, REDIRECT_PATH,
    SECURITY_EVENTS_PATH,
};
pub use serve::serve;
pub use state::Portal;
