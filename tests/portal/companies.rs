//! What a company's administrators see and save of its people, and what they cannot reach.
use axum::http::Request;
use customersource::{association::store::find_current, profile::ProfileId};
use testkit::on_both_engines;

use crate::house::{House, person};

on_both_engines![
    cs_43_only_who_acts_as_an_administrator_manages_people,
    the_file_of_people_is_whole_for_browsers_that_take_it_compressed,
    cs_44_cs_49_the_table_shows_everybody_of_the_company_and_how_it_stands_with_them,
    cs_45_cs_46_a_professional_is_added_with_and_without_an_invitation,
    cs_51_an_invitation_goes_to_the_saved_address_and_a_saved_edit_ends_links_to_the_old_one,
    an_edit_on_top_of_anothers_is_shown_and_not_overwritten,
    as_08_what_is_another_companys_and_what_never_was_look_alike,
    as_09_a_form_sets_nothing_that_it_does_not_show,
    as_17_the_table_as_a_file_is_safe_to_open,
    the_same_address_twice_in_a_company_is_allowed_and_said,
    br_12_names_are_text_wherever_they_stand,
];

const LIST: &str = "/account/professionals";

async fn cs_43_only_who_acts_as_an_administrator_manages_people(house: House) {
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    let boss = house.profile("boss").await;
    for path in [LIST.to_owned(), format!("{LIST}.csv"), format!("{LIST}/new"), format!("{LIST}/{boss}")] {
        ann.get(&path).await.shows(403, "Only for administrators");
    }
    ann.get("/account").await;
    ann.post(&format!("{LIST}/new"), &person("New", "new@example.com")).await.shows(403, "Only for");
    assert!(!ann.get("/account").await.text().contains("Our CustomerSource Accounts"));

    // Another profile of the same Passport that administers helps only when it is the acting one.
    let mut two = house.browser();
    two.associate("two", "boss@contoso.example").await;
    two.get(LIST).await.shows(200, "Our CustomerSource Accounts");
    two.claim("pat@example.com").await;
    let link = house.mail().await[0].link();
    two.accept(&link, "two").await;
    assert_eq!(two.get(LIST).await.leads_to(), "/choose?next=%2Faccount%2Fprofessionals");
    let chooser = two.get("/choose").await;
    let pats = chooser.text().split("value=\"").find(|part| part.contains("<strong>Partner")).unwrap();
    two.post("/choose", &[("profile", pats.split('"').next().unwrap())]).await;
    two.get(LIST).await.shows(403, "Only for administrators");
    assert_eq!(house.browser().get(LIST).await.leads_to(), "/signin?next=%2Faccount%2Fprofessionals");
}

async fn the_file_of_people_is_whole_for_browsers_that_take_it_compressed(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    for way in ["gzip", "br"] {
        let request = Request::get(format!("{LIST}.csv")).header("accept-encoding", way);
        let answer = boss.send(request, "").await;
        assert_eq!(answer.header("content-encoding"), way);
        assert!(answer.body.len() > 100, "{way}");
    }
}

async fn cs_44_cs_49_the_table_shows_everybody_of_the_company_and_how_it_stands_with_them(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let page = boss.get(LIST).await;
    for text in
        ["My Account</a>", "Account Information</a>", "aria-current=\"page\">Our CustomerSource Accounts"]
    {
        page.shows(200, text);
    }
    for text in ["Ann Lee", "Tri Lee", "Tria Lee", "Not invited", "November 18, 2026", "Never"] {
        page.shows(200, text);
    }
    assert!(!page.text().contains("Trio Lee"), "Fabrikam’s");
    boss.get(&format!("{LIST}?q=ann")).await.shows(200, "Ann Lee");
    assert!(!boss.get(&format!("{LIST}?q=ann")).await.text().contains("Tria Lee"));
    // HT-12: what is typed is text.
    for odd in ["%25", "_", "%27%20OR%201=1--", "%5C", "%22"] {
        boss.get(&format!("{LIST}?q={odd}")).await.shows(200, "Nobody found");
    }
    for odd in ["page=-1", "page=x", "page=99999999999999999999", "page=18446744073709551615"] {
        assert_eq!(boss.get(&format!("{LIST}?{odd}")).await.status, 200, "{odd}");
    }
}

