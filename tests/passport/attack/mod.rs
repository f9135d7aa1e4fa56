//! What somebody tried in November 2026, and what must not be found again: FX-01 to FX-15 by name, against both engines
//! and where it says so two nodes.
mod fx_01;
mod fx_03;
mod fx_05;
mod fx_06;
mod fx_07;
mod fx_11;
mod fx_12;
mod fx_14;
mod lapses;
mod told;
