//! Requests for claims by scope, as the certification's plan asks for them: everything that a scope stands for
//! (OIDC Core §5.4) is in UserInfo once the person has filled it in.
use serde_json::Value;
use testkit::{House, Kind, house::minutes, on_both_engines};

on_both_engines![
    oidcc_scope_profile,
    oidcc_scope_email,
    oidcc_scope_address,
    oidcc_scope_phone,
    oidcc_scope_all,
];

const FILLED_IN: [(&str, &str); 19] = [
    ("name", "Ann B. Example"),
    ("given_name", "Ann"),
    ("middle_name", "B."),
    ("family_name", "Example"),
    ("nickname", "Annie"),
    ("preferred_username", "ann"),
    ("gender", "female"),
    ("birthdate", "1970-01-02"),
    ("phone_number", "+55 11 5555-0100"),
    ("street_address", "Rua 1"),
    ("postal_code", "01000-000"),
    ("locality", "São Paulo"),
    ("region", "SP"),
    ("country", "Brasil"),
    ("website", "https://ann.example/"),
    ("profile", "https://ann.example/me"),
    ("picture", "https://ann.example/me.png"),
    ("zoneinfo", "America/Sao_Paulo"),
    ("locale", "pt-BR"),
];

const PROFILE: [&str; 14] = [
    "birthdate",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];
const EMAIL: [&str; 2] = ["email", "email_verified"];
const ADDRESS: [&str; 1] = ["address"];
const PHONE: [&str; 2] = ["phone_number", "phone_number_verified"];

/// What UserInfo says to a site that asked for `openid` and these scopes: `claims` and `sub`, and nothing else.
async fn released(house: &House, scope: &str, claims: &[&str]) -> Value {
    house.leave_mail();
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    house.clock.advance(minutes(1));
    browser.get("/account/information").await.assert_status(200);
    let saved = browser.submit("#information-save", &FILLED_IN).await;
    assert!(saved.page().has(".notice.ok"), "{saved:?}");
    let asked = web.ask(&browser, |asked| asked.with("scope", format!("openid {scope}"))).await;
    let tokens = web.tokens_in(&web.redeem(&web.code_in(&asked)).await);
    let info = house.userinfo(&tokens.access).await.assert_status(200).json();
    let mut expected = [claims, &["sub"]].concat();
    expected.sort_unstable();
    let mut names: Vec<_> = info.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, expected);
    assert_eq!(info["sub"], testkit::jwt::claims(tokens.id())["sub"]);
    for (name, value) in FILLED_IN {
        if claims.contains(&name) {
            assert_eq!(info[name], value, "{name}");
        }
    }
    info
}

async fn oidcc_scope_profile(house: House) {
    let info = released(&house, "profile", &PROFILE).await;
    assert_eq!(info["updated_at"], house.clock.now().unix_seconds());
}

async fn oidcc_scope_email(house: House) {
    let info = released(&house, "email", &EMAIL).await;
    assert_eq!((&info["email"], &info["email_verified"]), (&"ann@acme.test".into(), &false.into()));
}

async fn oidcc_scope_address(house: House) {
    assert_address(&released(&house, "address", &ADDRESS).await);
}

async fn oidcc_scope_phone(house: House) {
    let info = released(&house, "phone", &PHONE).await;
    assert_eq!(info["phone_number_verified"], false);
}

async fn oidcc_scope_all(house: House) {
    let all = [PROFILE.as_slice(), &EMAIL, &ADDRESS, &PHONE].concat();
    let info = released(&house, "profile email address phone", &all).await;
    assert_address(&info);
    assert_eq!(info["email"], "ann@acme.test");
}

#[track_caller]
fn assert_address(info: &Value) {
    for name in ["street_address", "postal_code", "locality", "region", "country"] {
        let wanted = FILLED_IN.iter().find(|(known, _)| *known == name).unwrap().1;
        assert_eq!(info["address"][name], wanted, "{name}");
    }
}
