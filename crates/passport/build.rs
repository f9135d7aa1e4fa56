//! Lists the recipes of `recipes/` for the program to hold: a new one is a new file there and nothing else. And how the
//! program is linked.
use std::{env, error::Error, ffi::OsStr, fmt::Write as _, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=recipes");
    list_recipes()?;
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|set| set == value);
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        // Addresses that the loader adds to, in an eighth of the room: for glibc 2.36 and later.
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    Ok(())
}

fn list_recipes() -> Result<(), Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("recipes"))? {
        files.push(entry?.path());
    }
    files.retain(|file| file.extension().is_some_and(|kind| kind == "recipe"));
    files.sort();
    let mut list = "[\n".to_owned();
    for file in files {
        let name = file.file_stem().and_then(OsStr::to_str).ok_or("a recipe's name is not UTF-8")?;
        writeln!(list, "    ({name:?}, include_str!({file:?})),")?;
    }
    list.push_str("]\n");
    Ok(fs::write(Path::new(&env::var("OUT_DIR")?).join("recipes.rs"), list)?)
}
