//! The FAQ's numbers that are shown by few words: one test each.
use testkit::on_both_engines;

use crate::house::{Browser, House};

on_both_engines![
    cs_07_the_faq_is_public_and_says_where_else_to_ask,
    cs_12_the_association_page_says_whom_to_ask_for_the_address,
    cs_16_the_mail_goes_to_the_address_on_file_and_not_to_the_typed_one_or_the_passports,
    cs_21_at_the_second_visit_there_is_no_association_page_and_no_mail,
    cs_22_one_passport_may_have_all_of_the_profiles,
    cs_31_with_one_profile_there_is_nothing_to_choose,
    cs_42_a_second_administrator_may_replace_the_main_contact_and_a_sync_undoes_nothing,
    cs_46_without_the_tick_a_professional_is_saved_and_gets_no_mail,
    cs_61_anybody_sends_themselves_the_invitation_to_their_own_saved_address,
    cs_63_another_passport_takes_the_profile_over_and_the_first_ones_visit_ends,
];

const LIST: &str = "/account/professionals";

async fn associated<'a>(house: &'a House, sub: &str, email: &str) -> Browser<'a> {
    let mut browser = house.browser();
    browser.associate(sub, email).await;
    browser
}

async fn cs_07_the_faq_is_public_and_says_where_else_to_ask(house: House) {
    let faq = house.browser().get("/faq").await;
    faq.shows(200, &format!("href=\"{}\"", house.portal.rp.issuer()));
    faq.shows(200, &format!("href=\"mailto:{}\"", house.portal.settings.brand.support));
    faq.shows(200, "action=\"/resources\" role=\"search\"");
}

async fn cs_12_the_association_page_says_whom_to_ask_for_the_address(house: House) {
    let mut ann = house.browser();
    ann.sign_in("/associate", "ann").await;
    let page = ann.get("/associate").await;
    page.shows(200, "If you don’t know the e-mail address");
    page.shows(200, &format!("href=\"mailto:{}\"", house.portal.settings.brand.support));
}

async fn cs_16_the_mail_goes_to_the_address_on_file_and_not_to_the_typed_one_or_the_passports(house: House) {
    let mut ann = house.browser();
    ann.sign_in("/associate", "ann").await;
    ann.claim("ANN@contoso.EXAMPLE").await;
    let mail = house.mail().await;
    assert_eq!(mail.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["Ann@Contoso.example"]);
}

async fn cs_21_at_the_second_visit_there_is_no_association_page_and_no_mail(house: House) {
    let mut ann = associated(&house, "ann", "Ann@Contoso.example").await;
    ann.close();
    assert_eq!(ann.sign_in("/signin?next=%2F", "ann").await.leads_to(), "/");
    ann.get("/").await.shows(200, "Ann Lee");
    assert!(house.mail().await.is_empty());
}

async fn cs_22_one_passport_may_have_all_of_the_profiles(house: House) {
    associated(&house, "tri", "three@example.com").await;
    let dump = house.dump().await;
    let of_tri = |row: &&serde_json::Value| row["sub"] == "tri" && row["state"] == "active";
    assert_eq!(dump["association"].as_array().unwrap().iter().filter(of_tri).count(), 3);
}

async fn cs_31_with_one_profile_there_is_nothing_to_choose(house: House) {
    let mut ann = associated(&house, "ann", "Ann@Contoso.example").await;
    ann.close();
    assert_eq!(ann.sign_in("/signin?next=%2Fresources", "ann").await.leads_to(), "/resources");
    ann.get("/resources").await.shows(200, "Ann Lee");
    assert_eq!(ann.get("/choose").await.leads_to(), "/");
}

async fn cs_42_a_second_administrator_may_replace_the_main_contact_and_a_sync_undoes_nothing(house: House) {
    let (mut boss, mut ann) = (house.browser(), house.browser());
    boss.administer().await;
    ann.associate("ann", "Ann@Contoso.example").await;
    let page = |id: &str| format!("{LIST}/{id}");
    let (ann_id, boss_id) = (house.profile("ann").await, house.profile("boss").await);
    let shown = boss.get(&page(&ann_id)).await;
    let version = |body: &str| {
        body.split_once("name=\"version\" value=\"").unwrap().1.split('"').next().unwrap().to_owned()
    };
    let fields = |first: &'static str, last: &'static str, email: &'static str, version: String| {
        [
            ("first_name", first.to_owned()),
            ("last_name", last.into()),
            ("email", email.into()),
            ("version", version),
        ]
    };
    let ann_fields = fields("Ann", "Lee", "Ann@Contoso.example", version(shown.text()));
    let mut with_box: Vec<(&str, &str)> =
        ann_fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    with_box.push(("administrator", "on"));
    boss.post(&page(&ann_id), &with_box).await.leads_to();
    let shown = ann.get(&page(&boss_id)).await;
    let boss_fields = fields("Bo", "Boss", "boss@contoso.example", version(shown.text()));
    let without: Vec<(&str, &str)> =
        boss_fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    ann.post(&page(&boss_id), &without).await.leads_to();
    boss.get(LIST).await.shows(403, "");
    house.seed(crate::house::people()).await;
    boss.get(LIST).await.shows(403, "");
    ann.get(LIST).await.shows(200, "Bo Boss");
}

async fn cs_46_without_the_tick_a_professional_is_saved_and_gets_no_mail(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let form = boss.get(&format!("{LIST}/new")).await;
    form.shows(
        200,
        "Send Invite E-mail to this CustomerSource user to associate their Microsoft Passport Network to this profile",
    );
    let person = [("first_name", "New"), ("last_name", "Hand"), ("email", "new@contoso.example")];
    boss.post(&format!("{LIST}/new"), &person).await.leads_to();
    boss.get(LIST).await.shows(200, "New Hand");
    assert!(house.mail().await.is_empty());
}

async fn cs_61_anybody_sends_themselves_the_invitation_to_their_own_saved_address(house: House) {
    let mut ann = associated(&house, "ann", "Ann@Contoso.example").await;
    let page = ann.get("/account/profile").await;
    page.shows(200, "Send Invite E-mail");
    let path = "/account/profile/invite";
    ann.post(path, &[("email", "elsewhere@example.com")]).await.leads_to();
    let mail = house.mail().await;
    assert_eq!(mail.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["Ann@Contoso.example"]);
}

async fn cs_63_another_passport_takes_the_profile_over_and_the_first_ones_visit_ends(house: House) {
    let mut ann = associated(&house, "ann", "Ann@Contoso.example").await;
    ann.get("/account/profile").await;
    ann.post("/account/profile/invite", &[]).await.leads_to();
    let link = house.mail().await[0].link();
    let mut other = house.browser();
    assert_eq!(other.accept(&link, "ann-2").await.leads_to(), "/associate/done");
    other.get("/account").await.shows(200, "Ann@Contoso.example");
    assert!(ann.get("/account").await.leads_to().starts_with("/signin"));
    house.mail().await;
    ann.close();
    ann.sign_in("/account", "ann").await;
    assert_eq!(ann.get("/account").await.leads_to(), "/associate");
}
