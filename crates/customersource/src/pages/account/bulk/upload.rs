//! Bringing a table of people: read and judged row by row, and kept as a draft; nobody is added yet.
use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{
    Errors, Shell, Trouble,
    upload::{Broken, Part, Posted, Upload},
};

use super::draft;
use crate::{
    Portal,
    bulk::{
        Kind, LARGEST, MOST,
        table::{Refused, read},
    },
    pages::signed_in_page,
    profile,
    visitor::Administrator,
};

/// What is beyond is read and thrown away up to here, so that browsers get to see the answer.
pub fn largest() -> DefaultBodyLimit {
    DefaultBodyLimit::max(LARGEST * 2)
}

#[derive(Template)]
#[template(path = "account/upload.html")]
pub struct UploadPage {
    shell: Shell,
    invites: bool,
    errors: Errors,
}

#[cfg(test)]
impl platform::web::page::Samples for UploadPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |invites, errors| Self { shell: shell.clone(), invites, errors };
        let mut errors = Errors::default();
        for key in ["upload-columns", "upload-empty", "file-none-chosen", "file-broken"] {
            errors.add("file", shell.t(key));
        }
        errors.add("file", shell.t1("upload-too-long", "most", "20000"));
        errors.add("file", shell.t1("upload-line", "line", "3"));
        errors.add("file", shell.t("upload-no-text"));
        vec![page(false, Errors::default()), page(true, errors)]
    }
}

fn form(
    visitor: &Administrator,
    status: StatusCode,
    invites: bool,
    errors: Errors,
) -> Result<Response, Trouble> {
    let page = UploadPage { shell: visitor.associated.shell(), invites, errors };
    signed_in_page(visitor.visit(), status, &page)
}

pub async fn ask(visitor: Administrator) -> Result<Response, Trouble> {
    form(&visitor, StatusCode::OK, true, Errors::default())
}

/// What a form brought.
#[derive(Default)]
struct Brought {
    invites: bool,
    file: Option<Vec<u8>>,
}

pub async fn take(
    State(portal): State<Portal>,
    visitor: Administrator,
    posted: Posted,
) -> Result<Response, Trouble> {
    let upload = match posted {
        Posted::Checked(upload) => upload,
        Posted::Refused(words, why) => {
            let errors = Errors::whole(why.text(visitor.visit()));
            return form(&visitor, why.status(), words.contains_key("invite"), errors);
        }
    };
    let mut brought = Brought::default();
    let broken = receive(upload, &mut brought).await.err();
    let say = |key| visitor.visit().t(key);
    let shell = visitor.associated.shell();
    let (status, error) = match (broken, &brought.file) {
        (Some(Broken::TooLarge), _) => {
            let most = MOST.to_string();
            (StatusCode::PAYLOAD_TOO_LARGE, shell.t1("upload-too-long", "most", &most))
        }
        (Some(broken), _) => (broken.status(), say("file-broken")),
        (None, None) => (StatusCode::UNPROCESSABLE_ENTITY, say("file-none-chosen")),
        (None, Some(bytes)) => {
            let known = profile::store::list_addresses(portal.db.reader(), &visitor.acts).await?;
            match read(bytes, |key| known.contains(key)) {
                Ok(lines) => return draft(&portal, &visitor, Kind::Add, brought.invites, &lines).await,
                Err(refused) => (StatusCode::UNPROCESSABLE_ENTITY, told(&shell, &refused)),
            }
        }
    };
    let mut errors = Errors::default();
    errors.add("file", error);
    form(&visitor, status, brought.invites, errors)
}

fn told(shell: &Shell, refused: &Refused) -> String {
    match refused {
        Refused::Columns => shell.t("upload-columns"),
        Refused::Empty => shell.t("upload-empty"),
        Refused::TooLong => shell.t1("upload-too-long", "most", &MOST.to_string()),
        Refused::Line(line) => shell.t1("upload-line", "line", &line.to_string()),
        Refused::NoText => shell.t("upload-no-text"),
    }
}

/// Takes in what comes; a file is read to its end even when it is too large.
async fn receive(mut upload: Upload, brought: &mut Brought) -> Result<(), Broken> {
    let mut is_too_large = false;
    while let Some(part) = upload.next().await? {
        match part {
            Part::Words(name, _) => brought.invites |= name == "invite",
            Part::File(mut file) => {
                let (is_chosen, mut bytes) = (!file.name.is_empty(), Vec::new());
                while let Some(piece) = file.next().await? {
                    is_too_large |= bytes.len() + piece.len() > LARGEST;
                    if !is_too_large {
                        bytes.extend_from_slice(&piece);
                    }
                }
                if is_chosen {
                    brought.file = Some(bytes);
                }
            }
        }
    }
    if is_too_large { Err(Broken::TooLarge) } else { Ok(()) }
}
