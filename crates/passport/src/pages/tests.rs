//! Every page in every language, the FAQ's own words, the ids that drivers look for, and the forms' refusals.
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode, header},
    routing::get,
};
use platform::{
    language::Language,
    web::{Shell, Visit, frame, page::Samples},
};
use tower::ServiceExt as _;

use super::*;
use crate::acts::tests::{House, PASSWORD, house};

mod forms;

/// The shell of a page in `language`, as the frame makes it.
async fn shell(house: &House, language: Language) -> Shell {
    let (send, mut receive) = tokio::sync::mpsc::unbounded_channel();
    let routes = Router::new().route(
        "/",
        get(move |visit: Visit| async move {
            let _ = send.send(visit.shell());
        }),
    );
    let request = Request::get("/").header("accept-language", language.tag()).body(Body::empty()).unwrap();
    frame::wrap(&house.passport.site, routes).oneshot(request).await.unwrap();
    receive.recv().await.unwrap()
}

fn render_all(shell: &Shell) -> Vec<(&'static str, Vec<String>)> {
    vec![
        ("home", home::HomePage::render_samples(shell)),
        ("sign-up address", sign_up::page::AddressPage::render_samples(shell)),
        ("sign-up credentials", sign_up::page::CredentialsPage::render_samples(shell)),
        ("sign-up taken", sign_up::page::TakenPage::render_samples(shell)),
        ("name claimed", name_claimed::NameClaimedPage::render_samples(shell)),
        ("password advice", passwords::AdvicePage::render_samples(shell)),
        ("sign-up done", sign_up::done::DonePage::render_samples(shell)),
        ("sign-in", sign_in::SignInPage::render_samples(shell)),
        ("second step", second_step::page::SecondStepPage::render_samples(shell)),
        ("authenticator", credentials::authenticator::AuthenticatorPage::render_samples(shell)),
        ("recovery codes", credentials::recovery_codes::RecoveryCodesPage::render_samples(shell)),
        ("new recovery codes", credentials::recovery_codes::RenewPage::render_samples(shell)),
        ("waived", waived::WaivedPage::render_samples(shell)),
        ("offer passkey", offer_passkey::OfferPage::render_samples(shell)),
        ("sign-out", sign_out::ConfirmPage::render_samples(shell)),
        ("signed out", sign_out::SignedOutPage::render_samples(shell)),
        ("device", device::DevicePage::render_samples(shell)),
        ("device confirm", device::ConfirmPage::render_samples(shell)),
        ("device done", device::DonePage::render_samples(shell)),
        ("errors", errors::ErrorsPage::render_samples(shell)),
        ("consent", consent::ConsentPage::render_samples(shell)),
        ("form post", form_post::FormPostPage::render_samples(shell)),
        ("authorize error", authorize_error::AuthorizeErrorPage::render_samples(shell)),
        ("account", account::AccountPage::render_samples(shell)),
        ("choose account", choose_account::ChooseAccountPage::render_samples(shell)),
        ("information", account::information::InformationPage::render_samples(shell)),
        ("sessions", account::sessions::SessionsPage::render_samples(shell)),
        ("sites used", account::sites::SitesUsedPage::render_samples(shell)),
        ("language", account::language::LanguagePage::render_samples(shell)),
        ("export", account::export::ExportPage::render_samples(shell)),
        ("close", account::close::ClosePage::render_samples(shell)),
        ("close asked", account::close::CloseAskedPage::render_samples(shell)),
        ("close undo", account::close::UndoPage::render_samples(shell)),
        ("sites", sites::SitesPage::render_samples(shell)),
        ("recover", recover::page::AddressPage::render_samples(shell)),
        ("recover ways", recover::page::WaysPage::render_samples(shell)),
        ("recover sent", recover::page::SentPage::render_samples(shell)),
        ("recover answer", recover::page::AnswerPage::render_samples(shell)),
        ("recover billing", recover::page::BillingPage::render_samples(shell)),
        ("recover waiting", recover::page::WaitingPage::render_samples(shell)),
        ("recover return", recover::page::ReturnPage::render_samples(shell)),
        ("recover password", recover::page::PasswordPage::render_samples(shell)),
        ("recover done", recover::page::DonePage::render_samples(shell)),
        ("recover over", recover::page::OverPage::render_samples(shell)),
        ("link", letter_link::LinkPage::render_samples(shell)),
        ("link done", letter_link::LinkDonePage::render_samples(shell)),
        ("link dead", letter_link::LinkDeadPage::render_samples(shell)),
        ("changed", credentials::ChangedPage::render_samples(shell)),
        ("passkeys", credentials::passkeys::PasskeysPage::render_samples(shell)),
        ("password", credentials::password::PasswordPage::render_samples(shell)),
        ("e-mail", credentials::email::EmailPage::render_samples(shell)),
        ("alternate e-mail", credentials::alternate::AlternatePage::render_samples(shell)),
        ("question", credentials::question::QuestionPage::render_samples(shell)),
        ("history", credentials::history::HistoryPage::render_samples(shell)),
        ("not me", credentials::history::NotMePage::render_samples(shell)),
        ("help", help::HelpPage::render_samples(shell)),
        ("sites", sites::SitesPage::render_samples(shell)),
    ]
}

