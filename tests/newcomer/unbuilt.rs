//! Building before the page was built: the build says which command makes it.

#[path = "../../src-tauri/page.rs"]
mod guard;

use std::fs;

use keyfob_tests::support::peers;

// F94
#[test]
fn a_build_without_the_page_names_the_commands_that_make_it() {
    let top = tempfile::tempdir().unwrap();
    let said = guard::missing(top.path()).unwrap();
    assert!(said.starts_with("the page is not built"), "{said}");
    assert!(said.contains("scripts/page.sh") && peers::root().join("scripts/page.sh").exists(), "{said}");
    let makefile = fs::read_to_string(peers::root().join("Makefile")).unwrap();
    let named: Vec<&str> = said.split("make ").skip(1).filter_map(|rest| rest.split([' ', ',', ')']).next()).collect();
    assert!(named.len() > 1, "{said}");
    assert!(named.iter().all(|target| makefile.contains(&format!("\n{target}: "))), "{named:?}");

    let page = top.path().join(guard::PAGE);
    fs::create_dir_all(page.parent().unwrap()).unwrap();
    fs::write(page, "").unwrap();
    assert_eq!(guard::missing(top.path()), None);
}

// F94
#[test]
fn the_build_looks_for_the_page_where_the_window_takes_it_from() {
    let config = fs::read_to_string(peers::root().join("tauri.conf.json")).unwrap();
    let config: serde_json::Value = serde_json::from_str(&config).unwrap();
    assert_eq!(
        Some(guard::PAGE),
        config["build"]["frontendDist"].as_str().map(|f| format!("{f}/index.html")).as_deref()
    );
}
