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
        ("sign-up done", sign_up::done::DonePage::render_samples(shell)),
        ("sign-in", sign_in::SignInPage::render_samples(shell)),
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

/// A browser at Passport's door: keeps cookies, sends the form token of the last page.
struct Browser {
    routes: Router,
    cookies: Vec<(String, String)>,
    html: String,
    status: StatusCode,
    location: String,
}

impl Browser {
    fn at(house: &House) -> Self {
        let routes = frame::wrap(&house.passport.site, crate::router(&house.passport));
        let (cookies, html, location) = (vec![], String::new(), String::new());
        Self { routes, cookies, html, status: StatusCode::OK, location }
    }

    async fn get(&mut self, path: &str) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        self.send(request).await;
    }

    /// Posts with the form token of the page at hand.
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) {
        let token = self.html.split("name=\"form_token\" value=\"").nth(1).unwrap_or_default();
        let token = token.split('"').next().unwrap().to_owned();
        self.post_with(path, fields, &token).await;
    }

    async fn post_with(&mut self, path: &str, fields: &[(&str, &str)], token: &str) {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields).append_pair("form_token", token);
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, "http://localhost:8081")
            .body(Body::from(body.finish()))
            .unwrap();
        self.send(request).await;
    }

    async fn send(&mut self, mut request: Request<Body>) {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        let response: Response<_> = self.routes.clone().oneshot(request).await.unwrap();
        self.status = response.status();
        let text = |name| {
            response.headers().get(name).map(|value: &header::HeaderValue| value.to_str().unwrap().to_owned())
        };
        self.location = text(header::LOCATION).unwrap_or_default();
        for line in response.headers().get_all(header::SET_COOKIE) {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let (value, attributes) = rest.split_once(';').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !attributes.contains("Max-Age=0") {
                assert!(!name.ends_with("session") || !attributes.contains("Max-Age"), "PP-20: {attributes}");
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        self.html =
            String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap();
    }

    fn has_session(&self) -> bool {
        self.cookies.iter().any(|(name, _)| name == "passport-session")
    }
}

const CREDENTIALS: [(&str, &str); 7] = [
    ("step", "credentials"),
    ("email", "new@example.com"),
    ("password", "three plain words"),
    ("question", "question-first-book"),
    ("own_question", ""),
    ("answer", "Dom Casmurro"),
    ("account_language", "pt-BR"),
];

fn credentials(changed: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let change =
        |(name, value)| (name, changed.iter().find(|(field, _)| *field == name).map_or(value, |new| new.1));
    CREDENTIALS.into_iter().map(change).collect()
}

#[tokio::test]
async fn pp_02_sign_up_asks_for_the_address_then_for_the_credentials_and_signs_nobody_in() {
    let house = house(|_| ()).await;
    let mut browser = Browser::at(&house);
    browser.get("/sign-up").await;
    assert!(!browser.html.contains("type=\"password\""), "step one asks for the address alone");
    browser.post("/sign-up", &[("step", "address"), ("email", "new@example.com")]).await;
    assert_eq!(browser.status, StatusCode::OK);
    assert!(
        browser.html.contains("value=\"new@example.com\"")
            && browser.html.contains("autocomplete=\"new-password\"")
    );
    browser.post("/sign-up", &credentials(&[])).await;
    assert_eq!((browser.status, browser.location.as_str()), (StatusCode::SEE_OTHER, "/sign-up/done"));
    assert!(!browser.has_session(), "PP-13");
    browser.get("/sign-up/done").await;
    assert!(browser.html.contains("close the browser window"));
    let made = crate::account::store::find_by_key(house.passport.db.reader(), "new@example.com")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(made.question.as_deref(), Some("Which book did you first read to the end?"));
    assert_eq!(made.language, Language::PtBr);
}

#[tokio::test]
async fn pp_03_sign_up_without_password_question_or_answer_is_refused_and_nothing_is_lost() {
    let house = house(|_| ()).await;
    let mut browser = Browser::at(&house);
    browser.get("/sign-up").await;
    for (missing, field) in [
        (vec![("password", "")], "password"),
        (vec![("question", "")], "question"),
        (vec![("question", "own")], "own_question"),
        (vec![("answer", " ")], "answer"),
        (vec![("password", "new@example.com")], "password"),
        (vec![("password", "password1")], "password"),
        (vec![("answer", "book")], "answer"),
    ] {
        browser.post("/sign-up", &credentials(&missing)).await;
        assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY, "{missing:?}");
        assert!(browser.html.contains(&format!("id=\"{field}-error\"")), "{missing:?}");
        assert!(browser.html.contains("value=\"new@example.com\""), "{missing:?}");
        assert!(!browser.html.contains("three plain words"), "a password is never sent back");
    }
    assert_eq!(crate::account::store::count(house.passport.db.reader()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_question_of_ones_own_is_taken_without_choosing_it_in_the_list() {
    let house = house(|_| ()).await;
    let mut browser = Browser::at(&house);
    browser.get("/sign-up").await;
    browser.post("/sign-up", &credentials(&[("question", ""), ("own_question", " Who  else? ")])).await;
    assert_eq!(browser.status, StatusCode::SEE_OTHER);
    let made =
        crate::account::store::find_by_key(house.passport.db.reader(), "new@example.com").await.unwrap();
    assert_eq!(made.unwrap().question.as_deref(), Some("Who else?"));
}

#[tokio::test]
async fn pp_08_a_taken_address_is_refused_at_either_step() {
    let house = house(|_| ()).await;
    house.with_maria().await;
    let mut browser = Browser::at(&house);
    browser.get("/sign-up").await;
    browser.post("/sign-up", &[("step", "address"), ("email", "MARIA@example.com")]).await;
    assert_eq!(browser.status, StatusCode::CONFLICT);
    assert!(browser.html.contains("It’s already been created"));
    browser.get("/sign-up").await;
    browser.post("/sign-up", &credentials(&[("email", "maria@EXAMPLE.com")])).await;
    assert_eq!(browser.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn en_02_the_silent_form_answers_alike_for_taken_and_free_addresses() {
    let house = house(|settings| settings.sign_up.reveal_taken = false).await;
    house.with_maria().await;
    for email in ["maria@example.com", "new@example.com"] {
        let mut browser = Browser::at(&house);
        browser.get("/sign-up").await;
        browser.post("/sign-up", &[("step", "address"), ("email", email)]).await;
        assert_eq!(browser.status, StatusCode::OK, "{email}");
        browser.post("/sign-up", &credentials(&[("email", email)])).await;
        assert_eq!((browser.status, browser.location.as_str()), (StatusCode::SEE_OTHER, "/sign-up/done"));
    }
}

#[tokio::test]
async fn asking_whether_addresses_are_taken_is_limited() {
    let house = house(|settings| settings.limits.scale = 0.05).await;
    let mut browser = Browser::at(&house);
    browser.get("/sign-up").await;
    for status in [StatusCode::OK, StatusCode::OK, StatusCode::OK, StatusCode::TOO_MANY_REQUESTS] {
        browser.post("/sign-up", &[("step", "address"), ("email", "new@example.com")]).await;
        assert_eq!(browser.status, status);
    }
    assert!(browser.html.contains("value=\"new@example.com\""), "nothing is lost");
    browser.post("/sign-up", &credentials(&[])).await;
    assert_eq!(browser.status, StatusCode::SEE_OTHER, "one sign-up");
    browser.get("/sign-up").await;
    browser.post("/sign-up", &credentials(&[("email", "second@example.com")])).await;
    assert_eq!(browser.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_stale_sign_up_keeps_what_was_entered_and_goes_through_when_sent_again() {
    let house = house(|_| ()).await;
    let mut browser = Browser::at(&house);
    browser.get("/sign-up").await;
    browser.post_with("/sign-up", &credentials(&[]), "stale").await;
    assert_eq!(browser.status, StatusCode::FORBIDDEN);
    assert!(browser.html.contains("This page was open too long") && browser.html.contains("Dom Casmurro"));
    browser.post("/sign-up", &credentials(&[])).await;
    assert_eq!(browser.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn signing_in_leads_on_and_signing_out_ends_it() {
    let house = house(|_| ()).await;
    house.with_maria().await;
    let mut browser = Browser::at(&house);
    browser.get("/account").await;
    assert_eq!(
        (browser.status, browser.location.as_str()),
        (StatusCode::SEE_OTHER, "/sign-in?next=%2Faccount")
    );
    let page = browser.location.clone();
    browser.get(&page).await;
    browser.post(&page, &[("username", "maria@example.com"), ("password", PASSWORD)]).await;
    assert_eq!((browser.status, browser.location.as_str()), (StatusCode::SEE_OTHER, "/account"));
    assert!(browser.has_session());
    browser.get("/account").await;
    assert!(browser.html.contains("Maria@Example.com") && browser.html.contains("August 15, 2006"));
    browser.get("/sign-in").await;
    assert!(browser.html.contains("id=\"sign-in-continue\" href=\"/\""));
    browser.post("/sign-out", &[]).await;
    assert_eq!((browser.status, browser.location.as_str()), (StatusCode::SEE_OTHER, "/signed-out"));
    assert!(!browser.has_session());
    browser.get("/signed-out").await;
    assert!(browser.html.contains("id=\"signed-out\""));
}

#[tokio::test]
async fn en_01_a_wrong_password_and_an_unknown_address_get_the_same_page() {
    let house = house(|_| ()).await;
    house.with_maria().await;
    let mut pages = Vec::new();
    for email in ["maria@example.com", "nadia@example.com"] {
        let mut browser = Browser::at(&house);
        browser.get("/sign-in").await;
        browser.post("/sign-in", &[("username", email), ("password", "wrong horse")]).await;
        assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            browser.html.contains(&format!("value=\"{email}\"")) && !browser.html.contains("wrong horse")
        );
        assert!(!browser.has_session());
        let without_tokens: Vec<_> = browser
            .html
            .split("name=\"form_token\" value=\"")
            .map(|part| part.split_once('"').unwrap().1.to_owned())
            .collect();
        pages.push(without_tokens.join("").replace(email, "…"));
    }
    assert_eq!(pages[0], pages[1]);
}

#[tokio::test]
async fn a_stale_or_empty_sign_in_is_shown_again_with_the_address() {
    let house = house(|_| ()).await;
    house.with_maria().await;
    let mut browser = Browser::at(&house);
    browser.get("/sign-in").await;
    browser
        .post_with(
            "/sign-in?next=%2Fhelp",
            &[("username", "maria@example.com"), ("password", PASSWORD)],
            "stale",
        )
        .await;
    assert_eq!(browser.status, StatusCode::FORBIDDEN);
    assert!(
        browser.html.contains("This page was open too long")
            && browser.html.contains("value=\"maria@example.com\"")
    );
    assert!(browser.html.contains("action=\"/sign-in?next=%2Fhelp\"") && !browser.has_session());
    browser.post("/sign-in?next=%2Fhelp", &[("username", ""), ("password", "")]).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(browser.html.contains("id=\"username-error\"") && browser.html.contains("id=\"password-error\""));
    browser.post("/sign-in?next=%2Fhelp", &[("username", "maria@example.com"), ("password", PASSWORD)]).await;
    assert_eq!(browser.location, "/help");
}

#[tokio::test]
async fn pw_03_a_full_line_of_passwords_is_answered_503() {
    let house = house(|settings| settings.password.waiting = 0).await;
    let mut browser = Browser::at(&house);
    browser.get("/sign-in").await;
    browser.post("/sign-in", &[("username", "maria@example.com"), ("password", PASSWORD)]).await;
    assert_eq!(browser.status, StatusCode::SERVICE_UNAVAILABLE);
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
