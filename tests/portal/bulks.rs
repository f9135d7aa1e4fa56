//! Many people at once: looked at first, confirmed, and done by and by; a table is judged row by row and nothing of it
//! is lost.
use axum::http::Request;
use testkit::{Engine, on_both_engines};

use crate::house::{Answer, Browser, House, minutes};

on_both_engines![
    chosen_people_are_shown_with_how_many_they_are_and_invited_once_that_is_confirmed,
    whoever_is_chosen_stays_chosen_through_a_search_and_a_row_leads_back_to_its_page,
    a_table_is_judged_row_by_row_and_adds_nobody_before_it_is_confirmed,
    a_table_that_cannot_be_read_says_why_and_stores_nothing,
    who_is_no_administrator_any_more_ends_their_bulk_and_another_company_sees_none_of_it,
    what_is_over_the_hours_invitations_waits_and_goes_by_itself,
    a_table_whose_visit_ended_is_chosen_again_and_nothing_else_is,
    a_draft_that_arrives_twice_is_one_and_another_table_is_another,
    whoever_is_not_as_the_confirmed_page_showed_them_is_not_invited,
];

const LIST: &str = "/account/professionals";
const UPLOAD: &str = "/account/professionals/upload";

async fn upload(boss: &mut Browser<'_>, invite: bool, file: &[u8]) -> Answer {
    boss.get(UPLOAD).await;
    let token = boss.form_token.clone();
    let mut words = vec![("form_token", token.as_str())];
    if invite {
        words.push(("invite", "1"));
    }
    send(boss, &words, file).await
}

async fn send(boss: &mut Browser<'_>, words: &[(&str, &str)], file: &[u8]) -> Answer {
    let mut body = Vec::new();
    for (name, value) in words {
        body.extend_from_slice(
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .as_bytes(),
        );
    }
    body.extend_from_slice(
        b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n\r\n",
    );
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    let request = Request::post(UPLOAD).header("content-type", "multipart/form-data; boundary=edge");
    boss.send(request.header("sec-fetch-site", "same-origin"), body).await
}

fn figure<'a>(page: &'a Answer, id: &str) -> &'a str {
    page.text().split_once(&format!("<dd id=\"{id}\">")).unwrap().1.split(['<', ' ']).next().unwrap()
}

async fn chosen_people_are_shown_with_how_many_they_are_and_invited_once_that_is_confirmed(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let (ann, tri) = (house.profile("ann").await, house.profile("three-1").await);
    let other = house.profile("three-3").await;
    boss.get(LIST).await;
    assert!(boss.post(&format!("{LIST}/bulk"), &[]).await.leads_to().ends_with("done=none-chosen"));
    boss.get(&format!("{LIST}?done=none-chosen")).await.shows(200, "Choose at least one person");
    // Another company's person is nobody here.
    let chosen = [("who", ann.as_str()), ("who", &tri), ("who", &other), ("who", "x")];
    let page = boss.post(&format!("{LIST}/bulk"), &chosen).await.leads_to().to_owned();
    let draft = boss.get(&page).await;
    draft.shows(200, "Invite (2)");
    assert!(
        draft.text().contains("Ann Lee")
            && draft.text().contains("Tri Lee")
            && !draft.text().contains("Trio")
    );
    assert!(house.mail().await.is_empty(), "nobody gets anything before it is confirmed");
    for _ in 0..2 {
        boss.get(&page).await;
        let path = format!("{page}/start");
        boss.get(&page).await;
        let answer = boss.post(&path, &[]).await;
        assert!(matches!(answer.status, 303 | 409), "{}", answer.text());
    }
    let mails = house.mail().await;
    assert_eq!(mails.len(), 2, "once, however often it is pressed");
    let done = boss.get(&page).await;
    done.shows(200, "This is finished");
    assert_eq!((figure(&done, "open"), figure(&done, "well"), figure(&done, "unwell")), ("0", "2", "0"));
    assert_eq!(house.deeds("invitation.sent").await, 2);
    // At once again: told row by row.
    let again = boss.get(LIST).await;
    again.shows(200, "Invite everybody in this list");
    let page = boss.post(&format!("{LIST}/bulk?all=1"), &[("only", "invited")]).await.leads_to().to_owned();
    boss.get(&page).await.shows(200, "Invite (2)");
    boss.post(&format!("{page}/start"), &[]).await.leads_to();
    assert!(house.mail().await.is_empty());
    let done = boss.get(&format!("{page}?only=unwell")).await;
    assert_eq!((figure(&done, "well"), figure(&done, "unwell")), ("0", "2"));
    done.shows(200, "Invited a moment ago");
}

