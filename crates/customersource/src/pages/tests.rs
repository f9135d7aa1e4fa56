//! Every page in every language, and what the FAQ wants word for word.
use platform::{
    clock::{Clock, Moment},
    language::Language,
    random::Random,
    secrets::Keyring,
    texts::{Brand, Texts},
    web::{Shell, Site, Visit, page::Samples, site::Description},
};

use super::*;
use crate::visitor::locked;

fn texts() -> Texts {
    Texts::new(&crate::texts::CUSTOMERSOURCE, Brand::default())
}

/// A shell of a request in `language`, taken from the frame itself.
pub(super) async fn shell(language: Language) -> Shell {
    use tower::ServiceExt as _;
    let about = Description {
        product: "customersource",
        name_key: "portal-name",
        mark: b"",
        scripts: &[],
        public_url: url::Url::parse("http://localhost:8080").unwrap(),
        trusted_proxies: Default::default(),
        nav: vec![],
        slow: &[],
        sign_in: Some("/signin"),
        for_machines: &[],
        labels: crate::labels::of,
    };
    let clock = Clock::settable(Moment::from_unix_seconds(1_795_000_000));
    let site = Site::new(about, texts(), clock, Random::seeded(1), &Keyring::from_bytes([1; 32]));
    let (to, from) = std::sync::mpsc::channel();
    let take = move |visit: Visit| async move { to.send(visit.shell()).unwrap() };
    let app = platform::web::frame::wrap(&site, axum::Router::new().route("/", axum::routing::get(take)));
    let request = axum::http::Request::get("/").header("accept-language", language.tag());
    app.oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
    from.recv().unwrap()
}

fn all(shell: &Shell) -> Vec<String> {
    [
        home::WelcomePage::render_samples(shell),
        home::HomePage::render_samples(shell),
        faq::FaqPage::render_samples(shell),
        faq::HelpPage::render_samples(shell),
        associate::AssociatePage::render_samples(shell),
        associate::SentPage::render_samples(shell),
        invitation::InvitationPage::render_samples(shell),
        link::DeadLinkPage::render_samples(shell),
        link::AlreadyPage::render_samples(shell),
        confirm::ConfirmPage::render_samples(shell),
        confirm::WrongPassportPage::render_samples(shell),
        confirm::DonePage::render_samples(shell),
        choose::ChoosePage::render_samples(shell),
        account::AccountPage::render_samples(shell),
        account::second_step::SecondStepPage::render_samples(shell),
        locked::LockedPage::render_samples(shell),
        locked::ElsewherePage::render_samples(shell),
        locked::LockedThingPage::render_samples(shell),
        account::personal::PersonalPage::render_samples(shell),
        account::address::AddressPage::render_samples(shell),
        account::professionals::ProfessionalsPage::render_samples(shell),
        account::person::PersonPage::render_samples(shell),
        account::bulk::BulkPage::render_samples(shell),
        account::bulk::upload::UploadPage::render_samples(shell),
        account::history::HistoryPage::render_samples(shell),
        account::remove::RemovePage::render_samples(shell),
        account::leave::LeavePage::render_samples(shell),
        decline::DeclinePage::render_samples(shell),
        decline::DeclinedPage::render_samples(shell),
        undo::UndoPage::render_samples(shell),
        switch::SwitchPage::render_samples(shell),
        why::WhyPage::render_samples(shell),
        maintenance::MaintenancePage::render_samples(shell),
        maintenance::PlannedPage::render_samples(shell),
        staff::SearchPage::render_samples(shell),
        staff::company::CompanyPage::render_samples(shell),
        staff::open_case::OpenCasePage::render_samples(shell),
        staff::person::StaffPersonPage::render_samples(shell),
        staff::desk::DeskPage::render_samples(shell),
        staff::mend::MendPage::render_samples(shell),
        staff::cases::CasesPage::render_samples(shell),
        staff::conflicts::ConflictsPage::render_samples(shell),
        staff::windows::WindowsPage::render_samples(shell),
        staff::audit::AuditPage::render_samples(shell),
        staff::content::ContentPage::render_samples(shell),
        staff::edit::EditPage::render_samples(shell),
        staff::files::FilesPage::render_samples(shell),
        staff::dates::DatesPage::render_samples(shell),
        staff::newsletters::RunPage::render_samples(shell),
        staff::series::SeriesPage::render_samples(shell),
        staff::moderate::ModeratePage::render_samples(shell),
        sign_out::SignedOutPage::render_samples(shell),
        resources::search::HubPage::render_samples(shell),
        resources::ListPage::render_samples(shell),
        resources::item::ItemPage::render_samples(shell),
        newsgroups::GroupsPage::render_samples(shell),
        newsgroups::ThreadsPage::render_samples(shell),
        newsgroups::thread::ThreadPage::render_samples(shell),
        newsgroups::write::NewThreadPage::render_samples(shell),
        newsletters::NewslettersPage::render_samples(shell),
        newsletters::IssuesPage::render_samples(shell),
        unsubscribe::UnsubscribePage::render_samples(shell),
    ]
    .concat()
}

