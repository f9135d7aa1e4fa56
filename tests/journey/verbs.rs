//! What a person does on the way into the portal, in the words of the FAQ.
use crate::{PASSWORD, person::Person, post::Letter};

/// The answer to everybody's secret question.
pub const ANSWER: &str = "Under the third stair";

/// The FAQ's own sentences (CS-13, CS-20).
pub const THANK_YOU: &str = "Thank You. You will be receiving an e-mail that gives you further instructions \
                             on how to log into this extranet.";
pub const ASSOCIATED: &str = "You have successfully associated your Microsoft Passport with your Microsoft \
                              Dynamics profile.";

impl Person {
    pub async fn opens_portal(&self) {
        self.opens(&self.addresses.portal).await;
    }

    pub async fn opens_passport(&self) {
        self.opens(&self.addresses.passport).await;
    }

    /// Steps 1 and 2: the Passport site, “Sign Up” on the left, the address, the credentials.
    pub async fn signs_up(&self, email: &str) {
        self.opens_passport().await;
        self.points_at_and_clicks("nav.side a[href='/sign-up']").await;
        self.fills_in_sign_up(email).await;
    }

    /// The same, with fields that may be left empty.
    pub async fn signs_up_with(&self, email: &str, more: &[(&str, &str)]) {
        self.opens(&format!("{}/sign-up", self.addresses.passport)).await;
        self.fills_in_sign_up_with(email, more).await;
    }

    /// The pages of the sign-up, from the first one, which is shown.
    pub async fn fills_in_sign_up(&self, email: &str) {
        self.fills_in_sign_up_with(email, &[]).await;
    }

    async fn fills_in_sign_up_with(&self, email: &str, more: &[(&str, &str)]) {
        self.types("#email", email).await;
        self.clicks("#sign-up-continue").await;
        self.fills_in_credentials().await;
        if !more.iter().any(|(field, _)| *field == "alternate_email") {
            self.tells_about_themselves(&testkit::ABOUT).await;
        }
        self.tells_about_themselves(more).await;
        self.clicks("#sign-up-submit").await;
        self.finds("#signed-up").await;
    }

    /// Fills in fields of the sign-up, or of the recovery, that shows them.
    pub async fn tells_about_themselves(&self, fields: &[(&str, &str)]) {
        for (field, value) in fields {
            match *field {
                "country" => self.chooses("#country", value).await,
                field => self.types(&format!("#{field}"), value).await,
            }
        }
    }

    pub async fn fills_in_credentials(&self) {
        self.types("#password", PASSWORD).await;
        self.chooses("#question", "own").await;
        self.types("#own_question", "Where is the spare key?").await;
        self.types("#answer", ANSWER).await;
    }

    /// Fills in Passport's sign-in page, which is shown.
    pub async fn enters_passport(&self, email: &str, password: &str) {
        self.types("#username", email).await;
        self.types("#password", password).await;
        self.clicks("#sign-in-submit").await;
    }

    /// Step 3: comes to the portal and signs in with a Passport.
    pub async fn signs_in(&self, email: &str, password: &str) {
        self.opens_portal().await;
        self.clicks("#sign-in").await;
        self.enters_passport(email, password).await;
        self.arrives_at(&self.addresses.portal).await;
    }

    /// Step 4: types the address on file and clicks Continue.
    pub async fn types_address(&mut self, email: &str) {
        self.types("#email", email).await;
        assert_eq!(self.reads("#continue").await, "Continue");
        self.clicks("#continue").await;
        self.typed = email.to_owned();
    }

    /// The letters to the address that was typed last, oldest first, once there are `n`.
    pub async fn reads_mail(&self, n: usize) -> Vec<Letter> {
        self.addresses.post.letters(n, &self.typed).await
    }

    /// Steps 6 and 7: opens the `n`th letter, counted from 1, and clicks on the long blue link.
    pub async fn reads_mail_and_clicks(&self, n: usize) {
        let letters = self.reads_mail(n).await;
        self.clicks_the_link_of(&letters[n - 1]).await;
    }

    /// Opens a letter and clicks; whoever was invited goes on to sign in.
    pub async fn clicks_the_link_of(&self, letter: &Letter) {
        self.opens_letter(letter).await;
        if self.has("#invitation-sign-in").await {
            self.clicks("#invitation-sign-in").await;
        }
    }

    /// Opens a letter as a mail program on the web shows it, on a page of nobody's, and clicks.
    pub async fn opens_letter(&self, letter: &Letter) {
        let link = letter.link();
        self.opens(&letter.as_page()).await;
        assert_eq!(self.reads("a[href^=http]").await, link);
        self.clicks("a[href^=http]").await;
        let passport = self.addresses.passport.clone();
        let portal = self.addresses.portal.clone();
        let url = self.url().await;
        assert!(url.starts_with(&passport) || url.starts_with(&portal), "{url}");
    }

    /// Step 9: confirms the profile that is named.
    pub async fn confirms(&self) {
        self.clicks("#associate").await;
    }

    /// Steps 3 to 10 for somebody who has a Passport.
    pub async fn associates(&mut self, passport: &str, address: &str) {
        self.signs_in(passport, PASSWORD).await;
        self.types_address(address).await;
        self.sees(THANK_YOU).await;
        self.reads_mail_and_clicks(1).await;
        self.enters_passport(passport, PASSWORD).await;
        self.confirms().await;
        self.sees(ASSOCIATED).await;
        self.clicks("#go-on").await;
        self.arrives_at(&self.addresses.portal).await;
    }

    /// Picks the profile for this visit.
    pub async fn chooses_profile(&self, company: &str, name: &str) {
        self.finds("button.pick").await;
        let choices = self.reads_all("button.pick").await;
        let wanted = |choice: &String| choice.contains(company) && choice.ends_with(name);
        let place = choices.iter().position(wanted).unwrap_or_else(|| panic!("{choices:?}"));
        self.clicks(&format!("form button.pick:nth-of-type({})", place + 1)).await;
    }

    /// Presses “Sign Out” in the head of the page.
    pub async fn signs_out(&self) {
        self.clicks(".top form[action='/sign-out'] button").await;
        // What is opened before the last of its pages has come would be replaced by it.
        self.finds("#signed-out").await;
    }

    /// Whether the page that is shown knows somebody.
    pub async fn is_known_here(&self) -> bool {
        self.has(".top form[action='/sign-out']").await
    }
}