async fn whoever_is_chosen_stays_chosen_through_a_search_and_a_row_leads_back_to_its_page(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let (ann, tri) = (house.profile("ann").await, house.profile("three-1").await);
    let other = house.profile("three-3").await;
    let ids = |page: &Answer, button: &str| -> Vec<String> {
        let fields = page.page().form(button).fields;
        fields.0.into_iter().filter(|(name, _)| name == "who").map(|(_, id)| id).collect()
    };
    // Without a script: the search carries the boxes, those of people whom it does not find, too.
    let found = boss.get(&format!("{LIST}?q=tri&who={ann}&who={tri}&who={other}&who=x")).await;
    found.shows(200, "Chosen on other pages of this list");
    assert!(!found.text().contains("Trio"), "nobody of another company");
    let (mut chosen, mut both) = (ids(&found, "#invite-chosen"), vec![ann.clone(), tri.clone()]);
    chosen.sort();
    both.sort();
    assert_eq!(chosen, both);
    let search = found.page().form("#look button");
    assert!(!search.is_post && !search.fields.encoded().contains("form_token"), "{search:?}");
    let press = found.page().form("#invite-chosen");
    assert!(press.is_post);
    let fields: Vec<_> = chosen.iter().map(|id| ("who", id.as_str())).collect();
    let draft = boss.post(&press.action, &fields).await.leads_to().to_owned();
    boss.get(&draft).await.shows(200, "Invite (2)");
    // A button of a row leads back to the page of the list that it stands on, and to no other place.
    let invite = format!("{LIST}/{tri}/invite");
    let found = boss.get(&format!("{LIST}?q=tri")).await;
    let from = found.page().form(&format!("form[action='{invite}']")).fields.get("from").unwrap().to_owned();
    let back = boss.post(&invite, &[("from", &from)]).await.leads_to().to_owned();
    assert_eq!(back, format!("{LIST}?q=tri&done=invited"));
    boss.get(&back).await.shows(200, "Tri Lee");
    let elsewhere = [("from", "https://elsewhere.example/account/professionals")];
    assert_eq!(boss.post(&invite, &elsewhere).await.leads_to(), format!("{LIST}/{tri}?done=too-soon"));
    house.mail().await;
}

async fn a_table_is_judged_row_by_row_and_adds_nobody_before_it_is_confirmed(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let table = "First name;Last name;E-mail address\nNia;Sá;nia@contoso.example\n;Sá;x@contoso.example\nAnn;Lee;ann@contoso.example\nNoa;Li;noa@contoso.example\nNoa;Li;NOA@contoso.example\n";
    let page = upload(&mut boss, true, table.as_bytes()).await.leads_to().to_owned();
    let draft = boss.get(&page).await;
    draft.shows(200, "Add (2)");
    for text in
        ["Enter a first name", "Your company has this address already", "stands in the table twice", "Line 3"]
    {
        draft.shows(200, text);
    }
    assert_eq!(house.deeds("profile.added").await, 0);
    let unwell = boss.get(&format!("{page}?only=unwell")).await;
    assert!(!unwell.text().contains("nia@contoso.example"));
    boss.get(&page).await;
    boss.post(&format!("{page}/start"), &[]).await.leads_to();
    let mails = house.mail().await;
    assert_eq!(mails.len(), 2);
    let done = boss.get(&page).await;
    assert_eq!((figure(&done, "open"), figure(&done, "well"), figure(&done, "unwell")), ("0", "2", "3"));
    done.shows(200, "Added and invited");
    boss.get(LIST).await.shows(200, "nia@contoso.example");
    // The portal's own table comes back as one where everybody is there already.
    let own = boss.get("/account/professionals.csv").await;
    let page = upload(&mut boss, false, &own.body).await.leads_to().to_owned();
    let draft = boss.get(&page).await;
    assert_eq!(figure(&draft, "open"), "0");
    assert!(!draft.text().contains("id=\"start\""), "there is nothing to do");
    boss.post(&format!("{page}/drop"), &[]).await.leads_to();
    assert_eq!(boss.get(&page).await.status, 404);
}

async fn a_table_that_cannot_be_read_says_why_and_stores_nothing(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    for (file, said) in [
        (b"".as_slice(), "There is nobody in this table"),
        (b"first_name,email\nA,b@example.com\n", "The first line must name the columns"),
        (b"first_name,last_name,email\nA,=SUM(1),b@example.com\n", "Line 2 cannot"),
        (b"PK\x03\x04first_name,last_name,email\n", "This is not a CSV file"),
        (b"first_name,last_name,email\n\"A,B,b@example.com\n", "Line 2 cannot be read"),
    ] {
        let answer = upload(&mut boss, true, file).await;
        answer.shows(422, said);
        answer.shows(422, "name=\"invite\" value=\"1\" checked");
    }
    let large = vec![b'a'; (4 << 20) + 1];
    upload(&mut boss, false, &large).await.shows(413, "This table is too large");
    assert!(house.dump().await["bulk"].as_array().unwrap().is_empty());
}