fn between<'a>(html: &'a str, from: &str, to: &str) -> &'a str {
    let rest = html.split_once(from).unwrap_or_else(|| panic!("no {from} in {html}")).1;
    rest.split_once(to).unwrap().0
}

#[test]
fn the_script_of_passkeys_stays_small() {
    let script = include_bytes!("../../assets/passkeys.js");
    assert!(script.len() <= 3_000, "{}", script.len());
}

#[tokio::test]
async fn every_page_is_complete_in_every_language() {
    let house = house(|_| ()).await;
    for language in Language::ALL {
        let shell = shell(&house, language).await;
        for (name, pages) in render_all(&shell) {
            for html in pages {
                let place = format!("{name} in {}", language.tag());
                assert!(!html.contains('⟦'), "{place}: {}", between(&html, "⟦", "⟧"));
                assert!(
                    !html.contains("{ $") && !html.contains("{$"),
                    "{place}: a value is missing in {html}"
                );
                assert!(html.contains(&format!("lang=\"{}\"", language.tag())), "{place}");
                assert_eq!(html.matches("<h1").count(), 1, "{place}");
                let (title, heading) =
                    (between(&html, "<title>", "</title>"), between(&html, "<h1>", "</h1>"));
                assert!(title.starts_with(heading), "{place}: {title} / {heading}");
                for form in html.split("<form ").skip(1) {
                    let form = form.split("</form>").next().unwrap();
                    // What goes to another site must not carry a token of ours.
                    let is_ours = !form.contains(" action=\"https://");
                    let changes_nothing = form.starts_with("method=\"get\"");
                    let has_token = form.contains("name=\"form_token\"");
                    assert!(changes_nothing || has_token == is_ours, "{place}: {form}");
                }
                assert!(!html.contains(" style=") && !html.contains(" onclick"), "{place}");
            }
        }
    }
}

#[tokio::test]
async fn no_two_elements_share_an_id_and_every_label_has_its_field() {
    let house = house(|_| ()).await;
    let shell = shell(&house, Language::EnUs).await;
    for (name, pages) in render_all(&shell) {
        for html in pages {
            let mut ids: Vec<_> =
                html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
            ids.sort_unstable();
            for attribute in [" for=\"", " form=\"", " aria-describedby=\""] {
                for target in
                    html.split(attribute).skip(1).flat_map(|rest| rest.split('"').next().unwrap().split(' '))
                {
                    assert!(ids.binary_search(&target).is_ok(), "{name}: nothing is called {target}");
                }
            }
            let count = ids.len();
            ids.dedup();
            assert_eq!(ids.len(), count, "{name}: {ids:?}");
        }
    }
}

#[tokio::test]
async fn the_page_contract_holds() {
    let house = house(|_| ()).await;
    let shell = shell(&house, Language::EnUs).await;
    let pages = render_all(&shell);
    let samples = |name: &str| pages.iter().find(|(page, _)| *page == name).unwrap().1.clone();
    for (name, ids) in [
        ("sign-in", vec!["username", "password", "sign-in-submit"]),
        ("consent", vec!["consent-approve", "consent-deny"]),
        ("sign-out", vec!["logout-yes", "logout-no"]),
        ("authorize error", vec!["error-code"]),
        ("signed out", vec!["signed-out"]),
    ] {
        for (html, id) in samples(name).iter().flat_map(|html| ids.iter().map(move |id| (html, id))) {
            assert!(html.contains(&format!(" id=\"{id}\"")), "{name} has no #{id}");
        }
    }
    assert!(samples("authorize error")[0].contains("<h1>Sign-in request problem</h1>"));
    assert!(samples("signed out")[0].contains("<h1>You are signed out</h1>"));
    let sign_in = samples("sign-in");
    let (alone, for_a_site) = (&sign_in[0], &sign_in[1]);
    assert!(!alone.contains("id=\"cancel\""), "without a site there is nothing to cancel");
    for text in ["id=\"cancel\"", "CustomerSource", "portal.example", "https://portal.example/logo.png"] {
        assert!(for_a_site.contains(text), "{text}");
    }
    for link in ["https://portal.example/privacy", "https://portal.example/terms"] {
        assert!(for_a_site.contains(&format!("<a href=\"{link}\"")), "{link}");
    }
}

