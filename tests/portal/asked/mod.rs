//! How often each page asks the database, once for whatever there is: the same for three of everything as for thirty,
//! and at most six times. Whoever adds a question to a page changes its figure here knowingly.
mod stock;
mod told;

use std::fmt::Write as _;

use axum::http::Request;
use serde_json::Value;
use testkit::{Engine, asked::asked, on_both_engines};

use self::stock::{Names, Stock};
use crate::house::{Browser, House};

on_both_engines![every_page_asks_as_often_for_thirty_of_everything_as_for_three_and_six_times_at_most];

const SURFACE: &str = include_str!("../../../deploy/surface.json");

/// A page asks no more often than this; one does still.
const MOST: usize = 6;
const OVER: [&str; 1] = ["/staff/people/{id}"];

/// Who asks for a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// Nobody is signed in.
    Stranger,
    /// The administrator of Contoso.
    Boss,
    /// A Passport of many companies, no profile chosen.
    Many,
    /// The same with one chosen.
    Chosen,
    /// Whose plan ended, and who has many profiles besides.
    Late,
    /// Somebody who approves cases.
    Al,
    /// An editor.
    Ed,
}

use Who::{Al, Boss, Chosen, Ed, Late, Many, Stranger};

/// Every page: whose, the route, what its address ends with, the status, and how many questions it asks.
const PAGES: &[(Who, &str, &str, u16, usize)] = &[
    (Stranger, "/", "", 200, 1),
    (Stranger, "/faq", "", 200, 1),
    (Stranger, "/help", "", 200, 1),
    (Stranger, "/signin", "", 303, 1),
    (Stranger, "/signin/callback", "", 400, 2),
    (Stranger, "/signin/initiate", "", 400, 2),
    (Stranger, "/frontchannel-logout", "", 400, 0),
    (Stranger, "/signed-out", "", 200, 1),
    (Stranger, "/associate/{secret}", "", 303, 4),
    (Stranger, "/decline/{secret}", "", 200, 3),
    (Stranger, "/undo/{secret}", "", 200, 4),
    (Stranger, "/unsubscribe/{secret}", "", 200, 2),
    (Stranger, "/maintenance", "", 200, 2),
    (Stranger, "/resources", "", 200, 1),
    (Stranger, "/resources/{section}", "", 403, 1),
    (Boss, "/", "", 200, 4),
    (Boss, "/faq", "", 200, 1),
    (Boss, "/go-back", "", 200, 1),
    (Boss, "/maintenance", "", 200, 2),
    (Boss, "/associate", "", 200, 1),
    (Boss, "/associate/sent", "", 200, 1),
    (Boss, "/associate/invitation", "", 303, 1),
    (Boss, "/associate/confirm", "", 303, 1),
    (Boss, "/associate/done", "", 200, 1),
    (Boss, "/account", "", 200, 3),
    (Boss, "/account/information", "", 200, 3),
    (Boss, "/account/profile", "", 200, 2),
    (Boss, "/account/address/{secret}", "", 200, 2),
    (Boss, "/account/history", "", 200, 6),
    (Boss, "/account/leave", "", 200, 2),
    (Boss, "/account/second-step", "", 200, 1),
    (Boss, "/account/professionals", "", 200, 3),
    (Boss, "/account/professionals", "?only=invited", 200, 3),
    (Boss, "/account/professionals.csv", "", 200, 1),
    (Boss, "/account/professionals/bulk/{id}", "", 200, 5),
    (Boss, "/account/professionals/upload", "", 200, 1),
    (Boss, "/account/professionals/new", "", 200, 1),
    (Boss, "/account/professionals/{id}", "", 200, 4),
    (Boss, "/account/professionals/{id}/remove", "", 200, 2),
    (Boss, "/why", "", 200, 3),
    (Boss, "/resources", "", 200, 2),
    (Boss, "/resources", "?q=journal", 200, 6),
    (Boss, "/resources", "?q=jornual", 200, 6),
    (Boss, "/resources/{section}", "", 200, 4),
    (Boss, "/resources/{section}/{slug}", "", 200, 6),
    (Boss, "/resources/{section}/{slug}/files/{name}", "", 200, 4),
    (Boss, "/resources/training/{slug}/dates", "", 200, 5),
    (Boss, "/resources/training/{slug}/dates/{date}", "", 200, 5),
    (Boss, "/newsgroups", "", 200, 3),
    (Boss, "/newsgroups/{slug}", "", 200, 6),
    (Boss, "/newsgroups/{slug}/new", "", 200, 3),
    (Boss, "/newsgroups/{slug}/{thread}", "", 200, 6),
    (Boss, "/newsletters", "", 200, 4),
    (Boss, "/newsletters/{letter}", "", 200, 6),
    (Boss, "/newsletters/{letter}/{slug}", "", 200, 6),
    (Boss, "/newsletters/{letter}/{slug}/files/{name}", "", 200, 4),
    (Many, "/choose", "", 200, 1),
    (Many, "/why", "", 200, 3),
    (Many, "/", "", 303, 1),
    (Chosen, "/", "", 200, 4),
    (Chosen, "/account", "", 200, 3),
    (Chosen, "/switch", "", 200, 1),
    (Chosen, "/why", "", 200, 3),
    (Late, "/", "", 403, 3),
    (Late, "/why", "", 200, 3),
    (Late, "/account", "", 200, 3),
    (Late, "/resources", "", 200, 3),
    (Late, "/resources/{section}", "", 403, 3),
    (Late, "/resources/{section}/{slug}", "", 403, 5),
    (Late, "/newsgroups", "", 403, 3),
    (Late, "/newsgroups/{slug}", "", 403, 4),
    (Late, "/newsletters", "", 403, 3),
    (Late, "/newsletters/{letter}", "", 403, 4),
    (Al, "/staff", "", 200, 1),
    (Al, "/staff", "?q=contoso", 200, 4),
    (Al, "/staff", "?q=many", 200, 5),
    (Al, "/staff/companies/{id}", "", 200, 6),
    (Al, "/staff/companies/{id}/case", "?profile={member}", 200, 3),
    (Al, "/staff/companies/{id}/people/new", "", 200, 2),
    (Al, "/staff/people/{id}", "", 200, 8),
    (Al, "/staff/people/{id}/address", "", 200, 4),
    (Al, "/staff/mail", "", 200, 1),
    (Al, "/staff/mail", "?q=member-0@contoso.example", 200, 6),
    (Al, "/staff/mail", "?q=ann", 200, 3),
    (Al, "/staff/cases", "", 200, 2),
    (Al, "/staff/maintenance", "", 200, 2),
    (Al, "/staff/conflicts", "", 200, 3),
    (Al, "/staff/audit", "", 200, 6),
    (Al, "/staff/newsgroups", "", 200, 2),
    (Ed, "/staff/content", "", 200, 4),
    (Ed, "/staff/content/new", "", 200, 4),
    (Ed, "/staff/content/{id}", "", 200, 6),
    (Ed, "/staff/content/{id}/files", "", 200, 4),
    (Ed, "/staff/content/{id}/files/{name}", "", 200, 3),
    (Ed, "/staff/content/{id}/dates", "", 200, 4),
    (Ed, "/staff/content/{id}/dates/{date}", "", 200, 6),
    (Ed, "/staff/newsletters", "", 200, 3),
    (Ed, "/staff/newsletters/new", "", 200, 3),
    (Ed, "/staff/newsletters/{id}", "", 200, 4),
    (Ed, "/staff/newsgroups", "", 200, 3),
    (Ed, "/staff/newsgroups", "?thread={thread}", 200, 3),
    (Ed, "/staff/newsgroups/new", "", 200, 3),
    (Ed, "/staff/newsgroups/{id}", "", 200, 4),
];

