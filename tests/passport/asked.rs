//! What the hot requests ask of the database, in order: whoever adds a statement to one of them changes this knowingly.
//! Figures of time are `docs/PERFORMANCE.md`'s; these cannot be noisy.
use platform::db::Asked;
use testkit::{House, Kind, PASSWORD, Parameters, net::Request, on_both_engines};

on_both_engines![
    an_authorization_in_a_session,
    a_code_is_redeemed,
    a_refresh_token_is_rotated,
    a_client_asks_for_itself,
    userinfo_and_introspection,
    a_sign_in_where_nobody_knows_the_computer,
    what_nobody_is_known_for,
];

/// Answers, and tells what was asked for it.
async fn ask(house: &House, request: Request, status: u16) -> String {
    let (answered, asked) =
        testkit::asked::asked(&house.passport.site, passport::router(&house.passport), request).await;
    assert_eq!(answered, status);
    in_short(&asked)
}

/// `select grants + client, …; begin: insert grants, …`: verbs and tables.
fn in_short(asked: &Asked) -> String {
    let short = |sql: &String| {
        let words: Vec<_> = sql.split_whitespace().collect();
        let after = |word: &str| -> Vec<&str> {
            let pairs = words.iter().zip(words.iter().skip(1));
            pairs.filter(|(found, _)| **found == word).map(|(_, table)| table.trim_matches('"')).collect()
        };
        let verb = words.first().map(|word| word.to_lowercase()).unwrap_or_default();
        let first = match verb.as_str() {
            "insert" => "INTO",
            "update" => "UPDATE",
            _ => "FROM",
        };
        let tables: Vec<_> = after(first).into_iter().take(1).chain(after("JOIN")).collect();
        format!("{verb} {}", tables.join(" + "))
    };
    let list = |sql: &[String]| sql.iter().map(short).collect::<Vec<_>>().join(", ");
    match asked.transactions {
        0 => list(&asked.reads),
        times => format!("{}; {times} x begin: {}", list(&asked.reads), list(&asked.statements)),
    }
}

async fn an_authorization_in_a_session(house: House) {
    let (browser, rp) = (house.browser(), house.client(Kind::Web).await);
    browser.join("ann@acme.test").await;
    rp.code(&browser).await;
    let url = rp.authorize_url(|asked| asked);
    let cookies = browser.cookies().header(&url.parse().unwrap(), house.clock.now()).unwrap();
    let asked = ask(&house, Request::get(&url).header("cookie", &cookies), 303).await;
    assert_eq!(
        asked,
        "select session + account, select client; 1 x begin: select account + session + client, select consent, \
         insert grants, delete grants"
    );
}

async fn a_code_is_redeemed(house: House) {
    let (browser, rp) = (house.browser(), house.client(Kind::Web).await);
    browser.join("ann@acme.test").await;
    let code = rp.code(&browser).await;
    let asked = ask(&house, rp.redeeming(&code), 200).await;
    assert_eq!(asked, "select client; 1 x begin: select grants + account + client + session, update grants");
}

async fn a_refresh_token_is_rotated(house: House) {
    let (browser, rp) = (house.browser(), house.client(Kind::Web).await);
    browser.join("ann@acme.test").await;
    let tokens = rp.tokens(&browser).await;
    let asked = ask(&house, rp.refreshing(tokens.refresh()), 200).await;
    assert_eq!(asked, "select client; 1 x begin: select grants + account + client + session, update grants");
}

async fn a_client_asks_for_itself(house: House) {
    let rp = house
        .client_with(Kind::Web, |client| {
            client.grant_types = vec![oidc::client::GrantType::ClientCredentials];
            client.response_types = vec![];
            client.scope = oidc::scope::Scopes::parse("orders:read").unwrap();
        })
        .await;
    let form = Parameters::of(&[("grant_type", "client_credentials")]);
    let basic = testkit::rp::basic(&rp.id, rp.secret.as_deref().unwrap());
    let request = || Request::post(&house.url("/oauth2/token"), &form).header("authorization", &basic);
    // The first one reads the keys.
    ask(&house, request(), 200).await;
    assert_eq!(ask(&house, request(), 200).await, "select client");
}

async fn userinfo_and_introspection(house: House) {
    let (browser, rp) = (house.browser(), house.client(Kind::Web).await);
    browser.join("ann@acme.test").await;
    let token = rp.tokens(&browser).await.access;
    let request = Request::get(&house.url("/oauth2/userinfo"));
    let asked = ask(&house, request.header("authorization", format!("Bearer {token}")), 200).await;
    assert_eq!(asked, "select grants + account + client");
    let form = Parameters::of(&[("token", token.as_str())]);
    let basic = testkit::rp::basic(&rp.id, rp.secret.as_deref().unwrap());
    let request = Request::post(&house.url("/oauth2/introspect"), &form).header("authorization", &basic);
    assert_eq!(ask(&house, request, 200).await, "select client, select grants + account + client");
}

async fn a_sign_in_where_nobody_knows_the_computer(house: House) {
    let browser = house.browser();
    house.browser().join("ann@acme.test").await;
    let token = browser.get("/sign-in").await.page().attribute("input[name=form_token]", "value");
    let url = house.url("/sign-in");
    let cookies = browser.cookies().header(&url.parse().unwrap(), house.clock.now()).unwrap();
    let form = [("form_token", token.as_str()), ("username", "ann@acme.test"), ("password", PASSWORD)];
    let asked =
        ask(&house, Request::post(&url, &Parameters::of(&form)).header("cookie", &cookies), 303).await;
    assert_eq!(
        asked,
        "select account + guess_streak, select budget, select account, select name_claim; \
         2 x begin: insert guess_streak, insert budget, insert budget, insert budget, \
         select account, update account, insert session, select session, select closing, delete closing, \
         select computer, insert computer, select computer, insert event, select event, \
         update guess_streak, update budget, update budget, update budget"
    );
}

async fn what_nobody_is_known_for(house: House) {
    // The first one reads the keys.
    ask(&house, Request::get(&house.url("/oauth2/jwks")), 200).await;
    for path in ["/.well-known/openid-configuration", "/oauth2/jwks", "/help"] {
        assert_eq!(ask(&house, Request::get(&house.url(path)), 200).await, "", "{path}");
    }
}
