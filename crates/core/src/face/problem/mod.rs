//! The one place where errors become words: what happened, what was kept, and what to do next.
//!
//! Tray, window, notification and terminal all show the same [`Problem`].

mod account_errors;
mod mistyped;
mod of_account;
mod of_cause;
mod of_chain;
mod of_challenge;
mod of_desktop;
mod of_environment;
mod of_ports;
mod of_provider;
mod of_session;
mod usage;

pub use mistyped::{Mistyped, mistyped};
pub use of_account::{account_timed_out, no_such_deed, of_account};
pub use of_chain::{
    astray, in_use, malformed_role, mfa_behind_role, no_source, of_first_link, of_link, other_device, other_partition,
    unknown_source,
};
pub use of_desktop::{
    DemoStop, bus_gone, demo_stopped, desktop_usage, no_autostart, no_demo, no_display, no_tray_program, no_window,
    other_instance, runs_already, session_over, window_ended,
};
pub use of_environment::{file_from, foreign_shell, not_text, unknown_team_in, unusable};
pub use of_ports::{in_memory, internal, no_places, of_browser, of_copy, of_file, of_store, stdout_closed, system};
pub use of_provider::{no_such_flow, no_such_provider, of_profile_field, of_provider, of_setting, unknown_provider};
pub use of_session::{
    cannot_renew, login_timed_out, login_under_way, not_kept, not_logged_in, renewal_not_kept, session_ended,
};
pub use usage::{
    ids_not_written, looked_in, malformed_file, malformed_profile, missing_by_variable, no_profiles, no_such_file,
    no_teams, not_exportable, not_given, not_put_back, nothing_known_in, of_edit, of_export, removal_unasked,
    review_needed, secret_in_argv, silent, stdin_unreadable, strange_file, token_not_plain, unknown_profile,
    unknown_team, which_profile, which_team, would_reveal,
};

#[cfg(test)]
mod tests;
