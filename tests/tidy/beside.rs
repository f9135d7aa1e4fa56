//! A page with a half-written form has no other form that throws its words away (decision 0041).

use crate::tree::{Source, hold, sources};

/// Forms beside which nothing is lost, and why.
const NOTHING_IS_LOST: &[(&str, &str, &str)] = &[
    ("kit/layout.html", "", "the frame: it looks by itself whether the page has fields"),
    ("pages/sign_in.html", "self.choose()", "whoever goes on as somebody else types another name"),
    ("pages/sign_in.html", "self.cancel()", "gives up what was typed"),
    ("pages/sign_in.html", "self.action()", "the other choice names somebody else"),
    ("pages/second_step.html", "self.cancel()", "gives up what was typed"),
    ("pages/second_step.html", "self.off()", "stands where there is no field for a code"),
    ("pages/authenticator.html", "cancel", "gives up what was typed"),
    ("pages/authenticator.html", "/codes", "stands where no code is asked for"),
    ("pages/authenticator.html", "/remove", "stands where no code is asked for"),
    ("newsgroups/thread.html", "/watch", "stands where there is no field for a reply"),
];

/// Pieces of pages that are forms with fields.
const PIECES: &[&str] = &["call look::bar(", "call kit::search(", "call audit::filters("];

/// Pieces of forms that have fields.
const FIELDS: &[&str] = &["call kit::fields(", "call field::text(", "<textarea", "<select"];

struct Form<'a> {
    action: &'a str,
    has_words: bool,
    /// Opens a tab of its own, or stays in it where the script puts back what was typed.
    stands_apart: bool,
}

fn forms(template: &str) -> Vec<Form<'_>> {
    let own = template.split("<form").skip(1).map(|rest| {
        let (tag, rest) = rest.split_once('>').unwrap_or((rest, ""));
        let inside = rest.split("</form>").next().unwrap_or_default();
        let is_written =
            |tag: &str| !["hidden", "submit"].iter().any(|kind| tag.contains(&format!("type=\"{kind}\"")));
        let inputs = inside.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
        let has_words = FIELDS.iter().any(|piece| inside.contains(piece)) || { inputs }.any(is_written);
        let action = tag.split_once(" action=\"").and_then(|(_, rest)| rest.split('"').next());
        let stands_apart = tag.contains("data-beside target=\"_blank\"");
        Form { action: action.unwrap_or_default(), has_words, stands_apart }
    });
    let pieces = PIECES.iter().flat_map(|piece| template.matches(piece));
    let pieces = pieces.map(|piece| Form { action: piece, has_words: true, stands_apart: false });
    own.chain(pieces).collect()
}

fn loses(template: &Source) -> Vec<String> {
    let listed = |form: &Form<'_>| {
        NOTHING_IS_LOST
            .iter()
            .any(|(page, action, _)| template.path.ends_with(page) && form.action.contains(action))
    };
    let forms = forms(&template.text);
    let words = forms.iter().filter(|form| form.has_words).count();
    let loses = |form: &&Form<'_>| {
        let others = words - usize::from(form.has_words);
        others > 0 && !form.stands_apart && !listed(form)
    };
    let what = |form: &Form<'_>| {
        format!("the form to {} loses the words beside it: data-beside target=\"_blank\"", form.action)
    };
    forms.iter().filter(loses).map(|form| template.complaint(1, what(form))).collect()
}

#[test]
fn no_form_loses_the_words_of_another_on_its_page() {
    let all = sources();
    let templates = all.iter().filter(|source| source.path.contains("/templates/"));
    hold(templates.flat_map(loses));
}

#[test]
fn a_form_beside_words_is_told_from_one_alone() {
    let ask = |text: &str| loses(&Source::new("x.html", text)).len();
    let typed = "<form action=\"/a\"><input name=\"n\"></form>";
    assert_eq!(ask(typed), 0);
    assert_eq!(ask(&format!("{typed}<form action=\"/b\"><button></button></form>")), 1);
    assert_eq!(ask(&format!("{typed}{typed}")), 2);
    let apart = "<form action=\"/b\" data-beside target=\"_blank\"><textarea></textarea></form>";
    assert_eq!(ask(&format!("{typed}{apart}")), 1, "its words are lost by the first");
    let button = "<form action=\"/b\"><input type=\"hidden\" name=\"n\"></form>";
    assert_eq!(ask(&format!("{button}{button}")), 0);
    assert_eq!(ask(&format!("{{% call look::bar(shell) %}}{button}")), 1);
}
