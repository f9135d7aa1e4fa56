//! What a person does at Passport, in a word each.
use platform::clock::Moment;

use super::Browser;
use crate::{ABOUT, Answer, PASSWORD, Phone, SECRET_ANSWER};

impl Browser {
    /// Signs up at Passport with [`PASSWORD`], to the end; nobody is signed in by that.
    pub async fn sign_up(&self, email: &str) -> Answer {
        self.get(&format!("{}/sign-up", self.passport)).await.assert_status(200);
        self.submit("#sign-up-continue", &[("email", email)]).await.assert_status(200);
        let done = self.submit_credentials(PASSWORD).await;
        assert!(done.page().has("#signed-up"), "{done:?}");
        done
    }

    /// The same with further fields, or other ones: who names an alternate address says nothing about themselves, unless
    /// that is among the fields.
    pub async fn sign_up_with(&self, email: &str, more: &[(&str, &str)]) -> Answer {
        self.get(&format!("{}/sign-up", self.passport)).await.assert_status(200);
        self.submit("#sign-up-continue", &[("email", email)]).await.assert_status(200);
        self.submit_credentials_with(more).await
    }

    /// Fills in the second page of the sign-up.
    pub async fn submit_credentials(&self, password: &str) -> Answer {
        self.submit_credentials_with(&[("password", password)]).await
    }

    async fn submit_credentials_with(&self, more: &[(&str, &str)]) -> Answer {
        let own = [
            ("password", PASSWORD),
            ("question", "own"),
            ("own_question", "Where is the spare key?"),
            ("answer", SECRET_ANSWER),
        ];
        let names_another = more.iter().any(|(name, _)| *name == "alternate_email");
        let about = if names_another { &[] } else { ABOUT.as_slice() };
        self.submit("#sign-up-submit", &[own.as_slice(), about, more].concat()).await
    }

    /// Fills in the sign-in page that is shown.
    pub async fn fill_in_sign_in(&self, email: &str, password: &str) -> Answer {
        self.submit("#sign-in-submit", &[("username", email), ("password", password)]).await
    }

    /// Goes to Passport and signs in there; fails the test if that is refused.
    pub async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.get(&format!("{}/sign-in", self.passport)).await.assert_status(200);
        let answer = self.fill_in_sign_in(email, password).await;
        answer.assert_status(200);
        assert!(self.is_signed_in().await, "{answer:?}");
        answer
    }

    /// Signs up and signs in.
    pub async fn join(&self, email: &str) -> Answer {
        self.sign_up(email).await;
        self.sign_in(email, PASSWORD).await
    }

    /// Sets up the second step; answers the phone, and the recovery codes. The person proved who they are a moment ago.
    pub async fn set_up_second_step(&self, now: Moment) -> (Phone, Vec<String>) {
        let page = self.get(&format!("{}/account/authenticator", self.passport)).await.page();
        let phone = Phone { secret: page.text_of("#authenticator-secret") };
        let done = self.submit("#authenticator-submit", &[("code", &phone.code(now))]).await;
        let codes = done.page().text_of("#recovery-codes");
        (phone, codes.split_whitespace().map(str::to_owned).collect())
    }

    /// Presses “Sign Out” in the header of a Passport page.
    pub async fn sign_out(&self) -> Answer {
        self.get(&format!("{}/", self.passport)).await;
        self.submit("form[action='/sign-out']", &[]).await
    }

    /// Whether Passport's own pages know the person.
    pub async fn is_signed_in(&self) -> bool {
        let page = self.tab().get(&format!("{}/", self.passport)).await;
        page.assert_status(200).page().has("form[action='/sign-out']")
    }
}

/// What a person does at the portal, in a word each.
impl Browser {
    /// Goes to the portal and presses “Sign in”; answers Passport's page, or where the portal leads at once.
    pub async fn enter(&self) -> Answer {
        self.get(&format!("{}/signin", self.portal)).await
    }

    /// Types the address of a profile into the portal's association page.
    pub async fn claim(&self, address: &str) -> Answer {
        self.get(&format!("{}/associate", self.portal)).await.assert_status(200);
        let thanks = self.submit("#continue", &[("email", address)]).await;
        assert_eq!(thanks.url.path(), "/associate/sent", "{thanks:?}");
        thanks
    }

    /// Opens an association link and signs in for it; answers what the portal then shows.
    pub async fn open_link(&self, link: &str, email: &str) -> Answer {
        let mut asked = self.get(link).await;
        if asked.page().has("#invitation-sign-in") {
            asked = self.click("#invitation-sign-in").await;
        }
        assert!(asked.page().has("#sign-in-submit"), "CS-18: {asked:?}");
        self.fill_in_sign_in(email, PASSWORD).await
    }

    /// Signs up, enters the portal, claims the address and follows the link to the end.
    pub async fn associate(&self, house: &crate::House, email: &str, address: &str) -> Answer {
        self.sign_up(email).await;
        self.enter().await;
        self.fill_in_sign_in(email, PASSWORD).await.assert_status(200);
        self.claim(address).await;
        let link = house.postbox(address).link().await;
        self.open_link(&link, email).await.assert_status(200);
        let done = self.click("#associate").await;
        assert_eq!(done.url.path(), "/associate/done", "{done:?}");
        done
    }
}
