//! Reading a folder of content.
use std::path::{Path, PathBuf};

use platform::language::Language;
use serde::de::DeserializeOwned;

use super::{About, Content, Item, Series, Unfit, words_of};
use crate::resource::{Section, is_slug};

/// The largest text file that is read, in bytes.
const LARGEST: u64 = 1_000_000;

/// All that the folder says. The first thing that is wrong is named with its file.
pub fn read(folder: &Path) -> Result<Content, Unfit> {
    let mut content = Content::default();
    for path in folders_in(folder)? {
        let name = name_of(&path);
        match name.as_str() {
            "newsletters" => read_newsletters(&path, &mut content)?,
            "newsgroups" => {
                for group in folders_in(&path)? {
                    let (slug, series) = read_series(&group, "newsgroup.toml")?;
                    content.newsgroups.push((slug, series));
                }
            }
            _ => {
                let section = Section::of_path(&name)
                    .ok_or_else(|| unfit(&path, "no such section; see docs/CONTENT.md"))?;
                for item in folders_in(&path)? {
                    content.items.push(read_item(&item, section, None)?);
                }
            }
        }
    }
    if content.items.is_empty() && content.newsgroups.is_empty() && content.newsletters.is_empty() {
        return Err(unfit(folder, "nothing to import"));
    }
    Ok(content)
}

fn read_newsletters(path: &Path, content: &mut Content) -> Result<(), Unfit> {
    for letter in folders_in(path)? {
        let (slug, series) = read_series(&letter, "newsletter.toml")?;
        for issue in folders_in(&letter)? {
            content.items.push(read_item(&issue, Section::Newsletters, Some(&slug))?);
        }
        content.newsletters.push((slug, series));
    }
    Ok(())
}

fn read_series(folder: &Path, file: &str) -> Result<(String, Series), Unfit> {
    let path = folder.join(file);
    let series: Series = parse(&path)?.ok_or_else(|| unfit(&path, "is missing"))?;
    let slug = name_of(folder);
    series.check(&slug).map_err(|error| unfit(&path, &error))?;
    Ok((slug, series))
}

fn read_item(folder: &Path, section: Section, newsletter: Option<&str>) -> Result<Item, Unfit> {
    let slug = name_of(folder);
    if !is_slug(&slug) {
        return Err(unfit(folder, "a folder is named by small letters, digits and hyphens"));
    }
    let path = folder.join("resource.toml");
    let about: About = parse(&path)?.unwrap_or_default();
    let (state, published_at) = about.check().map_err(|error| unfit(&path, &error))?;
    let mut words = Vec::new();
    for language in Language::ALL {
        let path = folder.join(format!("{}.md", language.tag()));
        if let Some(text) = text_of(&path)? {
            let ask = "begins with “# Title” and a first paragraph of at most 500 characters";
            words.push(words_of(language.tag(), &text).ok_or_else(|| unfit(&path, ask))?);
        }
    }
    if words.is_empty() {
        return Err(unfit(folder, "has no text: en-US.md or pt-BR.md"));
    }
    if let Some(missing) = about.files.iter().find(|name| !folder.join(name).is_file()) {
        return Err(unfit(&folder.join(missing), "is missing"));
    }
    let newsletter = newsletter.map(str::to_owned);
    Ok(Item { section, newsletter, slug, about, state, published_at, words, folder: folder.to_owned() })
}

fn parse<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Unfit> {
    let Some(text) = text_of(path)? else { return Ok(None) };
    toml::from_str(&text).map(Some).map_err(|error| unfit(path, &error.to_string()))
}

fn text_of(path: &Path) -> Result<Option<String>, Unfit> {
    match std::fs::metadata(path) {
        Err(_) => return Ok(None),
        Ok(about) if about.len() > LARGEST => return Err(unfit(path, "is too long")),
        Ok(_) => {}
    }
    std::fs::read_to_string(path).map(Some).map_err(|error| unfit(path, &error.to_string()))
}

/// Folders, by name; whatever begins with a dot is somebody else's.
fn folders_in(path: &Path) -> Result<Vec<PathBuf>, Unfit> {
    let entries = std::fs::read_dir(path).map_err(|error| unfit(path, &error.to_string()))?;
    let mut found: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir() && !name_of(path).starts_with('.'))
        .collect();
    found.sort();
    Ok(found)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn unfit(path: &Path, what: &str) -> Unfit {
    Unfit::Entry(format!("{}: {what}", path.display()))
}
