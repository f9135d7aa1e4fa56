//! A form that one browser sends twice, because the connection broke or a finger was quick: what it does is done once,
//! and the second one is answered like the first (decision 0030). Knows no form.
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::{
    Fault,
    clock::Moment,
    db::{Connection, Tx},
    once::Once,
};

/// How long after a form the same one may come once more: some browsers send it twice when the connection breaks, and
/// show what the second one is answered (decision 0030).
pub const TWICE: Duration = Duration::from_secs(120);

/// A form as it was sent: the same twice has the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending(Option<Named>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    form: String,
    ends_at: Moment,
}

impl Named {
    fn once(&self) -> Once {
        Once::new("form", &[&self.form], self.ends_at)
    }
}

impl Sending {
    /// `name` tells it from every other; without one it is always the first.
    pub fn of(now: Moment, name: Option<[u8; 32]>) -> Self {
        Self(name.map(|name| Named { form: URL_SAFE_NO_PAD.encode(name), ends_at: now + TWICE }))
    }

    /// The same form, sent after this step: a browser's name says nothing of the person, and what one form did for one of
    /// them is no answer to another who sends the very same.
    #[must_use]
    pub fn after(&self, step: &[u8]) -> Self {
        let step = URL_SAFE_NO_PAD.encode(platform::secrets::digest(step));
        Self(self.0.as_ref().map(|of| Named { form: format!("{} {step}", of.form), ends_at: of.ends_at }))
    }

    /// Notes it down in the transaction of what it does; false when it was sent before, and done.
    pub async fn is_first(&self, tx: &Tx, now: Moment) -> Result<bool, Fault> {
        match &self.0 {
            Some(name) => name.once().spend_anew(tx, now).await,
            None => Ok(true),
        }
    }

    /// Whether it was sent a moment ago, and done: for doors whose first answer ended what the second would need.
    pub async fn came_before(&self, db: &impl Connection, now: Moment) -> Result<bool, Fault> {
        match &self.0 {
            Some(name) => name.once().is_spent_beyond(db, now).await,
            None => Ok(false),
        }
    }
}
