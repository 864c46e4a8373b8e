//! How the program is linked.

// A build script talks to Cargo by what it prints.
#![allow(clippy::print_stdout)]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Every operation of the AWS SDKs brings the same code again under another name. Rust's own linker on this system
    // keeps one copy; a program that starts at every prompt is read, mapped and relocated at every prompt.
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ARCH", "x86_64") && is("PROFILE", "release") {
        println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
    }
}