/// The address of a page.
fn path_of(route: &str, ending: &str, names: &Names, bulk: &str) -> String {
    let id = match route {
        _ if route.contains("/bulk/") => bulk,
        _ if route.contains("/companies/") => &names.company,
        _ if route.starts_with("/staff/content/") => &names.course,
        _ if route.starts_with("/staff/newsletters/") => &names.letter,
        _ if route.starts_with("/staff/newsgroups/") => &names.group,
        _ => &names.member,
    };
    let secret = match route {
        _ if route.starts_with("/account/address/") => &names.address,
        _ if route.starts_with("/undo/") => &names.undo,
        _ if route.starts_with("/unsubscribe/") => &names.unsubscribe,
        _ => &names.invitation,
    };
    let slug = match route {
        _ if route.starts_with("/newsgroups/") => "group-0",
        _ if route.starts_with("/newsletters/") => "issue-0-0",
        _ => "item-0",
    };
    format!("{route}{ending}")
        .replace("{id}", id)
        .replace("{member}", &names.member)
        .replace("{secret}", secret)
        .replace("{slug}", slug)
        .replace("{section}", "training")
        .replace("{letter}", "letter-0")
        .replace("{thread}", &names.thread)
        .replace("{date}", &names.date)
        .replace("{name}", "a.txt")
}

