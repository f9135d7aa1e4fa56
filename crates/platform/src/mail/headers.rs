//! Headers that lettre has no type for; knows no letter.
use lettre::message::header::{Header, HeaderName, HeaderValue};

use super::one_line;

/// A header of fixed name that lettre has no type for.
#[derive(Clone)]
pub(super) struct Raw<N>(String, std::marker::PhantomData<N>);

impl<N> Raw<N> {
    pub(super) fn new(value: &str) -> Self {
        Self(one_line(value), std::marker::PhantomData)
    }
}

pub(super) trait Named {
    const NAME: &'static str;
}

#[derive(Clone)]
pub(super) struct AutoSubmitted;
#[derive(Clone)]
pub(super) struct AutoResponse;
#[derive(Clone)]
pub(super) struct Tongue;
#[derive(Clone)]
pub(super) struct Unsubscribe;
#[derive(Clone)]
pub(super) struct UnsubscribePost;
#[derive(Clone)]
pub(super) struct ListId;

impl Named for AutoSubmitted {
    const NAME: &'static str = "Auto-Submitted";
}
impl Named for AutoResponse {
    const NAME: &'static str = "X-Auto-Response-Suppress";
}
impl Named for Tongue {
    const NAME: &'static str = "Content-Language";
}

impl Named for Unsubscribe {
    const NAME: &'static str = "List-Unsubscribe";
}
impl Named for UnsubscribePost {
    const NAME: &'static str = "List-Unsubscribe-Post";
}

impl Named for ListId {
    const NAME: &'static str = "List-Id";
}

impl<N: Named + Clone> Header for Raw<N> {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str(N::NAME)
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self::new(text))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}
