//! What an older copy of the database may say and must not: that something is still good which was ended after it was
//! taken.
use platform::backup::Ends;

use crate::{
    account, automatic, client, computer, device, grant, link, pushed, recovery, second_step, session,
    support,
};

/// What ends when a backup is put back. Choices of people and of the operator are as they were then.
pub const ENDS: [Ends; 14] = [
    account::store::ENDS,
    automatic::store::ENDS,
    client::store::ENDS,
    client::registration::store::ENDS,
    computer::store::ENDS,
    device::store::ENDS,
    grant::store::ENDS,
    link::store::ENDS,
    pushed::store::ENDS,
    recovery::store::ENDS,
    second_step::store::waivers::ENDS,
    second_step::store::waivers::FORMER_ENDS,
    session::store::ENDS,
    support::store::ENDS,
];
