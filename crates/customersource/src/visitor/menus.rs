//! The left-hand navigation of whoever has one of their own, and where the staff begin.
use platform::web::{NavItem, Visit};

use crate::{Portal, association::Standing, paths::DESK, staff};

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

const ACCOUNT: &str = "/account";

/// Says what the menu has for somebody signed in: the lines of everybody, those of their account where they stand
/// under it, and the way to the staff's pages for whoever is of the staff.
pub fn say(visit: &Visit, acting: Option<&Standing>, role: Option<staff::Role>) {
    let path = visit.path.split('?').next().unwrap_or_default();
    let is_account = path == ACCOUNT || path.starts_with("/account/") || path == "/why";
    if let Some(standing) = acting.filter(|_| is_account) {
        let is_administrator = standing.profile.is_admin;
        visit.has_sub_nav(ACCOUNT, if is_administrator { &ADMINISTRATORS_LINES } else { &LINES });
    }
    if let Some(role) = role {
        let mut nav = visit.site.nav.clone();
        nav.push(NavItem { path: start(role), key: "nav-staff" });
        visit.has_nav(nav);
    }
}

/// Says what a page of the staff's has around it. They act there for the house, whatever profile they have besides.
pub fn say_staff(portal: &Portal, visit: &Visit, role: staff::Role) {
    visit.acts_for(None);
    visit.lives_in(portal.places.zone());
    visit.has_nav(staff(role));
}

/// The left-hand navigation of staff pages.
fn staff(role: staff::Role) -> Vec<NavItem> {
    let item = |path, key| NavItem { path, key };
    let mut nav = vec![item("/", "nav-home")];
    if role.may_help() {
        nav.push(item("/staff", "staff-search-heading"));
        nav.push(item(DESK, "staff-mail-heading"));
        nav.push(item("/staff/cases", "staff-cases-heading"));
        nav.push(item("/staff/conflicts", "staff-conflicts-heading"));
        nav.push(item("/staff/audit", "staff-audit-heading"));
    }
    if role.may_edit() {
        nav.push(item("/staff/content", "staff-content-heading"));
        nav.push(item("/staff/newsletters", "staff-newsletters-heading"));
    }
    nav.push(item("/staff/newsgroups", "staff-newsgroups-heading"));
    nav.push(item("/staff/maintenance", "staff-windows-heading"));
    nav
}

/// The page that somebody of the staff begins with.
pub fn start(role: staff::Role) -> &'static str {
    if role.may_help() { "/staff" } else { "/staff/content" }
}
