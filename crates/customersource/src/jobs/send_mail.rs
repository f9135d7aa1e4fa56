//! Letters out of the outbox to the SMTP server; a link's letter also says how it fared.
use platform::{
    mail::{Delivery, Letter},
    outbox::Outcome,
};
use uuid::Uuid;

use crate::{
    Portal,
    association::{letter::LinkLetter, store},
};

pub async fn letter(portal: Portal, id: Uuid, letter: Letter) -> Outcome {
    match portal.mailer.send(&id.to_string(), &letter).await {
        Delivery::Accepted => Outcome::Done,
        Delivery::Later(why) => Outcome::Retry(why),
        Delivery::Refused(why) => Outcome::GiveUp(why),
    }
}

pub async fn link(portal: Portal, id: Uuid, job: LinkLetter) -> Outcome {
    // What was withdrawn or replaced before its mail went out needs no mail.
    match store::is_live(portal.db.writer(), job.invitation).await {
        Ok(true) => {}
        Ok(false) => return Outcome::Done,
        Err(fault) => return Outcome::Retry(fault.to_string()),
    }
    let delivery = portal.mailer.send(&id.to_string(), &job.letter).await;
    let accepted = match &delivery {
        Delivery::Later(why) => return Outcome::Retry(why.clone()),
        Delivery::Accepted => true,
        Delivery::Refused(_) => false,
    };
    let noted = async {
        let tx = portal.db.begin().await?;
        store::set_mailed(&tx, job.invitation, accepted).await?;
        tx.commit().await
    };
    match (noted.await, delivery) {
        (_, Delivery::Refused(why)) => Outcome::GiveUp(why),
        (Ok(()), _) => Outcome::Done,
        // The mail is out: sending it again would be worse than a state that lags.
        (Err(fault), _) => {
            tracing::warn!(error = %fault, "A mail went out that could not be noted");
            Outcome::Done
        }
    }
}
