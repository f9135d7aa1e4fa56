//! The forms of signing up and in: what they refuse, and what they keep.
use super::*;

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

const CREDENTIALS: [(&str, &str); 13] = [
    ("step", "credentials"),
    ("email", "new@example.com"),
    ("password", "three plain words"),
    ("question", "question-first-book"),
    ("own_question", ""),
    ("answer", "Dom Casmurro"),
    ("account_language", "pt-BR"),
    ("name", "Maria Silva"),
    ("country", "BR"),
    ("postal_code", "01310-100"),
    ("birth_day", "29"),
    ("birth_month", "2"),
    ("birth_year", "1980"),
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
    assert_eq!(
        (browser.status, browser.location.as_str()),
        (StatusCode::SEE_OTHER, "/sign-up/done?back=answer")
    );
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
        assert_eq!(
            (browser.status, browser.location.as_str()),
            (StatusCode::SEE_OTHER, "/sign-up/done?back=answer")
        );
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
            .replace("data-options=\"", "name=\"form_token\" value=\"")
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
