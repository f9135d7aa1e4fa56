//! Where every page of the portal stands, and who answers: the one table of its routes.
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::from_fn_with_state,
    routing::{get, post},
};
use platform::web::{
    Trouble,
    openapi::{self, Surface},
};

use crate::pages::{
    account::{
        self, acts, address, bulk, history, leave, person, personal, professionals, remove, second_step,
    },
    associate, backchannel_logout, bounces, choose, confirm, decline, faq, frontchannel_logout, home,
    initiate, invitation, link, maintenance, newsgroups, newsletters, resources, security_events, sign_in,
    sign_out, staff, switch, undo, unsubscribe, why,
};
use crate::{
    Portal,
    paths::{
        AUDIT, BOUNCES, CHOOSE, DESK, FILES, HISTORY, INVITATION, MAINTENANCE, SECOND_STEP, SIGN_IN,
        SIGN_OUT, SWITCH, WHY,
    },
    rp::{
        BACKCHANNEL_LOGOUT_PATH, FRONTCHANNEL_LOGOUT_PATH, INITIATE_LOGIN_PATH, POST_LOGOUT_PATH,
        REDIRECT_PATH, SECURITY_EVENTS_PATH,
    },
    visitor,
};

/// What is published of the portal; `/openapi.json` describes what machines call.
pub const SURFACE: Surface = Surface {
    json: include_str!("../../../deploy/surface.json"),
    program: "customersource",
    machines: &["machine", "Passport", "mail server", "operator"],
};

/// Every route of the portal.
pub fn router(portal: &Portal) -> Router {
    let all = visitors().merge(machines()).merge(accounts()).merge(reading()).merge(staffs(portal));
    openapi::router(&portal.settings.server, &SURFACE)
        .merge(all)
        .layer(from_fn_with_state(portal.clone(), maintenance::gate))
        .fallback(|| async { Trouble::not_found() })
        .layer(from_fn_with_state(portal.clone(), visitor::head))
        .with_state(portal.clone())
}

/// Coming in and going, and letters' links.
fn visitors() -> Router<Portal> {
    Router::new()
        .route("/", get(home::home))
        .route("/faq", get(faq::faq))
        .route("/help", get(faq::help))
        .route("/go-back", get(faq::go_back))
        .route(SIGN_IN, get(sign_in::begin))
        .route(REDIRECT_PATH, get(sign_in::callback))
        .route(INITIATE_LOGIN_PATH, get(initiate::by_link).post(initiate::by_form))
        .route(SIGN_OUT, post(sign_out::sign_out))
        .route(POST_LOGOUT_PATH, get(sign_out::signed_out))
        .route("/associate", get(associate::form).post(associate::claim))
        .route("/associate/sent", get(associate::sent))
        .route(INVITATION, get(invitation::show))
        .route("/associate/invitation/signin", post(invitation::to_sign_in))
        .route("/associate/invitation/signup", post(invitation::to_sign_up))
        .route("/associate/confirm", get(confirm::show).post(confirm::accept))
        .route("/associate/another", post(confirm::another))
        .route("/associate/done", get(confirm::done))
        .route("/associate/{secret}", get(link::open))
        .route("/decline/{secret}", get(decline::ask).post(decline::decline))
        .route("/undo/{secret}", get(undo::ask).post(undo::end))
        .route(CHOOSE, get(choose::show).post(choose::choose))
        .route(SWITCH, get(switch::show).post(switch::switch))
        .route(WHY, get(why::show))
        .route(MAINTENANCE, get(maintenance::planned))
        .route("/unsubscribe/{secret}", get(unsubscribe::ask).post(unsubscribe::stop))
}

/// What Passport and mail servers call.
fn machines() -> Router<Portal> {
    Router::new()
        .route(BACKCHANNEL_LOGOUT_PATH, post(backchannel_logout::log_out))
        .route(BOUNCES, post(bounces::take).layer(DefaultBodyLimit::disable()))
        .route(FRONTCHANNEL_LOGOUT_PATH, get(frontchannel_logout::log_out))
        .route(SECURITY_EVENTS_PATH, post(security_events::receive))
}

/// “My Account”, and a company's people.
fn accounts() -> Router<Portal> {
    Router::new()
        .route("/account", get(account::show))
        .route("/account/information", get(account::show))
        .route("/account/profile", get(personal::show).post(personal::save))
        .route("/account/profile/invite", post(personal::invite))
        .route("/account/address/{secret}", get(address::show).post(address::prove))
        .route("/account/leave", get(leave::ask).post(leave::leave))
        .route("/account/professionals", get(professionals::show))
        .route("/account/professionals.csv", get(professionals::export))
        .route("/account/professionals/new", get(person::blank).post(person::add))
        .route("/account/professionals/{id}", get(person::show).post(person::save))
        .route("/account/professionals/{id}/invite", post(acts::invite))
        .route("/account/professionals/{id}/withdraw", post(acts::withdraw))
        .route("/account/professionals/{id}/end", post(acts::end))
        .route("/account/professionals/{id}/remove", get(remove::ask_to_remove).post(remove::remove))
        .route("/account/professionals/bulk", post(bulk::choose))
        .route("/account/professionals/bulk/{id}", get(bulk::show))
        .route("/account/professionals/bulk/{id}/start", post(bulk::start))
        .route("/account/professionals/bulk/{id}/drop", post(bulk::drop_it))
        .route(
            "/account/professionals/upload",
            get(bulk::upload::ask).post(bulk::upload::take).layer(bulk::upload::largest()),
        )
        .route(HISTORY, get(history::show))
        .route(SECOND_STEP, get(second_step::show).post(second_step::ask))
}

