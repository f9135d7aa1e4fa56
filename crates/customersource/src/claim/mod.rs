//! Claims: somebody signed in typed an address and asked for links. Knows no profile and sends nothing.
pub mod entity;
pub mod store;

use std::time::Duration;

use platform::limits::Limit;

platform::id!(ClaimId);

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// How often one Passport may ask at all. Mistyped addresses count here and nowhere else.
pub const ASKED: [Limit; 2] = [Limit::new("claim asked", 20, HOUR), Limit::new("claim asked", 40, DAY)];

/// How often one Passport is answered with letters: claims of an address that is on file.
pub const BY_SUBJECT: [Limit; 2] =
    [Limit::new("claim subject", 5, HOUR), Limit::new("claim subject", 10, DAY)];

/// Support hears of an address with too many profiles no more often than this.
pub const TOLD: Limit = Limit::new("claim of many", 1, DAY);

/// How long a claim's row is kept, for support.
pub const KEPT: Duration = Duration::from_secs(30 * 86_400);
