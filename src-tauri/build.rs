//! Prepares what the window program is compiled with: its configuration, and what its page may call.

// A build script talks to Cargo by what it prints.
#![allow(clippy::print_stdout)]

#[cfg(feature = "window")]
mod page;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    #[cfg(feature = "window")]
    {
        println!("cargo::rerun-if-changed={}", page::PAGE);
        if let Some(what_to_do) = page::missing(std::path::Path::new(".")) {
            // Cargo shows this as an error and ends. Otherwise Tauri would say that a folder doesn't exist, and not why.
            println!("cargo::error={what_to_do}");
            return Ok(());
        }
        tauri_build::try_build(
            tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/*.json").app_manifest(
                tauri_build::AppManifest::new().permissions_path_pattern("./src-tauri/permissions/*.toml"),
            ),
        )?;
    }
    Ok(())
}