/// Resources, newsgroups, newsletters.
fn reading() -> Router<Portal> {
    Router::new()
        .route("/newsgroups", get(newsgroups::groups))
        .route("/newsgroups/{slug}", get(newsgroups::threads))
        .route("/newsgroups/{slug}/{thread}", get(newsgroups::thread::show))
        .route("/newsgroups/{slug}/new", get(newsgroups::write::ask).post(newsgroups::write::start))
        .route("/newsgroups/{slug}/{thread}/reply", post(newsgroups::write::reply))
        .route("/newsgroups/{slug}/{thread}/watch", post(newsgroups::write::watch))
        .route("/newsletters", get(newsletters::list))
        .route("/newsletters/{letter}", get(newsletters::issues).post(newsletters::subscribe))
        .route("/newsletters/{letter}/{slug}", get(newsletters::issue))
        .route("/resources/training/{slug}/dates", get(resources::calendar::all))
        .route("/resources/training/{slug}/dates/{date}", get(resources::calendar::one))
        .route("/resources/{section}/{slug}/files/{name}", get(resources::download::of_section))
        .route("/newsletters/{letter}/{slug}/files/{name}", get(resources::download::of_issue))
        .route("/resources/training/{slug}/enrol", post(resources::enrol::enrol))
        .route("/resources/training/{slug}/cancel", post(resources::enrol::cancel))
        .route("/resources/{section}/{slug}", get(resources::item::show))
        .route("/resources/{section}", get(resources::list))
        .route("/resources", get(resources::search::hub))
}

/// Behind the counter.
fn staffs(portal: &Portal) -> Router<Portal> {
    use crate::pages::staff::{
        audit, cases, company, conflicts, content, dates, desk, edit, files, mend, moderate, newsletters,
        open_case, person, series, upload, windows,
    };
    Router::new()
        .route("/staff", get(staff::search))
        .route("/staff/companies/{id}", get(company::show))
        .route("/staff/companies/{id}/case", get(open_case::show).post(open_case::open))
        .route("/staff/people/{id}", get(person::show))
        .route("/staff/people/{id}/invite", post(person::invite))
        .route("/staff/people/{id}/withdraw", post(person::withdraw))
        .route("/staff/people/{id}/end", post(person::end))
        .route("/staff/people/{id}/address", get(mend::show).post(mend::mend))
        .route("/staff/companies/{id}/people/new", get(mend::blank).post(mend::add))
        .route(DESK, get(desk::search))
        .route("/staff/cases", get(cases::show))
        .route("/staff/cases/{id}/approve", post(cases::approve))
        .route("/staff/cases/{id}/refuse", post(cases::refuse))
        .route("/staff/conflicts", get(conflicts::show))
        .route("/staff/conflicts/{id}", post(conflicts::settle))
        .route("/staff/maintenance", get(windows::show).post(windows::plan))
        .route("/staff/maintenance/{id}/cancel", post(windows::cancel))
        .route(AUDIT, get(audit::show))
        .route("/staff/content", get(content::list))
        .route("/staff/content/{id}/send", post(content::send))
        .route("/staff/content/new", get(edit::begin).post(edit::add).layer(edit::largest()))
        .route("/staff/content/{id}", get(edit::show).post(edit::save).layer(edit::largest()))
        .route(FILES, get(files::show).post(upload::take).layer(files::largest(portal)))
        .route("/staff/content/{id}/files/{name}", get(files::send))
        .route("/staff/content/{id}/remove-file", post(files::remove))
        .route("/staff/content/{id}/dates", get(dates::show).post(dates::change::add))
        .route("/staff/content/{id}/dates/{date}", get(dates::show_one).post(dates::change::save))
        .route("/staff/content/{id}/dates/{date}/cancel", post(dates::change::cancel))
        .route("/staff/newsletters", get(newsletters::list))
        .route("/staff/newsgroups/new", get(series::begin_group).post(series::add_group))
        .route("/staff/newsgroups/{id}", get(series::show_group).post(series::save_group))
        .route("/staff/newsletters/new", get(series::begin_letter).post(series::add_letter))
        .route("/staff/newsletters/{id}", get(series::show_letter).post(series::save_letter))
        .route("/staff/newsgroups", get(moderate::list))
        .route("/staff/posts/{id}", post(moderate::judge_post))
        .route("/staff/threads/{id}", post(moderate::judge_thread))
}
