//! Prepares what the window program is compiled with: its configuration, and what its page may call.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    #[cfg(feature = "window")]
    tauri_build::try_build(
        tauri_build::Attributes::new()
            .capabilities_path_pattern("./src-tauri/capabilities/*.json")
            .app_manifest(tauri_build::AppManifest::new().permissions_path_pattern("./src-tauri/permissions/*.toml")),
    )?;
    Ok(())
}
