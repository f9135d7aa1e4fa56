//! Promises against somebody who tries: the cases FX-01 to FX-15, one file a theme.
mod fx_07;
mod fx_11;
mod fx_12;
mod fx_14;