async fn who_is_no_administrator_any_more_ends_their_bulk_and_another_company_sees_none_of_it(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    boss.get(LIST).await;
    let page = boss.post(&format!("{LIST}/bulk?all=1"), &[]).await.leads_to().to_owned();
    boss.get(&page).await;
    boss.post(&format!("{page}/start"), &[]).await.leads_to();
    let tx = house.portal.db.begin().await.unwrap();
    let id = house.current("boss").await.id;
    customersource::profile::store::set_administrator(&tx, id, None).await.unwrap();
    tx.commit().await.unwrap();
    assert!(house.mail().await.is_empty());
    let dump = house.dump().await;
    assert_eq!(dump["bulk"][0]["state"], "done");
    assert!(dump["bulk_line"].as_array().unwrap().iter().all(|line| line["outcome"] == "not-administrator"));
    boss.get(&page).await.shows(403, "Only for administrators");
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    let tx = house.portal.db.begin().await.unwrap();
    let id = house.current("pat").await.id;
    let granted = Some(customersource::profile::AdminSource::Granted);
    customersource::profile::store::set_administrator(&tx, id, granted).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(pat.get(&page).await.status, 404);
}

async fn what_is_over_the_hours_invitations_waits_and_goes_by_itself(engine: Engine) {
    let house = House::open_with(engine, |settings| settings.limits.scale = 0.02).await;
    let mut boss = house.browser();
    boss.administer().await;
    let table: String = (0..14).map(|number| format!("P{number},Lee,p{number}@contoso.example\n")).collect();
    let page = upload(&mut boss, true, format!("first_name,last_name,email\n{table}").as_bytes()).await;
    let page = page.leads_to().to_owned();
    boss.get(&page).await.shows(200, "At most 10 invitations go out in an hour");
    boss.post(&format!("{page}/start"), &[]).await.leads_to();
    assert_eq!(house.mail().await.len(), 10);
    let waiting = boss.get(&page).await;
    waiting.shows(200, "This goes on by itself");
    assert_eq!((figure(&waiting, "open"), figure(&waiting, "well")), ("4", "10"));
    let mut sent = 0;
    for _ in 0..12 {
        house.clock.advance(minutes(10));
        sent += house.mail().await.len();
    }
    assert_eq!(sent, 4);
    assert_eq!(house.dump().await["bulk"][0]["state"], "done");
}

async fn a_table_whose_visit_ended_is_chosen_again_and_nothing_else_is(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let table = b"first_name,last_name,email\nNew,Person,new@contoso.example\n";
    boss.get(UPLOAD).await;
    let token = boss.form_token.clone();
    house.clock.advance(minutes(31));
    let ended = send(&mut boss, &[("form_token", &token), ("invite", "1")], table).await;
    ended.shows(403, "name=\"file\" type=\"file\" required");
    let sealed = ended.text().split_once("name=\"kept\" value=\"").unwrap().1.split('"').next().unwrap();
    let token = boss.form_token.clone();
    boss.sign_in(LIST, "boss").await;
    let draft = send(&mut boss, &[("form_token", &token), ("kept", sealed)], table).await;
    let draft = draft.leads_to().to_owned();
    boss.get(&draft).await.shows(200, "new@contoso.example");
    boss.get(&draft).await.shows(200, "invitation");
    house.mail().await;
}

async fn a_draft_that_arrives_twice_is_one_and_another_table_is_another(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    boss.get(UPLOAD).await;
    let token = boss.form_token.clone();
    let table = |name: &str| format!("first_name,last_name,email\n{name},Person,new@contoso.example\n");
    let words = [("form_token", token.as_str()), ("invite", "1")];
    let one = send(&mut boss, &words, table("New").as_bytes()).await.leads_to().to_owned();
    assert_eq!(send(&mut boss, &words, table("New").as_bytes()).await.leads_to(), one);
    assert_ne!(send(&mut boss, &words, table("Nea").as_bytes()).await.leads_to(), one);
    let ann = house.profile("ann").await;
    boss.get(LIST).await;
    let chosen = [("who", ann.as_str())];
    let draft = boss.post(&format!("{LIST}/bulk"), &chosen).await.leads_to().to_owned();
    assert_eq!(boss.post(&format!("{LIST}/bulk"), &chosen).await.leads_to(), draft);
    assert_eq!(house.dump().await["bulk"].as_array().unwrap().len(), 3);
    // Dropped twice, it is dropped.
    boss.get(&draft).await;
    for _ in 0..2 {
        assert_eq!(boss.post(&format!("{draft}/drop"), &[]).await.leads_to(), LIST);
    }
    boss.get(&draft).await.shows(404, "");
}

async fn whoever_is_not_as_the_confirmed_page_showed_them_is_not_invited(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let (ann, tri) = (house.profile("ann").await, house.profile("three-1").await);
    boss.get(LIST).await;
    let chosen = [("who", ann.as_str()), ("who", &tri)];
    let page = boss.post(&format!("{LIST}/bulk"), &chosen).await.leads_to().to_owned();
    boss.get(&page).await.shows(200, "Ann@Contoso.example");
    let moved = serde_json::json!({"external_id": "ann", "company": "contoso", "first_name": "Ann",
        "last_name": "Lee", "email": "somebody@else.example"});
    house.seed(serde_json::json!({"profiles": [moved]})).await;
    house.mail().await;
    boss.post(&format!("{page}/start"), &[]).await.leads_to();
    let mails = house.mail().await;
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["three@example.com"]);
    boss.get(&format!("{page}?only=unwell")).await.shows(200, "Changed meanwhile");
}
