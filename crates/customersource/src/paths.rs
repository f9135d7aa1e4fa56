//! Where things stand that more than their own page name. Knows nothing behind them.

/// Files of an article: they take longer than other requests.
pub const FILES: &str = "/staff/content/{id}/files";
