//! How the program is linked: it starts at every prompt and for every request of an AWS tool, so what counts is how much
//! of its file must be mapped and relocated.

// A build script talks to Cargo by what it prints.
#![allow(clippy::print_stdout)]

use std::env;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    if !is("CARGO_CFG_TARGET_OS", "linux") || !is("CARGO_CFG_TARGET_ARCH", "x86_64") || !is("PROFILE", "release") {
        return;
    }
    // Every operation of the AWS SDKs brings the same code again under another name. Rust's own linker, which is the
    // usual one on this system, keeps one copy.
    println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
    if env::var("HOST").ok() == env::var("TARGET").ok() && glibc().is_some_and(|version| version >= (2, 36)) {
        // Half a megabyte of addresses to relocate becomes some kilobytes; older loaders do not know them (DT_RELR).
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The C library of this computer, as `glibc 2.36`.
fn glibc() -> Option<(u32, u32)> {
    let said = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?.stdout;
    let (major, minor) = std::str::from_utf8(&said).ok()?.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