#[tokio::test]
async fn every_page_is_complete_in_every_language() {
    for language in Language::ALL {
        for shell in
            [shell(language).await, shell(language).await.with_person("maria@example.com", "/sign-out")]
        {
            for page in all(&shell) {
                assert!(!page.contains('⟦'), "{language:?}: {page}");
                assert_eq!(page.matches("<h1").count(), 1, "{page}");
                let title = page.split_once("<title>").unwrap().1.split(" – ").next().unwrap();
                assert!(page.contains(&format!(">{title}</h1>")), "{title}");
                assert!(page.contains(&format!("lang=\"{}\"", language.tag())));
                for form in page.split("<form method=\"post\"").skip(1) {
                    assert!(form.split("</form>").next().unwrap().contains("form_token"), "{form}");
                }
            }
        }
    }
}

fn text(key: &str) -> String {
    texts().get(Language::EnUs, key, &[])
}

#[test]
fn cs_13_the_thanks_are_the_faqs_word_for_word() {
    assert_eq!(
        text("sent-text"),
        "Thank You. You will be receiving an e-mail that gives you further instructions on how to log into this extranet."
    );
}

#[test]
fn cs_10_cs_11_cs_12_the_association_page_says_what_the_faq_says() {
    assert_eq!(text("continue"), "Continue");
    assert_eq!(
        text("associate-email-hint"),
        "You’ll need to use the e-mail address provided to Microsoft Dynamics when your solution was registered. \
         This may or may not be the same e-mail address as your Microsoft Passport account."
    );
    assert_eq!(
        text("associate-unknown"),
        "If you don’t know the e-mail address on your Microsoft Dynamics account, send an inquiry to"
    );
}

#[test]
fn cs_20_cs_21_success_is_told_in_the_faqs_words() {
    assert_eq!(
        text("done-text"),
        "You have successfully associated your Microsoft Passport with your Microsoft Dynamics profile."
    );
    assert_eq!(
        text("done-future"),
        "When you use CustomerSource in the future, you’ll only need to use this Microsoft Passport username \
         and password to log in."
    );
}

#[test]
fn cs_32_switching_is_told_in_the_faqs_words() {
    assert_eq!(
        text("switch-text"),
        "To switch between profiles, close your browser and open a new browser or sign out of Microsoft Passport \
         and sign in again."
    );
}

#[tokio::test]
async fn cs_11_the_address_is_not_filled_in_as_if_it_were_known() {
    let pages = associate::AssociatePage::render_samples(&shell(Language::EnUs).await);
    assert!(pages[0].contains("id=\"email\" name=\"email\" type=\"email\" value=\"\""), "{}", pages[0]);
    assert!(
        pages[1].contains("aria-invalid=\"true\" aria-describedby=\"email-hint email-error\""),
        "{}",
        pages[1]
    );
}

#[test]
fn br_06_the_place_to_come_back_to_is_carried_whole() {
    assert_eq!(
        crate::visitor::sign_in::path_to("/account?x=1&y=2"),
        "/signin?next=%2Faccount%3Fx%3D1%26y%3D2"
    );
}

#[test]
fn cs_44_to_cs_52_the_labels_are_the_faqs() {
    assert_eq!(
        text("person-invite"),
        "Send Invite E-mail to this CustomerSource user to associate their Microsoft Passport Network to this profile"
    );
    for (key, label) in [
        ("nav-account", "My Account"),
        ("account-heading", "Account Information"),
        ("personal-heading", "Personal Profile"),
        ("professionals-heading", "Our CustomerSource Accounts"),
        ("professionals-add", "Add New Professionals"),
        ("save", "Save"),
        ("send-invite", "Send Invite E-mail"),
        ("administrator", "Administrator"),
    ] {
        assert_eq!(text(key), label);
    }
}

#[test]
fn every_word_after_a_redirect_and_on_an_error_page_is_there() {
    for language in Language::ALL {
        for key in [
            "done-saved",
            "done-added",
            "done-invited",
            "done-saved-invited",
            "done-added-invited",
            "done-saved-too-soon",
            "done-saved-too-many",
            "done-saved-declined",
            "done-withdrawn",
            "done-ended",
            "done-removed",
            "done-too-soon",
            "done-declined",
            "done-nothing",
            "not-administrator-heading",
            "not-administrator-text",
            "changes-too-many-heading",
            "changes-too-many-until",
            "letters-too-many-heading",
            "letters-too-many-until",
            "error-too-many-until",
            "not-staff-heading",
            "not-staff-text",
            "staff-reason-wrong",
            "link-taken-heading",
            "link-taken-text",
            "link-other-address-heading",
            "link-other-address-text",
            "link-not-for-staff-heading",
            "link-not-for-staff-text",
            "newsgroup-readonly-heading",
            "newsgroup-readonly-text",
            "thread-locked-heading",
            "thread-locked-text",
            "sign-in-not-recent-heading",
            "sign-in-not-recent-text",
            "sign-in-not-strong-heading",
            "sign-in-not-strong-text",
            "error-prove-more-heading",
            "error-prove-more-text",
        ] {
            assert!(!texts().get(language, key, &[("until", "today")]).contains('⟦'), "{language:?} {key}");
        }
    }
}
