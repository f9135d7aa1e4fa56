//! What a form was about is gone when its button is pressed: the words are there, what became of it is said, and a way
//! leads on.
use testkit::{Engine, on_both_engines};

use crate::{
    exchange::{lively, on_duty},
    house::{Browser, House},
};

on_both_engines![
    saving_somebody_who_was_removed_shows_the_words_and_the_way_to_the_list,
    staff_who_act_on_somebody_who_was_removed_keep_their_reason_and_come_to_the_persons_page,
    starting_a_draft_that_was_dropped_leads_to_the_list,
];

const LIST: &str = "/account/professionals";

async fn remove(boss: &mut Browser<'_>, id: &str) {
    let remove = format!("{LIST}/{id}/remove");
    boss.fill_in(&remove, &remove, &[]).await.leads_to();
}

/// Two windows of one administrator.
async fn two_windows(house: &House) -> (Browser<'_>, Browser<'_>) {
    let mut boss = house.browser();
    boss.administer().await;
    let mut beside = house.browser();
    beside.cookies.clone_from(&boss.cookies);
    (boss, beside)
}

async fn saving_somebody_who_was_removed_shows_the_words_and_the_way_to_the_list(house: House) {
    let (mut boss, mut beside) = two_windows(&house).await;
    let ann = house.profile("ann").await;
    let page = format!("{LIST}/{ann}");
    boss.get(&page).await;
    remove(&mut beside, &ann).await;
    let typed = [("first_name", "Anna Maria"), ("last_name", "Lee"), ("email", "ann@contoso.example")];
    let gone = boss.post(&page, &typed).await;
    gone.shows(404, "No longer there");
    gone.shows(404, "Anna Maria</textarea>");
    assert_eq!(gone.page().attribute("#open-above", "href"), LIST);
    let gone = boss.post(&format!("{page}/invite"), &[]).await;
    assert_eq!((gone.status, gone.page().attribute("#open-above", "href").as_str()), (404, LIST));
    // Whoever only looks gets no form back.
    assert!(!boss.get(&page).await.page().has("#open-above"));
}

async fn staff_who_act_on_somebody_who_was_removed_keep_their_reason_and_come_to_the_persons_page(
    engine: Engine,
) {
    let house = lively(engine).await;
    let ann = house.profile("ann").await;
    let page = format!("/staff/people/{ann}");
    let (mut sue, mut mending) = (on_duty(&house, "sue").await, on_duty(&house, "sue").await);
    sue.get(&page).await.shows(200, "send-invite");
    mending.get(&format!("{page}/address")).await.shows(200, "id=\"reason\"");
    let mut boss = house.browser();
    boss.administer().await;
    remove(&mut boss, &ann).await;
    let gone = sue.post(&format!("{page}/invite"), &[("reason", "She called us twice")]).await;
    gone.shows(409, "She called us twice</textarea>");
    sue.get(&page).await.shows(200, "Removed or closed");
    let typed = [("email", "ann@new.example"), ("reason", "She called us twice"), ("version", "1")];
    let gone = mending.post(&format!("{page}/address"), &typed).await;
    gone.shows(409, "This person was removed");
    gone.shows(409, "She called us twice</textarea>");
    gone.shows(409, "value=\"ann@new.example\"");
    assert_eq!(mending.get(&format!("{page}/address")).await.leads_to(), page);
    house.mail().await;
}

async fn starting_a_draft_that_was_dropped_leads_to_the_list(house: House) {
    let (mut boss, mut beside) = two_windows(&house).await;
    let ann = house.profile("ann").await;
    boss.get(LIST).await;
    let draft = boss.post(&format!("{LIST}/bulk"), &[("who", &ann)]).await.leads_to().to_owned();
    boss.get(&draft).await;
    beside.get(&draft).await;
    beside.post(&format!("{draft}/drop"), &[]).await.leads_to();
    let gone = boss.post(&format!("{draft}/start"), &[]).await;
    gone.shows(404, "No longer there");
    let above = gone.page().attribute("#open-above", "href");
    assert_eq!(boss.get(&above).await.leads_to(), LIST, "from {above}");
    house.mail().await;
}
