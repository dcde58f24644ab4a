//! What the linker is to keep in the two programs.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        // What `cargo xtask split` goes by: which function and which data need which.
        println!("cargo::rustc-link-arg-bin=page=--emit-relocs");
        // What wasm-bindgen goes by in a stripped program: the wasm features it needs.
        println!("cargo::rustc-link-arg-bin=worker=--keep-section=target_features");
    }
}
