//! What an older copy of the database may say and must not: that something is still good which was ended after it was
//! taken.
use platform::backup::Ends;

use crate::{address, association, session};

/// What ends when a backup is put back. What people and their business system said is as it was then.
pub const ENDS: [Ends; 3] = [address::store::ENDS, association::store::ENDS, session::store::ENDS];
