//! What was written down reads as words, in both languages.
use platform::language::Language;

use super::*;
use crate::pages::tests::shell;

fn said(shell: &Shell, field: &str, before: Option<&str>, after: &str) -> String {
    let plans = HashMap::from([("service-standard".to_owned(), "Standard Service".to_owned())]);
    let [before, after] = [before, Some(after)].map(|text| text.map(str::to_owned));
    fact((shell, &plans), &Fact { field: field.into(), before, after: after.unwrap_or_default() })
}

#[tokio::test]
async fn reasons_that_nobody_typed_are_in_the_readers_language() {
    let (english, portuguese) = (shell(Language::EnUs).await, shell(Language::PtBr).await);
    for (known, _) in because::ALL {
        let both = [&english, &portuguese].map(|shell| reason(shell, known));
        assert!(both.iter().all(|text| !text.contains('⟦')) && both[0] != both[1], "{both:?}");
        assert_ne!(both[1], known);
    }
    assert_eq!(reason(&portuguese, "She called"), "She called", "what somebody wrote stays");
}

#[tokio::test]
async fn tables_of_imports_are_told_in_words() {
    let portuguese = shell(Language::PtBr).await;
    assert_eq!(table(&portuguese, "profiles of seed".into()), "Tabela de perfis (seed)");
    assert_eq!(table(&portuguese, "whatever".into()), "whatever");
}

#[tokio::test]
async fn plans_have_names_words_are_translated_and_moments_are_told() {
    let (english, portuguese) = (shell(Language::EnUs).await, shell(Language::PtBr).await);
    assert_eq!(said(&english, "plan", None, "service-standard"), "Plan: Standard Service");
    assert_eq!(said(&english, "plan", None, "unknown-code"), "Plan: unknown-code");
    assert_eq!(said(&portuguese, "state", Some("active"), "removed"), "Situação: Ativo → Removido");
    assert_eq!(said(&portuguese, "category", None, "support"), "Categoria: Suporte");
    assert_eq!(said(&portuguese, "replaces", None, "true").rsplit(": ").next(), Some("Sim"));
    let told = said(&english, "effective_at", None, "2026-11-21T10:00:00Z");
    assert!(told.ends_with("November 21, 2026, 10:00 UTC"), "{told}");
    assert_eq!(said(&english, "starts_on", None, "2026-11-21"), "Begins: November 21, 2026");
    for text in ["2026-11-21T10:00Z", "2026-13-21T10:00:00Z", "T::Z"] {
        assert!(said(&english, "effective_at", None, text).ends_with(text));
    }
}
