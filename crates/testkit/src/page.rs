//! A page of HTML as a person without JavaScript uses it: words, links, forms. Knows no network.
use scraper::{ElementRef, Html, Selector};

use crate::Parameters;

/// A parsed page.
pub struct Page(Html);

/// A form with what would be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// As written; empty: the page's own address.
    pub action: String,
    pub is_post: bool,
    pub fields: Parameters,
    /// Every control's name, filled or not.
    pub names: Vec<String>,
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap_or_else(|error| panic!("{css}: {error}"))
}

fn words(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Page {
    pub fn parse(html: &str) -> Self {
        Self(Html::parse_document(html))
    }

    pub fn has(&self, css: &str) -> bool {
        self.0.select(&selector(css)).next().is_some()
    }

    #[track_caller]
    fn one(&self, css: &str) -> ElementRef<'_> {
        let found = self.0.select(&selector(css)).next();
        found.unwrap_or_else(|| panic!("the page has no {css}:\n{}", self.0.html()))
    }

    /// The words of the first element, whitespace folded.
    #[track_caller]
    pub fn text_of(&self, css: &str) -> String {
        words(self.one(css))
    }

    /// The words of every element.
    pub fn all(&self, css: &str) -> Vec<String> {
        self.0.select(&selector(css)).map(words).collect()
    }

    /// Every word of the page's main part.
    pub fn words(&self) -> String {
        self.text_of("main")
    }

    #[track_caller]
    pub fn attribute(&self, css: &str, name: &str) -> String {
        self.one(css).value().attr(name).unwrap_or_default().to_owned()
    }

    /// The attribute of every element that has it.
    pub fn attributes(&self, css: &str, name: &str) -> Vec<String> {
        let selector = selector(css);
        let elements = self.0.select(&selector);
        elements.filter_map(|element| element.value().attr(name).map(str::to_owned)).collect()
    }

    /// The form at `css`: a form, or a control inside of one. A button is thereby pressed.
    #[track_caller]
    pub fn form(&self, css: &str) -> Form {
        let chosen = self.one(css);
        let owner = chosen.value().attr("form").map(|id| self.one(&format!("form#{id}")));
        let inside = || {
            chosen.ancestors().filter_map(ElementRef::wrap).find(|element| element.value().name() == "form")
        };
        let form = match chosen.value().name() {
            "form" => chosen,
            _ => owner.or_else(inside).unwrap_or_else(|| panic!("{css} belongs to no form")),
        };
        let pressed = is_button(chosen).then_some(chosen);
        let aim = pressed.and_then(|button| button.value().attr("formaction"));
        let action = aim.or_else(|| form.value().attr("action")).unwrap_or_default().to_owned();
        let own = pressed.and_then(|button| button.value().attr("formmethod"));
        let method = own.or_else(|| form.value().attr("method"));
        let is_post = method.is_some_and(|method| method.eq_ignore_ascii_case("post"));
        let id = form.value().attr("id");
        let mut read = Form { action, is_post, fields: Parameters::default(), names: vec![] };
        for control in self.0.select(&selector("input, select, textarea, button")) {
            let by_id = control.value().attr("form").is_some_and(|form| Some(form) == id);
            if by_id || control.ancestors().any(|ancestor| ancestor.id() == form.id()) {
                read.take(control, pressed);
            }
        }
        read
    }
}

fn is_button(element: ElementRef<'_>) -> bool {
    let kind = element.value().attr("type").unwrap_or_default();
    match element.value().name() {
        "button" => !matches!(kind, "button" | "reset"),
        "input" => kind == "submit",
        _ => false,
    }
}

impl Form {
    fn take(&mut self, control: ElementRef<'_>, pressed: Option<ElementRef<'_>>) {
        let element = control.value();
        let Some(name) = element.attr("name").filter(|name| !name.is_empty()) else { return };
        if element.attr("disabled").is_some() {
            return;
        }
        self.names.push(name.to_owned());
        let value = match element.name() {
            "button" => {
                (pressed == Some(control)).then(|| element.attr("value").unwrap_or_default().to_owned())
            }
            "select" => chosen_option(control),
            "textarea" => Some(control.text().collect()),
            _ => match element.attr("type").unwrap_or("text") {
                "submit" => {
                    (pressed == Some(control)).then(|| element.attr("value").unwrap_or_default().to_owned())
                }
                "checkbox" | "radio" => {
                    element.attr("checked").map(|_| element.attr("value").unwrap_or("on").to_owned())
                }
                "button" | "reset" => None,
                _ => Some(element.attr("value").unwrap_or_default().to_owned()),
            },
        };
        if let Some(value) = value {
            self.fields = std::mem::take(&mut self.fields).and(name, value);
        }
    }

    /// The form with these fields filled in; each must be one of its own.
    #[track_caller]
    #[must_use]
    pub fn filled(mut self, fields: &[(&str, &str)]) -> Self {
        for (name, value) in fields {
            assert!(
                self.names.iter().any(|known| known == name),
                "the form has no {name}, only {:?}",
                self.names
            );
            self.fields = self.fields.with(name, *value);
        }
        self
    }
}

fn chosen_option(select: ElementRef<'_>) -> Option<String> {
    let options: Vec<_> = select.select(&selector("option")).collect();
    let chosen =
        options.iter().find(|option| option.value().attr("selected").is_some()).or(options.first())?;
    Some(chosen.value().attr("value").map_or_else(|| words(*chosen), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<main><h1>One  <b>two</b></h1><form id="f" method="post" action="/go">
        <input type="hidden" name="token" value="t"><input name="typed" value="a&amp;b"><input type="checkbox" name="box">
        <input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>
        <select name="s"><option value="x">X</option><option value="y" selected>Y</option></select>
        <textarea name="t">text</textarea><button name="do" value="yes" id="yes">Yes</button>
        <button name="do" value="no" id="no" formaction="/stop">No</button></form>
        <input name="outside" form="f" value="o"></main>"#;

    #[test]
    fn a_form_sends_what_a_browser_would_send() {
        let form = Page::parse(PAGE).form("#f").filled(&[("typed", "new")]);
        assert_eq!(form.fields.encoded(), "token=t&typed=new&r=2&s=y&t=text&outside=o");
        assert_eq!((form.action.as_str(), form.is_post), ("/go", true));
    }

    #[test]
    fn a_button_sends_itself_and_may_lead_elsewhere() {
        let form = Page::parse(PAGE).form("#no");
        assert_eq!((form.action.as_str(), form.fields.get("do")), ("/stop", Some("no")));
        assert_eq!(Page::parse(PAGE).form("#yes").fields.get("do"), Some("yes"));
    }

    #[test]
    #[should_panic(expected = "the form has no elsewhere")]
    fn a_field_that_the_form_lacks_cannot_be_filled_in() {
        let _ = Page::parse(PAGE).form("#f").filled(&[("elsewhere", "x")]);
    }

    #[test]
    fn words_are_read_without_the_whitespace_between_them() {
        let page = Page::parse(PAGE);
        assert_eq!(page.text_of("h1"), "One two");
        assert_eq!(page.attributes("input", "value"), ["t", "a&b", "1", "2", "o"]);
        assert!(!page.has("h2"));
    }
}
