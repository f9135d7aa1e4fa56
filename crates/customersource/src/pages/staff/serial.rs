//! What newsgroups and newsletters have in common for whoever edits them, and where each is stored.
use platform::{Fault, db::Tx, turn::Turn};
use uuid::Uuid;

use crate::{
    access::Rule,
    newsgroup::{self, Newsgroup, NewsgroupId},
    newsletter::{self, Newsletter, NewsletterId},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Newsgroup,
    Newsletter,
}

/// A newsgroup or a newsletter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serial {
    pub id: Uuid,
    pub slug: String,
    pub language: String,
    pub name: String,
    pub about: String,
    pub rule: Rule,
    /// Of a newsgroup.
    pub is_readonly: bool,
    pub is_open: bool,
    pub revision: i32,
}

impl From<Newsgroup> for Serial {
    fn from(group: Newsgroup) -> Self {
        let Newsgroup { id, slug, language, name, about, rule, is_readonly, is_open, revision } = group;
        Self { id: id.0, slug, language, name, about, rule, is_readonly, is_open, revision }
    }
}

impl From<Newsletter> for Serial {
    fn from(letter: Newsletter) -> Self {
        let Newsletter { id, slug, language, name, about, rule, is_open, revision } = letter;
        Self { id: id.0, slug, language, name, about, rule, is_readonly: false, is_open, revision }
    }
}

impl From<Serial> for Newsgroup {
    fn from(serial: Serial) -> Self {
        let Serial { id, slug, language, name, about, rule, is_readonly, is_open, revision } = serial;
        Self { id: NewsgroupId(id), slug, language, name, about, rule, is_readonly, is_open, revision }
    }
}

impl From<Serial> for Newsletter {
    fn from(serial: Serial) -> Self {
        let Serial { id, slug, language, name, about, rule, is_open, revision, .. } = serial;
        Self { id: NewsletterId(id), slug, language, name, about, rule, is_open, revision }
    }
}

impl Kind {
    pub const fn path(self) -> &'static str {
        match self {
            Self::Newsgroup => "/staff/newsgroups",
            Self::Newsletter => "/staff/newsletters",
        }
    }

    /// Catalogue key of the list that it stands in.
    pub const fn list(self) -> &'static str {
        match self {
            Self::Newsgroup => "staff-newsgroups-heading",
            Self::Newsletter => "staff-newsletters-heading",
        }
    }

    /// Catalogue key of the form's heading.
    pub const fn heading(self, is_new: bool) -> &'static str {
        match (self, is_new) {
            (Self::Newsgroup, true) => "newsgroup-new",
            (Self::Newsgroup, false) => "newsgroup-edit",
            (Self::Newsletter, true) => "newsletter-new",
            (Self::Newsletter, false) => "newsletter-edit",
        }
    }

    pub const fn is_newsgroup(self) -> bool {
        matches!(self, Self::Newsgroup)
    }

    pub const fn added(self) -> &'static str {
        match self {
            Self::Newsgroup => "newsgroup.added",
            Self::Newsletter => "newsletter.added",
        }
    }

    pub const fn saved(self) -> &'static str {
        match self {
            Self::Newsgroup => "newsgroup.saved",
            Self::Newsletter => "newsletter.saved",
        }
    }

    pub async fn find(self, db: &platform::db::Reader, id: &str) -> Result<Option<Serial>, Fault> {
        let Ok(id) = id.parse::<Uuid>() else { return Ok(None) };
        Ok(match self {
            Self::Newsgroup => newsgroup::store::find(db, NewsgroupId(id)).await?.map(Serial::from),
            Self::Newsletter => newsletter::store::find(db, NewsletterId(id)).await?.map(Serial::from),
        })
    }

    pub async fn is_taken(self, tx: &Tx, slug: &str) -> Result<bool, Fault> {
        Ok(match self {
            Self::Newsgroup => newsgroup::store::find_slug(tx, slug).await?.is_some(),
            Self::Newsletter => newsletter::store::find_slug(tx, slug).await?.is_some(),
        })
    }

    /// False when somebody else took the name a moment ago.
    pub async fn add(self, tx: &Tx, about: Serial) -> Result<bool, Fault> {
        match self {
            Self::Newsgroup => newsgroup::store::add(tx, &about.into()).await,
            Self::Newsletter => newsletter::store::add(tx, &about.into()).await,
        }
    }

    /// False when somebody else changed it meanwhile.
    pub async fn spend_revision(self, tx: &Tx, about: Serial) -> Result<bool, Fault> {
        match self {
            Self::Newsgroup => newsgroup::store::spend_revision(tx, &about.into()).await,
            Self::Newsletter => newsletter::store::spend_revision(tx, &about.into()).await,
        }
    }

    /// The search reads threads in the language of their newsgroup.
    pub async fn index_anew(self, tx: &Tx, about: &Serial) -> Result<(), Fault> {
        if self != Self::Newsgroup {
            return Ok(());
        }
        let mut turn = Turn::First;
        loop {
            let all = (200, newsgroup::store::Seen::Everything);
            let some = newsgroup::store::list_threads(tx, NewsgroupId(about.id), turn, all).await?;
            for thread in &some.rows {
                newsgroup::actions::index_anew(tx, thread.id, &about.language).await?;
            }
            let (_, Some(last)) = some.ends(newsgroup::store::Answered::of) else { return Ok(()) };
            turn = Turn::After(last);
        }
    }
}
