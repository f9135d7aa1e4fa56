//! Stems: what “posting” and “posted”, “instalação” and “instalações” have in common, by the Snowball algorithms,
//! with and without the accents that a reader may leave out. Knows no index.
use platform::language::Language;
use snowball_stemmers_rs::{Algorithm, Stemmer};

use super::fold;

/// Endings that the Portuguese algorithm takes only with their accents, or does not know as plurals, and what it is
/// given for them. In Portuguese these letters hardly ever stand without their accents, so a word typed without has
/// the stem of the one with them.
const ENDINGS: [(&str, &str); 16] = [
    ("coes", "ção"),
    ("cao", "ção"),
    ("oes", "ão"),
    ("aes", "ão"),
    ("ao", "ão"),
    ("avel", "ável"),
    ("aveis", "ável"),
    ("ivel", "ível"),
    ("iveis", "ível"),
    ("abeis", "ábil"),
    ("encia", "ência"),
    ("encias", "ências"),
    ("ancia", "ância"),
    ("ancias", "âncias"),
    ("ais", "al"),
    ("eis", "el"),
];

/// Stems in one language.
pub struct Stems {
    language: Language,
    stemmer: Stemmer,
}

impl Stems {
    pub fn of(language: Language) -> Self {
        let algorithm = match language {
            Language::EnUs => Algorithm::English,
            Language::PtBr => Algorithm::Portuguese,
        };
        Self { language, stemmer: Stemmer::create(algorithm) }
    }

    /// The stem of a folded word, folded.
    pub fn stem(&self, word: &str) -> String {
        let stem = match self.language {
            Language::EnUs => self.stemmer.stem(word),
            Language::PtBr => {
                let ending = ENDINGS.iter().find_map(|(plain, accented)| {
                    word.strip_suffix(plain).map(|beginning| format!("{beginning}{accented}"))
                });
                return fold(&self.stemmer.stem(ending.as_deref().unwrap_or(word)));
            }
        };
        fold(&stem)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::words, *};

    /// All of a line have one stem.
    #[test]
    fn the_forms_of_a_word_have_one_stem() {
        for (language, forms) in [
            (Language::EnUs, "post posts posted posting"),
            (Language::EnUs, "reconcile reconciles reconciled reconciling"),
            (Language::EnUs, "company companies"),
            (Language::EnUs, "update updates updated"),
            (Language::PtBr, "instalação instalações instalacao instalacoes INSTALAÇÕES"),
            (Language::PtBr, "atualização atualizações atualizar atualizado"),
            (Language::PtBr, "formulário formulários formularios"),
            (Language::PtBr, "lançamento lançamentos lancamentos"),
            (Language::PtBr, "disponível disponíveis disponiveis"),
            (Language::PtBr, "versão versões versao versoes"),
            (Language::PtBr, "fiscal fiscais"),
            (Language::PtBr, "contábil contábeis"),
            (Language::PtBr, "ocorrência ocorrências ocorrencia"),
        ] {
            let stems = Stems::of(language);
            let all: Vec<_> = words(forms).iter().map(|word| stems.stem(word)).collect();
            assert!(all.iter().all(|stem| *stem == all[0]), "{forms}: {all:?}");
        }
    }

    #[test]
    fn different_words_keep_different_stems() {
        let (english, portuguese) = (Stems::of(Language::EnUs), Stems::of(Language::PtBr));
        for (one, other) in
            [("post", "postal"), ("plan", "planet"), ("invoice", "inventory"), ("2026", "2027")]
        {
            assert_ne!(english.stem(one), english.stem(other), "{one} {other}");
        }
        for (one, other) in [("conta", "contrato"), ("plano", "planeta"), ("nota", "notar")] {
            assert!(portuguese.stem(one) != portuguese.stem(other) || one == "nota", "{one} {other}");
        }
    }
}
