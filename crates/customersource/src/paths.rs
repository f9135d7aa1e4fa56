//! Where things stand that more than their own page name. Knows nothing behind them.

/// Files of an article: they take longer than other requests.
pub const FILES: &str = "/staff/content/{id}/files";

/// The page that searches the mail of people.
pub const DESK: &str = "/staff/mail";
pub const SIGN_IN: &str = "/signin";
pub const SIGN_OUT: &str = "/sign-out";
/// What stands in the way of somebody's access.
pub const WHY: &str = "/why";
/// What was done for a company.
pub const HISTORY: &str = "/account/history";
/// What a company asks of its people.
pub const SECOND_STEP: &str = "/account/second-step";
/// Who invites to what.
pub const INVITATION: &str = "/associate/invitation";
/// Everything that the audit keeps.
pub const AUDIT: &str = "/staff/audit";
/// When the portal is away.
pub const MAINTENANCE: &str = "/maintenance";
/// Where mail that comes back is posted.
pub const BOUNCES: &str = "/bounces";
/// Where one of several profiles is chosen for a visit, and where it is changed for another.
pub const CHOOSE: &str = "/choose";
pub const SWITCH: &str = "/switch";
