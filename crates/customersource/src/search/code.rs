//! Names made of letters and digits, like GP-1042: what people type with a hyphen, a blank or nothing between is one
//! name. Knows no index.
use super::fold;

/// Letters before a number are its name when they are no longer.
const LONGEST_NAME: usize = 5;

/// Such names of a text in the forms in which its words do not have them: put together, and taken apart.
pub fn forms(text: &str) -> Vec<String> {
    let folded = fold(text);
    let (mut forms, mut before) = (Vec::new(), "");
    for chunk in folded.split_whitespace() {
        let words: Vec<&str> =
            chunk.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        for word in &words {
            if is_name(before) && is_number(word) {
                forms.push(format!("{before}{word}"));
            }
            let runs = runs(word);
            if runs.len() > 1 {
                forms.extend(runs.into_iter().map(str::to_owned));
            }
            before = word;
        }
        let is_mixed = chunk.contains(char::is_alphabetic) && chunk.contains(char::is_numeric);
        if is_mixed && words.len() > 2 {
            forms.push(words.concat());
        }
    }
    forms
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.chars().all(char::is_numeric)
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(char::is_alphabetic) && word.chars().count() <= LONGEST_NAME
}

/// Letters and digits apart.
fn runs(word: &str) -> Vec<&str> {
    let (mut runs, mut from, mut kind) = (Vec::new(), 0, None);
    for (at, c) in word.char_indices() {
        let is_number = c.is_numeric();
        if kind.is_some_and(|kind| kind != is_number) {
            runs.extend(word.get(from..at));
            from = at;
        }
        kind = Some(is_number);
    }
    runs.extend(word.get(from..));
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_put_together_and_taken_apart() {
        for (text, expected) in [
            ("GP-1042", "gp1042"),
            ("GP 1042 and KB12", "gp1042 kb 12"),
            ("GP-2026.2", "gp2026 gp20262"),
            ("No numbers here", ""),
            ("Statement 1099", ""),
        ] {
            assert_eq!(forms(text).join(" "), expected, "{text}");
        }
    }
}
