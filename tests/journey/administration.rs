//! What people do inside the portal to manage profiles and their access, in the words of the FAQ.
use crate::{person::Person, post::Letter};

/// The checkbox of the FAQ (CS-46), word for word.
pub const SEND_INVITE: &str = "Send Invite E-mail to this CustomerSource user to associate their Microsoft Passport \
                               Network to this profile";

impl Person {
    /// “My Account | Account Information | Our CustomerSource Accounts” (CS-44).
    pub async fn opens_accounts(&self) {
        self.goes_to_account_information().await;
        self.points_at_and_clicks("nav.side a[href='/account/professionals']").await;
        self.finds("#add").await;
        assert_eq!(
            self.reads("nav.crumbs").await,
            "My Account\nAccount Information\nOur CustomerSource Accounts"
        );
    }

    /// “select My Account. From the left navigation, choose Account Information, then Personal Profile” (CS-60).
    pub async fn opens_personal_profile(&self) {
        self.goes_to_account_information().await;
        self.points_at_and_clicks("nav.side a[href='/account/profile']").await;
        self.finds("#send-invite").await;
        assert_eq!(self.reads("nav.crumbs").await, "My Account\nAccount Information\nPersonal Profile");
    }

    async fn goes_to_account_information(&self) {
        self.opens_portal().await;
        self.points_at_and_clicks("nav.side a[href='/account']").await;
        self.points_at_and_clicks("nav.side a[href='/account/information']").await;
        self.finds("nav.side a[href='/account/profile']").await;
    }

    /// “Add New Professionals”, the profile information, the checkbox at the bottom as wanted, “Save” (CS-45).
    pub async fn adds_professional(&self, name: &str, email: &str, invites: bool) {
        self.opens_accounts().await;
        assert_eq!(self.reads("#add").await, "Add New Professionals");
        self.clicks("#add").await;
        let (first, last) = name.split_once(' ').unwrap();
        for (field, text) in [("#first_name", first), ("#last_name", last), ("#email", email)] {
            self.types(field, text).await;
        }
        assert_eq!(self.reads("label[for='invite']").await, SEND_INVITE);
        if invites {
            self.clicks("label[for='invite']").await;
        }
        assert_eq!(self.reads_property("#invite", "checked").await, invites.to_string());
        self.saves().await;
    }

    pub async fn saves(&self) {
        assert_eq!(self.reads("#save").await, "Save");
        self.clicks("#save").await;
    }

    /// The profile of somebody of the company, out of the list.
    pub async fn opens_professional(&self, name: &str) {
        self.opens_accounts().await;
        self.follows(name).await;
        self.finds("#save").await;
    }

    /// The button at the bottom, which acts on the saved address (CS-51).
    pub async fn sends_invite(&self) {
        assert_eq!(self.reads("#send-invite").await, "Send Invite E-mail");
        self.clicks("#send-invite").await;
    }

    /// What the list of the company says beside a name.
    pub async fn reads_row_of(&self, name: &str) -> String {
        self.opens_accounts().await;
        let rows = self.reads_all("tbody tr").await;
        let row = rows.iter().find(|row| row.starts_with(name));
        row.unwrap_or_else(|| panic!("{name} is not among {rows:?}")).clone()
    }

    /// From the letter of an invitation to the home page, with this Passport; the profile and the company are named.
    pub async fn accepts(&self, letter: &Letter, passport: &str, facts: &[&str]) {
        self.clicks_the_link_of(letter).await;
        self.enters_passport(passport, crate::PASSWORD).await;
        self.finds("#associate").await;
        for fact in facts.iter().chain([&passport]) {
            self.sees(fact).await;
        }
        self.confirms().await;
        self.sees(crate::verbs::ASSOCIATED).await;
        self.clicks("#go-on").await;
        self.finds("h1").await;
    }
}
