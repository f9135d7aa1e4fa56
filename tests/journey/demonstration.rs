//! Later: nothing yet.
