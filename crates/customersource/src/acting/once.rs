//! Carrying a form out, once however often it arrives. Why: docs/decisions/0055.
use std::time::Duration;

use platform::{Fault, clock::Moment, web::shown::Pressed};

use super::Acting;
use crate::gate;

/// For so long the second of two equal forms is answered like the first, as long as an error page keeps one.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);

/// A transaction that carries out what this form asks for, and nothing did before. Verbs that add take one, so that no
/// door adds for every arrival of a form; every button of the staff is one.
pub struct Adding<A> {
    acting: Acting<A>,
    pressed: Pressed,
}

/// What is to be done about a form.
pub enum Arrival<A> {
    First(Box<Adding<A>>),
    /// It was carried out, and led there.
    Again(String),
}

impl<A> Acting<A> {
    /// Looks whether this form was carried out before. Forms of one visit take turns by its row.
    pub async fn once(self, pressed: Option<Pressed>) -> Result<Arrival<A>, Fault> {
        let pressed = pressed.ok_or_else(|| Fault::bug("nothing is added without a form"))?;
        Ok(match gate::store::find_place(&self.tx, &pressed.name()).await? {
            Some(place) => Arrival::Again(place),
            None => Arrival::First(Box::new(Adding { acting: self, pressed })),
        })
    }
}

impl<A> Adding<A> {
    /// Makes everything durable, and answers the place that the form leads to.
    pub async fn commit(self, now: Moment, place: String) -> Result<String, Fault> {
        let name = self.pressed.name();
        if gate::store::spend_form(&self.acting.tx, &name, now + REMEMBERED, &place).await? {
            self.acting.commit().await?;
            return Ok(place);
        }
        // Another visit of this browser sent it at the same moment: what was added here is rolled back.
        let first = gate::store::find_place(&self.acting.tx, &name).await?;
        first.ok_or_else(|| Fault::bug("what was carried out led nowhere"))
    }
}

impl<A> Adding<A> {
    /// Keeps that it was tried, and nothing was done: the same form may try again.
    pub async fn tried(self) -> Result<(), Fault> {
        self.acting.commit().await
    }
}

platform::connects_by!(acting, Adding<A> where A: Send + Sync);

impl<A> std::ops::Deref for Adding<A> {
    type Target = Acting<A>;

    fn deref(&self) -> &Acting<A> {
        &self.acting
    }
}
