//! What somebody tried in November 2026, and what must not be found again: FX-01 to FX-15 by name, against both engines
//! and where it says so two nodes.
mod collisions;
mod fx_01;
mod fx_02;
mod fx_03;
mod fx_03_decisions;
mod fx_04;
mod fx_05;
mod fx_06;
mod fx_07;
mod fx_08;
mod fx_09;
mod fx_10;
mod fx_11;
mod fx_12;
mod fx_12_pushed;
mod fx_12_strangers;
mod fx_13;
mod fx_14;
mod fx_15;
mod guesses;
mod in_flight;
mod lapses;
mod names;
mod standby;
mod told;
mod twice;