async fn cs_45_cs_46_a_professional_is_added_with_and_without_an_invitation(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let form = boss.get(&format!("{LIST}/new")).await;
    form.shows(200, "Add New Professionals");
    form.shows(200, "<button id=\"save\">Save</button>");
    let told = "Send Invite E-mail to this CustomerSource user to associate their Microsoft Passport Network \
                to this profile</label>";
    form.shows(200, told);

    let added = boss.post(&format!("{LIST}/new"), &person("Nia", "nia@contoso.example")).await;
    assert!(added.leads_to().ends_with("?done=added"), "{}", added.leads_to());
    assert!(house.mail().await.is_empty(), "unchecked: no mail");
    let mut fields = person("Noa", "noa@contoso.example");
    fields.push(("invite", "on"));
    let added = boss.post(&format!("{LIST}/new"), &fields).await;
    assert!(added.leads_to().ends_with("?done=added-invited"));
    boss.get(added.leads_to()).await.shows(200, "the invitation is on its way");
    let mails = house.mail().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, "noa@contoso.example");
    assert!(mails[0].text.contains("Bo Boss, an administrator of Contoso Ltda, invited you"));
    boss.get(LIST).await.shows(200, "<span class=\"pill warn\">Invited</span>");
    assert_eq!(house.deeds("profile.added").await, 2);

    let empty = boss.post(&format!("{LIST}/new"), &person(" ", "nonsense")).await;
    empty.shows(422, "Enter a first name");
    empty.shows(422, "value=\"nonsense\"");
    for bad in ["a\r\nBcc: x@evil.example", "a\u{2028}b", &"x".repeat(101)] {
        boss.post(&format!("{LIST}/new"), &person(bad, "x@example.com"))
            .await
            .shows(422, "Enter a first name");
    }
    boss.form_token = "stale".into();
    let stale = boss.post(&format!("{LIST}/new"), &person("Kept", "kept@example.com")).await;
    stale.shows(403, "value=\"Kept\"");
}

async fn cs_51_an_invitation_goes_to_the_saved_address_and_a_saved_edit_ends_links_to_the_old_one(
    house: House,
) {
    let mut boss = house.browser();
    boss.administer().await;
    let page = format!("{LIST}/{}", house.profile("ann").await);
    // The edit that was not saved does not reach the mail: the button is a form of its own.
    boss.get(&page).await.shows(200, "The e-mail goes to the saved address: Ann@Contoso.example");
    let sent = boss.post(&format!("{page}/invite"), &[("email", "evil@example.com")]).await;
    assert!(sent.leads_to().ends_with("?done=invited"));
    let mails = house.mail().await;
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, "Ann@Contoso.example"));
    let old = mails[0].link();

    let mut fields = person("Ann", "ann.lee@contoso.example");
    fields.push(("version", "1"));
    let saved = boss.post(&page, &fields).await;
    assert!(saved.leads_to().ends_with("?done=saved-withdrawn"), "{}", saved.leads_to());
    boss.get(saved.leads_to()).await.shows(200, "no longer works. Send a new one below.");
    let mails = house.mail().await;
    assert_eq!(mails.len(), 1, "rule 13: the old address is told");
    assert_eq!(mails[0].to, "Ann@Contoso.example");
    assert!(mails[0].subject.contains("was changed") && !mails[0].text.contains("ann.lee@"));
    house.browser().get(&old).await.shows(410, "This link was withdrawn");
    boss.get(LIST).await.shows(200, "Withdrawn");

    // The minute between two invitations is counted for each address: the first one went to another.
    assert!(boss.post(&format!("{page}/invite"), &[]).await.leads_to().ends_with("?done=invited"));
    assert!(boss.post(&format!("{page}/invite"), &[]).await.leads_to().ends_with("?done=too-soon"));
    let mails = house.mail().await;
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, "ann.lee@contoso.example"));
    let saved = house.dump().await["audit"].to_string();
    assert!(
        saved.contains("ann.lee@contoso.example") && saved.contains("Ann@Contoso.example"),
        "before and after"
    );
}

async fn an_edit_on_top_of_anothers_is_shown_and_not_overwritten(house: House) {
    let (mut one, mut two) = (house.browser(), house.browser());
    one.administer().await;
    two.sign_in("/account", "boss").await;
    let page = format!("{LIST}/{}", house.profile("ann").await);
    let edit = |first: &'static str, version: &'static str| {
        let mut fields = person(first, "Ann@Contoso.example");
        fields.push(("version", version));
        fields
    };
    two.get(&page).await;
    assert!(one.fill_in(&page, &page, &edit("Anna", "1")).await.leads_to().ends_with("saved"));
    let conflict = two.post(&page, &edit("Annie", "1")).await;
    conflict.shows(409, "Somebody else saved this profile");
    conflict.shows(409, "<dd>Anna</dd>");
    conflict.shows(409, "value=\"Annie\"");
    conflict.shows(409, "name=\"version\" value=\"2\"");
    assert!(two.post(&page, &edit("Annie", "2")).await.leads_to().ends_with("saved"), "knowingly, then");
    one.get(LIST).await.shows(200, "Annie Lee");
}

