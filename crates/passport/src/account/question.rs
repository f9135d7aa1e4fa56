//! The secret question and its answer: what may be asked and what is accepted. Knows no hash.
use super::password::rules::fold_answer;

/// Catalogue keys of the questions that sign-up offers. What is stored is the question's words.
pub const OFFERED: [&str; 6] = [
    "question-first-teacher",
    "question-childhood-street",
    "question-first-pet",
    "question-first-book",
    "question-grandparent-town",
    "question-first-job",
];

/// In characters.
pub const LONGEST_QUESTION: usize = 200;
/// In bytes.
pub const LONGEST_ANSWER: usize = 200;

/// What is wrong with a secret answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerRefused {
    Missing,
    TooLong,
    /// It stands in the question, or is the password.
    GivesItselfAway,
}

/// The question as it will be stored, or `None` when it is no question: empty, too long, or not one line.
pub fn checked(question: &str) -> Option<String> {
    let question = question.split_whitespace().collect::<Vec<_>>().join(" ");
    let count = question.chars().count();
    ((1..=LONGEST_QUESTION).contains(&count) && !question.chars().any(char::is_control)).then_some(question)
}

pub fn check_answer(answer: &str, question: &str, password: &str) -> Result<(), AnswerRefused> {
    let folded = fold_answer(answer);
    if folded.is_empty() {
        return Err(AnswerRefused::Missing);
    }
    if answer.len() > LONGEST_ANSWER {
        return Err(AnswerRefused::TooLong);
    }
    let asked = fold_answer(question);
    if folded == fold_answer(password) || asked.split(' ').any(|word| word == folded) || asked == folded {
        return Err(AnswerRefused::GivesItselfAway);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_one_line_of_at_most_200_characters() {
        assert_eq!(checked("  What\tis  it? ").as_deref(), Some("What is it?"));
        assert_eq!(checked(" \n "), None);
        assert_eq!(checked("a\u{7}b"), None);
        assert_eq!(checked(&"é".repeat(200)), Some("é".repeat(200)));
        assert_eq!(checked(&"é".repeat(201)), None);
    }

    #[test]
    fn pp_30_an_answer_that_anybody_can_read_is_refused() {
        let ask = |answer| check_answer(answer, "Is my dog called Rex?", "my password");
        assert_eq!(ask("  "), Err(AnswerRefused::Missing));
        assert_eq!(ask("DOG"), Err(AnswerRefused::GivesItselfAway));
        assert_eq!(ask("is my dog  called rex?"), Err(AnswerRefused::GivesItselfAway));
        assert_eq!(ask("My Password"), Err(AnswerRefused::GivesItselfAway));
        assert_eq!(check_answer(&"a".repeat(201), "Why?", "p"), Err(AnswerRefused::TooLong));
        assert_eq!(ask("Bo"), Ok(()));
    }
}
