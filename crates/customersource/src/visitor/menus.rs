//! The left-hand navigation of whoever has one of their own, and where the staff begin.
use platform::web::NavItem;

use crate::{paths::DESK, staff};

/// The lines under “My Account” in the left-hand navigation (CS-44, CS-60).
const LINES: [NavItem; 3] = [
    NavItem { path: "/account/information", key: "account-heading" },
    NavItem { path: "/account/profile", key: "personal-heading" },
    NavItem { path: "/why", key: "why-heading" },
];
/// The same for administrators of a company.
const ADMINISTRATORS_LINES: [NavItem; 5] = [
    NavItem { path: "/account/information", key: "account-heading" },
    NavItem { path: "/account/profile", key: "personal-heading" },
    NavItem { path: "/account/professionals", key: "professionals-heading" },
    NavItem { path: "/account/history", key: "history-heading" },
    NavItem { path: "/why", key: "why-heading" },
];

pub fn account(is_administrator: bool) -> &'static [NavItem] {
    if is_administrator { &ADMINISTRATORS_LINES } else { &LINES }
}

/// The left-hand navigation of staff pages.
pub fn staff(member: &staff::Staff) -> Vec<NavItem> {
    let item = |path, key| NavItem { path, key };
    let mut nav = vec![item("/", "nav-home")];
    if member.may_help() {
        nav.push(item("/staff", "staff-search-heading"));
        nav.push(item(DESK, "staff-mail-heading"));
        nav.push(item("/staff/cases", "staff-cases-heading"));
        nav.push(item("/staff/conflicts", "staff-conflicts-heading"));
        nav.push(item("/staff/audit", "staff-audit-heading"));
    }
    if member.may_edit() {
        nav.push(item("/staff/content", "staff-content-heading"));
        nav.push(item("/staff/newsletters", "staff-newsletters-heading"));
    }
    nav.push(item("/staff/newsgroups", "staff-newsgroups-heading"));
    nav.push(item("/staff/maintenance", "staff-windows-heading"));
    nav
}

/// The page that somebody of the staff begins with.
pub fn start(member: &staff::Staff) -> &'static str {
    if member.may_help() { "/staff" } else { "/staff/content" }
}