async fn as_08_what_is_another_companys_and_what_never_was_look_alike(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let (trio, ann) = (house.profile("three-3").await, house.profile("ann").await);
    let before = house.dump().await;
    let nobody = "01930000-0000-7000-8000-000000000000";
    for id in [trio.as_str(), nobody, "x", "%2e%2e"] {
        let page = format!("{LIST}/{id}");
        boss.get(&page).await.shows(404, "Page not found");
        boss.get(&format!("{page}/remove")).await.shows(404, "Page not found");
        boss.get(LIST).await;
        let mut fields = person("Hacked", "hacked@example.com");
        fields.push(("version", "1"));
        boss.post(&page, &fields).await.shows(404, "No longer there");
        for act in ["invite", "end", "remove"] {
            boss.post(&format!("{page}/{act}"), &[]).await.shows(404, "No longer there");
        }
        boss.post(&format!("{page}/withdraw"), &[("invitation", nobody)]).await.shows(404, "No longer there");
    }
    // Another profile's invitation under one's own person's address is nobody's.
    boss.get(&format!("{LIST}/{ann}")).await;
    let nothing = boss.post(&format!("{LIST}/{ann}/withdraw"), &[("invitation", nobody)]).await;
    assert!(nothing.leads_to().ends_with("?done=nothing"));
    assert_eq!(house.dump().await, before, "nothing changed");
    assert!(house.mail().await.is_empty());
}

async fn as_09_a_form_sets_nothing_that_it_does_not_show(house: House) {
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    let fabrikam = house.dump().await["organization"].to_string();
    let mut fields = person("Ann", "Ann@Contoso.example");
    fields.extend([
        ("version", "1"),
        ("administrator", "on"),
        ("is_admin", "true"),
        ("is_bill_to", "true"),
        ("admin_source", "granted"),
        ("organization_id", "fabrikam"),
        ("company", "Fabrikam S.A."),
        ("plan_end", "2099-01-01"),
        ("subject", "mallory"),
        ("email_verified", "1"),
        ("state", "removed"),
    ]);
    ann.fill_in("/account/profile", "/account/profile", &fields).await.leads_to();
    let ann_now = house.current("ann").await;
    assert!(!ann_now.is_admin && !ann_now.is_bill_to && ann_now.is_active);
    assert_eq!(house.dump().await["organization"].to_string(), fabrikam);
    ann.get(LIST).await.shows(403, "Only for administrators");
    let id: ProfileId = house.profile("ann").await.parse().unwrap();
    let association = find_current(house.portal.db.reader(), id).await.unwrap().unwrap();
    assert_eq!(association.subject.sub, "ann");
}

async fn as_17_the_table_as_a_file_is_safe_to_open(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    for (first, email) in
        [("=cmd|' /C calc'!A0", "a@example.com"), ("+1", "b@example.com"), ("say \"hi\"", "c@example.com")]
    {
        boss.fill_in(&format!("{LIST}/new"), &format!("{LIST}/new"), &person(first, email)).await.leads_to();
    }
    let file = boss.get(&format!("{LIST}.csv")).await;
    assert_eq!(file.status, 200);
    assert!(file.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    for cell in
        ["\"'=cmd|' /C calc'!A0\"", "\"'+1\"", "\"say \"\"hi\"\"\"", "\"Ann@Contoso.example\"", "\r\n"]
    {
        assert!(file.text().contains(cell), "{cell}: {}", file.text());
    }
    assert!(
        !file.text().contains("Trio") && !file.text().contains("associate/"),
        "AS-07: no links, no strangers"
    );
    assert_eq!(file.text().lines().count(), 1 + 7);
}

async fn the_same_address_twice_in_a_company_is_allowed_and_said(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let added = boss
        .fill_in(&format!("{LIST}/new"), &format!("{LIST}/new"), &person("Twin", "ann@CONTOSO.example"))
        .await;
    let page = boss.get(added.leads_to()).await;
    page.shows(200, "Others in your company have the same e-mail address");
    page.shows(200, "<li>Ann Lee</li>");
}

async fn br_12_names_are_text_wherever_they_stand(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let evil = "<img src=x onerror=alert(1)>{{7*7}}${7*7}{%raw%}";
    let added = boss
        .fill_in(
            &format!("{LIST}/new"),
            &format!("{LIST}/new"),
            &[("first_name", evil), ("last_name", "L"), ("email", "evil@example.com"), ("invite", "on")],
        )
        .await;
    let (page, list) = (boss.get(added.leads_to()).await, boss.get(LIST).await);
    for body in [page.text(), list.text(), &house.mail().await[0].html] {
        assert!(!body.contains("<img") && !body.contains("&#62;49"), "{body}");
        assert!(body.contains("&#60;img src=x"));
    }
}