#[tokio::test]
async fn the_faqs_own_words_stand_where_it_says() {
    let house = house(|_| ()).await;
    let shell = shell(&house, Language::EnUs).await;
    let pages = render_all(&shell);
    let holds = |page: &str, text: &str| {
        let html = &pages.iter().find(|(name, _)| *name == page).unwrap().1;
        assert!(html.iter().any(|html| html.contains(text)), "{page} does not say {text}");
    };
    holds("home", "<a href=\"/sign-up\">Sign Up</a>");
    holds("home", "<a href=\"/account\">Account Services</a>");
    holds("sign-up address", "Enter your e-mail address.");
    holds(
        "sign-up address",
        "You’ll be asked to create credentials, including creating a password and a secret question and answer.",
    );
    holds(
        "sign-up credentials",
        "(If you forget your password, you will need to provide the secret answer to reset it.)",
    );
    holds("home", "You may use that existing Passport to access CustomerSource.");
    holds("sign-up address", "ideal to use your valid e-mail address, but it is not required");
    holds("sign-up taken", "already registered");
    holds("sign-up taken", "It’s already been created");
    holds(
        "home",
        "You can register for as many as you would like; however, each one must have a different e-mail address",
    );
    holds("help", "Can I view a list of my current Microsoft Passport accounts?</h2><p>No.");
    holds("help", "not linked together per person");
    holds(
        "home",
        "single e-mail address and password that you can use to sign in to participating sites and services",
    );
    holds(
        "sign-up done",
        "Once you’ve completed the creation of your Microsoft Passport account, close the browser window.",
    );
    holds("sign-up credentials", "he answer should be something that no one knows but you");
}

#[tokio::test]
async fn pp_09_the_refusal_of_a_taken_address_offers_its_three_ways_in_the_faqs_order() {
    let house = house(|_| ()).await;
    let shell = shell(&house, Language::EnUs).await;
    let html = sign_up::page::TakenPage::render_samples(&shell).remove(0);
    let ways = between(&html, "id=\"taken-ways\"", "</ol>");
    let links: Vec<_> = ways.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(links, ["/recover", "/sign-up", "mailto:support@localhost.example"]);
}

#[tokio::test]
async fn errors_are_summed_up_first_and_stand_beside_their_fields() {
    let house = house(|_| ()).await;
    let shell = shell(&house, Language::EnUs).await;
    let html = sign_in::SignInPage::render_samples(&shell).remove(3);
    let summary = between(&html, "id=\"error-summary\" tabindex=\"-1\" autofocus", "<h1>");
    assert!(
        summary.contains("role=\"alert\"")
            && summary.contains("<a href=\"#password\">Enter your password</a>")
    );
    assert!(html.contains("aria-invalid=\"true\" aria-describedby=\"password-error\""));
    assert!(
        html.contains("id=\"password-error\"><span class=\"hide\">Error: </span>Enter your password</p>")
    );
    assert_eq!(html.matches("autofocus").count(), 1, "the summary takes the focus alone");
}

#[tokio::test]
async fn what_a_client_or_a_person_is_called_is_text_and_no_markup() {
    let house = house(|_| ()).await;
    let shell = shell(&house, Language::EnUs).await.with_person("<img src=x onerror=1>", "/sign-out");
    let html = help::HelpPage::render_samples(&shell).remove(0);
    assert!(!html.contains("<img") && html.contains("&#60;img"), "BR-12");
}

#[tokio::test]
async fn every_word_of_an_error_page_of_ours_is_there() {
    let house = house(|_| ()).await;
    for language in Language::ALL {
        let shell = shell(&house, language).await;
        for key in ["claim-not-sent-heading", "claim-not-sent-until"] {
            assert!(!shell.t1(key, "until", "today").contains('⟦'), "{language:?} {key}");
        }
    }
}
