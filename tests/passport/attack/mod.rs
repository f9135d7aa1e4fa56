//! What somebody tried in November 2026, and what must not be found again: FX-01 to FX-15 by name.
mod fx_03;
mod fx_08;
mod fx_09;
