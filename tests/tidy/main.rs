//! The rules of the house that a compiler does not check, read off the files; they know no behaviour.

#![expect(clippy::unwrap_used, reason = "a tidy rule that cannot read the tree fails, and says where")]

mod files;
mod texts;
mod tree;
mod walls;
mod words;