/// A draft of an invitation for one of Contoso's people; the address of its page says which.
async fn bulk(boss: &mut Browser<'_>, member: &str) -> String {
    boss.get("/account/professionals").await;
    let page = boss.post("/account/professionals/bulk", &[("who", member)]).await.leads_to().to_owned();
    page.rsplit('/').next().unwrap().to_owned()
}

/// What each page asks, in the order of [`PAGES`]: how often, and in words for whoever looks into it.
async fn ledger(engine: Engine, many: usize) -> Vec<(u16, usize, String)> {
    let house = House::open_with(engine, |settings| settings.portal.in_session_switch = true).await;
    let (stock, names) = Stock::fill(&house, many).await;
    let mut boss = stock.browser("boss", "/account").await;
    let bulk = bulk(&mut boss, &names.member).await;
    let unchosen = stock.browser("many", "/why").await;
    let late = stock.browser("late", "/why").await;
    stock.choose("late", "late").await;
    let (al, ed) = (stock.browser("al", "/staff").await, stock.browser("ed", "/staff").await);
    let (stranger, mut is_chosen) = (house.browser(), false);
    let mut told = Vec::new();
    for (who, route, ending, ..) in PAGES {
        if *who == Chosen && !is_chosen {
            stock.choose("many", "many-also-1").await;
            is_chosen = true;
        }
        let browser = match who {
            Stranger => &stranger,
            Boss => &boss,
            Many | Chosen => &unchosen,
            Late => &late,
            Al => &al,
            Ed => &ed,
        };
        let path = path_of(route, ending, &names, &bulk);
        // What is noted of a visit once a minute, and of a thread once, was noted by the first look.
        let mut last = (0, 0, String::new());
        for _ in 0..2 {
            let router = customersource::router(&house.portal);
            let request = browser.request(Request::get(&path), "");
            let (status, asked) = asked(&house.portal.site, router, request).await;
            let all: Vec<_> = asked.reads.into_iter().chain(asked.statements).collect();
            last = (status, all.len(), all.join("\n  "));
        }
        told.push(last);
    }
    told
}

async fn every_page_asks_as_often_for_thirty_of_everything_as_for_three_and_six_times_at_most(
    engine: Engine,
) {
    let surface: Value = serde_json::from_str(SURFACE).unwrap();
    for route in surface["programs"]["customersource"]["routes"].as_array().unwrap() {
        let path = route["path"].as_str().unwrap();
        let is_known = route["method"] != "GET" || PAGES.iter().any(|page| page.1 == path);
        assert!(is_known, "{path} stands in no line of PAGES");
    }
    let (few, many) = (ledger(engine, 3).await, ledger(engine, 30).await);
    let mut wrong = String::new();
    for ((page, few), many) in PAGES.iter().zip(few).zip(many) {
        let (who, route, ending, status, figure) = page;
        let is_right = (few.0, few.1) == (*status, *figure) && (many.0, many.1) == (*status, *figure);
        if !is_right || (*figure > MOST && !OVER.contains(route)) {
            let ((was, three, _), (is, thirty, words)) = (&few, &many);
            writeln!(wrong, "({who:?}, \"{route}\", \"{ending}\", {was}/{is}, {three}/{thirty}),\n  {words}")
                .unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
