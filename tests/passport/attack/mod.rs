//! What somebody tries who means harm: the cases FX of the catalogue, each of which once succeeded.
mod fx_04;
