//! Fuzzing: whatever bytes come from files, keychains, pipes, sockets and servers, what is promised of them holds.
//!
//! Each target is a test: by itself it takes a fixed number of inputs that are the same every time, as in `make test`;
//! `make fuzz` lets it go on for minutes, with others each time.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod answers;
mod config;
mod driver;
mod facts;
mod lines;
mod mutate;
mod neighbours;
mod nodes;
mod quoting;
mod records;
#[path = "../shells/programs.rs"]
#[expect(dead_code, reason = "how each shell reads a file is for its own tests")]
mod shell_programs;
#[path = "../shells/values.rs"]
mod shell_values;
mod world;

/// A target that is not in this list is dead code, and the lints say so. Names begin with what `TARGET=` takes.
macro_rules! targets {
    ($($test:ident: $target:expr;)*) => {
        $(#[test]
        fn $test() {
            driver::run(stringify!($test), &$target);
        })*
    };
}

targets! {
    config_is_read_and_edited_whole_or_refused_with_its_place: config::TARGET;
    facts_never_lose_a_good_row: facts::TARGET;
    records_say_what_was_written_or_nothing: records::RECORD;
    credentials_are_for_the_role_that_is_asked_for_or_nothing: records::CREDENTIAL;
    aws_config_costs_no_section_that_is_good: neighbours::AWS_CONFIG;
    simpleiot_folders_cost_no_folder_that_is_good: neighbours::SIMPLEIOT;
    door_lines_from_the_window_are_read_back_or_refused: lines::UP;
    door_lines_from_the_tray_are_read_or_refused: lines::DOWN;
    socket_frames_are_read_back_or_refused: lines::FRAME;
    answers_to_a_login_lead_to_a_session_or_an_error: answers::LOGIN;
    answers_to_a_session_end_it_by_a_closed_list_only: answers::SESSION;
    quoting_means_itself_in_every_real_shell: quoting::TARGET;
}
