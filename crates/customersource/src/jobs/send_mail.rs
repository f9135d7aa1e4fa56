//! Letters out of the outbox to the SMTP server; a link's letter and an issue's also say how they fared.
use std::time::Duration;

use platform::{
    Fault,
    mail::{BULK, Delivery, Letter, UNWANTED},
    once::Once,
    outbox::{Class, Job, Outcome},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Portal,
    association::{InvitationId, actions, letter::LinkLetter, store},
    mailing::{self, bundle::Bundle},
    newsletter::{self, Figures, NewsletterId},
    profile::ProfileId,
    resource::ResourceId,
};

/// An issue of a newsletter to one subscriber.
#[derive(Serialize, Deserialize)]
pub struct IssueLetter {
    pub issue: ResourceId,
    pub newsletter: NewsletterId,
    pub profile: ProfileId,
    pub letter: Letter,
}

impl Job for IssueLetter {
    const KIND: &'static str = "issue letter";
    const CLASS: Class = Class::Mail;

    fn lane(&self) -> String {
        BULK.to_owned()
    }
}

pub async fn letter(portal: Portal, id: Uuid, letter: Letter) -> Outcome {
    let delivery = portal.mailer.send(&id.to_string(), &letter).await;
    if matches!(delivery, Delivery::Accepted) {
        note_sent(&portal, id, None).await;
    }
    delivery.into()
}

pub async fn link(portal: Portal, id: Uuid, job: LinkLetter) -> Outcome {
    // What was withdrawn or replaced before its mail went out needs no mail.
    match store::is_wanted(portal.db.reader(), job.invitation).await {
        Ok(true) => {}
        Ok(false) => return unwanted(&portal, id).await,
        Err(fault) => return Outcome::Retry(fault.to_string()),
    }
    let delivery = portal.mailer.send(&id.to_string(), &job.letter).await;
    // What is refused is noted when it is given up.
    if matches!(delivery, Delivery::Accepted) {
        note_sent(&portal, id, Some(job.invitation)).await;
    }
    delivery.into()
}

async fn unwanted(portal: &Portal, id: Uuid) -> Outcome {
    let noted = async {
        let tx = portal.db.begin().await?;
        actions::given_up(&tx, portal.clock.now(), id, UNWANTED).await?;
        tx.commit().await
    };
    match noted.await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

/// The mail is out: sending it again would be worse than a state that lags.
async fn note_sent(portal: &Portal, id: Uuid, invitation: Option<InvitationId>) {
    let noted = async {
        let tx = portal.db.begin().await?;
        if let Some(invitation) = invitation {
            store::set_mailed(&tx, invitation).await?;
        }
        mailing::actions::sent(&tx, portal.clock.now(), id).await?;
        tx.commit().await
    };
    if let Err(fault) = noted.await {
        tracing::warn!(error = %fault, "A mail went out that could not be noted");
    }
}

/// A repeated attempt is refused for so long.
const KEPT: Duration = Duration::from_secs(7 * 86_400);

/// What waited for others of its kind leaves as one letter.
pub async fn joined(portal: Portal, id: Uuid, bundle: Bundle) -> Outcome {
    let sent = async {
        let letter = bundle.write(&portal.site.texts)?;
        let tx = portal.db.begin().await?;
        let now = portal.clock.now();
        // A repeated attempt finds it sent.
        if !Once::new("joined letter", &[&id.to_string()], now + KEPT).spend(&tx).await? {
            return Ok(());
        }
        mailing::actions::send(&tx, now, &portal.outbox, (&letter, &letter), &bundle.about()).await?;
        tx.commit().await
    };
    match sent.await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

pub async fn issue(portal: Portal, id: Uuid, job: IssueLetter) -> Outcome {
    let delivery = portal.mailer.send(&id.to_string(), &job.letter).await;
    let is_accepted = match delivery {
        // Only what is about the recipient counts against them.
        Delivery::Later(_) | Delivery::Trouble(_) => return delivery.into(),
        Delivery::Accepted => true,
        Delivery::Refused(_) => false,
    };
    // The mail is out, or will never be: sending it again would be worse than a figure that lags.
    if let Err(fault) = note(&portal, id, &job, is_accepted).await {
        tracing::warn!(error = %fault, "How a newsletter's mail fared could not be noted");
    }
    match delivery {
        Delivery::Refused(why) => Outcome::GiveUp(why),
        _ => Outcome::Done,
    }
}

async fn note(portal: &Portal, id: Uuid, job: &IssueLetter, is_accepted: bool) -> Result<(), Fault> {
    let tx = portal.db.begin().await?;
    if is_accepted {
        mailing::actions::sent(&tx, portal.clock.now(), id).await?;
        newsletter::store::note_accepted(&tx, job.newsletter, job.profile).await?;
        let one = Figures { sent: 1, ..Figures::default() };
        newsletter::store::add_figures(&tx, job.issue, one).await?;
    } else {
        newsletter::store::note_refused(&tx, portal.clock.now(), job.newsletter, job.profile).await?;
        let one = Figures { refused: 1, ..Figures::default() };
        newsletter::store::add_figures(&tx, job.issue, one).await?;
    }
    tx.commit().await
}
