//! Markdown into HTML that can do no harm: rendered and sanitised by maintained libraries, then trusted.
use std::{borrow::Cow, collections::HashSet};

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// HTML that was sanitised here and nowhere else; templates put it in as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH
}

/// An article. `files` is the address under which its own files lie: relative links and pictures lead there.
pub fn article(text: &str, files: &str) -> Html {
    let mut rendered = String::new();
    html::push_html(&mut rendered, Parser::new_ext(text, options()).map(below_title));
    let mut builder = cleaner();
    builder.url_relative(UrlRelative::Custom(Box::new(beside(files.to_owned()))));
    builder.attribute_filter(|element, attribute, value| match (element, attribute) {
        // A picture from elsewhere would tell others who reads what.
        ("img", "src") if value.contains(':') || value.starts_with("//") => None,
        ("img", "src") if super::media_type(value) == super::DOWNLOAD => None,
        _ => Some(value.into()),
    });
    Html(builder.clean(&rendered).to_string())
}

/// What a visitor wrote: no headings, no pictures, no tables.
pub fn post(text: &str) -> Html {
    let mut rendered = String::new();
    let as_text = |event| match event {
        // HTML in a post is shown as it was typed.
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        Event::SoftBreak => Event::HardBreak,
        other => other,
    };
    html::push_html(&mut rendered, Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH).map(as_text));
    let mut builder = cleaner();
    let tags = ["p", "br", "a", "strong", "em", "del", "code", "pre", "ul", "ol", "li", "blockquote"];
    builder.tags(HashSet::from(tags));
    builder.url_relative(UrlRelative::Deny);
    Html(builder.clean(&rendered).to_string())
}

/// The words alone, for the search.
pub fn plain(text: &str) -> String {
    let mut words = String::new();
    for event in Parser::new_ext(text, options()) {
        match event {
            Event::Text(text) | Event::Code(text) => words.push_str(&text),
            Event::End(TagEnd::Item) => words.push_str(" · "),
            Event::SoftBreak | Event::HardBreak | Event::End(_) => words.push(' '),
            _ => {}
        }
    }
    words
}

fn cleaner() -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .link_rel(Some("noopener noreferrer nofollow"))
        .rm_tag_attributes("img", ["width", "height"])
        .id_prefix(None);
    builder
}

/// Anchors and addresses of the portal stay; a bare name is a file beside the article.
fn beside(files: String) -> impl for<'a> Fn(&'a str) -> Option<Cow<'a, str>> + Send + Sync {
    move |url: &str| {
        if url.starts_with("//") || url.contains('\\') {
            None
        } else if url.starts_with('#') || url.starts_with('/') {
            Some(Cow::Owned(url.to_owned()))
        } else {
            let name = super::file_name::name_of_path(url)?;
            Some(Cow::Owned(format!("{files}/{}", super::path_of_name(&name))))
        }
    }
}

/// The page has a title already: an article's own headings begin beneath it.
fn below_title(event: Event<'_>) -> Event<'_> {
    let lower = |level| match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        other => other,
    };
    match event {
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: lower(level), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        article(text, "/f").as_str().to_owned()
    }

    #[test]
    fn markdown_becomes_html_below_the_pages_title() {
        let html = shown("# One\n\nA **bold** word, `code`.\n\n## Two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n");
        for part in
            ["<h2>One</h2>", "<strong>bold</strong>", "<code>code</code>", "<h2>Two</h2>", "<td>1</td>"]
        {
            assert!(html.contains(part), "{part} in {html}");
        }
    }

    #[test]
    fn nothing_that_acts_survives() {
        for attack in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](data:text/html,x)",
            "<a href=\"&#106;avascript:alert(1)\">x</a>",
            "<iframe src=\"https://e.example\"></iframe>",
            "<form action=\"https://e.example\"><input></form>",
            "<p style=\"position:fixed\" onclick=\"x()\">y</p>",
            "<svg><script>alert(1)</script></svg>",
            "<meta http-equiv=refresh content=0>",
        ] {
            for html in [shown(attack), post(attack).as_str().to_owned()] {
                for bad in [
                    "<script",
                    "onerror=\"",
                    "href=\"javascript",
                    "href=\"data",
                    "<iframe",
                    "<form",
                    "<p style",
                    "<svg",
                    "<meta",
                ] {
                    assert!(!html.contains(bad), "{attack}: {html}");
                }
            }
        }
    }

    #[test]
    fn links_tell_nobody_and_files_lie_beside_the_article() {
        let html = shown(
            "[a](https://e.example/) [b](guide.pdf) [c](/faq) [d](//e.example) ![e](plan.png) ![f](https://e.example/x.png)",
        );
        assert!(
            html.contains("<a href=\"https://e.example/\" rel=\"noopener noreferrer nofollow\">"),
            "{html}"
        );
        assert!(html.contains("href=\"/f/guide.pdf\"") && html.contains("href=\"/faq\""), "{html}");
        assert!(html.contains("src=\"/f/plan.png\"") && !html.contains("e.example/x.png"), "{html}");
        assert!(!html.contains("href=\"//"), "{html}");
        let html = shown("![a](drawing.svg) ![b](page.html) ![c](plan.PNG)");
        assert!(!html.contains("drawing.svg") && !html.contains("page.html"), "{html}");
        assert!(html.contains("src=\"/f/plan.PNG\""), "{html}");
        let html = shown("[a](../../staff) [b](..\\x) [c](a/b.pdf)");
        assert!(!html.contains("href"), "{html}");
    }

    #[test]
    fn a_post_is_plain_and_shows_what_was_typed() {
        let html = post("# Loud\n\nline\nline <b>x</b>\n\n![p](/x.png)\n\n[r](relative)");
        let html = html.as_str();
        for bad in ["<h1", "<img", "href", "<b>"] {
            assert!(!html.contains(bad), "{html}");
        }
        assert!(html.contains("&lt;b&gt;x") && html.contains("line<br>"), "{html}");
    }

    #[test]
    fn the_search_gets_words_and_no_marks() {
        assert_eq!(
            plain("# A *b*\n\n[c](https://d.example)").split_whitespace().collect::<Vec<_>>(),
            ["A", "b", "c"]
        );
    }
}
