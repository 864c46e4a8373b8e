//! The lock and the socket of the tray program: one at a time, and only this person's own are heard.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::time::Duration;

use keyfob_core::words::action::Page;
use keyfob_core::words::id::Id;

use super::*;
use crate::files::DiskFiles;
use crate::files::steps::stand;
use crate::files::tests::{given_path, in_child};
use crate::place::Place;

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("run")).unwrap();
    home
}

fn raise() -> Ask {
    Ask::Raise { from: Place::default() }
}

fn first(home: &Path) -> Instance {
    match claim(&DiskFiles, &Seat::of_home(&home.join("locks"), Some(&home.join("run")))).unwrap() {
        Start::First(instance) => instance,
        Start::Second { .. } => panic!("nobody else is there"),
    }
}

#[test]
fn there_is_one_at_a_time_and_a_new_one_when_it_has_gone() {
    let home = home();
    let one = first(home.path());
    let again = claim(&DiskFiles, &Seat::of_home(&home.path().join("locks"), Some(&home.path().join("run")))).unwrap();
    assert!(matches!(again, Start::Second { socket } if socket == one.socket));
    drop(one);
    first(home.path());
}

#[test]
fn two_homes_with_one_runtime_folder_do_not_meet() {
    let (a, b) = (home(), home());
    let of = |home: &Path| match claim(&DiskFiles, &Seat::of_home(&home.join("locks"), Some(&a.path().join("run"))))
        .unwrap()
    {
        Start::First(instance) => instance.socket.clone(),
        Start::Second { socket } => socket,
    };
    assert_ne!(of(a.path()), of(b.path()));
}

// F76
// F106
#[cfg(target_os = "linux")]
#[test]
fn there_is_one_on_a_bus_wherever_its_files_are_and_however_the_bus_is_named() {
    let (a, b) = (home(), home());
    let runtime = a.path().join("run");
    fs::write(runtime.join("bus"), "").unwrap();
    let seat = |home: &Path, address: Option<String>| {
        Seat::by(&home.join("locks"), |name| match name {
            "XDG_RUNTIME_DIR" => Some(runtime.clone().into()),
            "DBUS_SESSION_BUS_ADDRESS" => address.clone().map(OsString::from),
            _ => None,
        })
    };
    let named = format!("unix:path={}/bus", runtime.display());
    let Start::First(one) = claim(&DiskFiles, &seat(a.path(), Some(named.clone()))).unwrap() else { panic!("alone") };
    for address in [Some(format!("{named},guid=1f")), Some(format!("{named};tcp:host=x")), None] {
        let other = claim(&DiskFiles, &seat(b.path(), address)).unwrap();
        assert!(matches!(other, Start::Second { socket } if socket == one.socket));
    }
    let elsewhere = seat(b.path(), Some("unix:abstract=/tmp/another".into()));
    assert!(matches!(claim(&DiskFiles, &elsewhere).unwrap(), Start::First(other) if other.socket != one.socket));
    drop(one);
    assert!(matches!(claim(&DiskFiles, &seat(b.path(), None)).unwrap(), Start::First(_)));
}

#[tokio::test]
async fn a_second_start_is_heard_also_after_a_dead_one_left_its_socket() {
    let home = home();
    let one = first(home.path());
    fs::create_dir(one.socket.parent().unwrap()).unwrap();
    fs::set_permissions(one.socket.parent().unwrap(), fs::Permissions::from_mode(0o700)).unwrap();
    drop(UnixListener::bind(&one.socket).unwrap());
    let mut listening = Listening::start(&one).unwrap();
    let open = Page::Team { team: Id::from_random([7; 10]) };
    for said in [raise(), Ask::Open { open, from: Place::default() }] {
        let ((heard, _), sent) = tokio::join!(listening.next(), ask(&one.socket, &said));
        sent.unwrap();
        assert_eq!(heard, said);
    }
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(one.socket.parent().unwrap()), 0o700);
}

// F76, T28
#[tokio::test]
async fn what_lies_in_the_socket_s_place_is_left_alone_with_a_reason() {
    for (what, place) in [("file", false), ("folder", false), ("link", false), ("pipe", false), ("open folder", true)] {
        let home = home();
        let one = first(home.path());
        let folder = one.socket.parent().unwrap();
        fs::create_dir(folder).unwrap();
        fs::set_permissions(folder, fs::Permissions::from_mode(if place { 0o755 } else { 0o700 })).unwrap();
        match what {
            "file" => fs::write(&one.socket, "").unwrap(),
            "folder" => fs::create_dir(&one.socket).unwrap(),
            "link" => std::os::unix::fs::symlink("/dev/null", &one.socket).unwrap(),
            "pipe" => {
                rustix::fs::mknodat(rustix::fs::CWD, &one.socket, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
            }
            _ => {}
        }
        let refused = Listening::start(&one);
        assert!(matches!(refused, Err(NoSocket::Unfit { .. })), "{what}: {refused:?}");
        if !place {
            assert!(fs::symlink_metadata(&one.socket).is_ok(), "{what} was removed");
        }
    }
    // A folder that is really a link to another one is no place either.
    let home = home();
    let one = first(home.path());
    fs::create_dir(home.path().join("elsewhere")).unwrap();
    fs::set_permissions(home.path().join("elsewhere"), fs::Permissions::from_mode(0o700)).unwrap();
    std::os::unix::fs::symlink(home.path().join("elsewhere"), one.socket.parent().unwrap()).unwrap();
    assert!(matches!(Listening::start(&one), Err(NoSocket::Unfit { .. })));
}

// F117
#[tokio::test(start_paused = true)]
async fn who_says_nothing_or_nonsense_does_not_keep_others_from_being_heard_at_once() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let home = home();
    let one = first(home.path());
    let mut listening = Listening::start(&one).unwrap();
    let call = || tokio::net::UnixStream::connect(&one.socket);
    let begun = tokio::time::Instant::now();
    let mut silent = Vec::new();
    // More than are listened to at once, and fewer than wait for their turn.
    for _ in 0..100 {
        silent.push(call().await.unwrap());
    }
    let mut long = call().await.unwrap();
    long.write_all(&[b'x'; 4 * MAX_FRAME]).await.unwrap();
    let mut wrong = call().await.unwrap();
    wrong.write_all(b"{\"keyfob\":2,\"say\":{\"ask\":\"raise\"}}\n").await.unwrap();
    let mut right = call().await.unwrap();
    right.write_all(&raise().line()).await.unwrap();
    assert_eq!(listening.next().await.0, raise());
    let mut answer = String::new();
    wrong.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "refused\n");
    assert_eq!(begun.elapsed(), Duration::ZERO, "somebody was waited for");
    // The first of the silent ones made room, the last is still heard.
    assert_eq!(silent[0].read(&mut [0]).await.unwrap(), 0);
    let last = silent.last_mut().unwrap();
    last.write_all(&raise().line()).await.unwrap();
    assert_eq!(listening.next().await.0, raise());
}

// F118
#[tokio::test]
async fn a_socket_whose_path_is_longer_than_an_address_is_heard_all_the_same() {
    let home = home();
    let locks = home.path().join("x".repeat(120)).join("locks");
    let Start::First(one) = claim(&DiskFiles, &Seat::of_home(&locks, None)).unwrap() else {
        panic!("nobody else is there")
    };
    let mut listening = Listening::start(&one).unwrap();
    let asked = raise();
    let ((heard, _), sent) = tokio::join!(listening.next(), ask(&one.socket, &asked));
    sent.unwrap();
    assert_eq!(heard, raise());
}

// F118
#[test]
fn under_any_umask_a_second_start_is_heard_and_nobody_else_gets_in() {
    for umask in ["000", "022", "077", "277", "777"] {
        let home = home();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o777)).unwrap();
        fs::set_permissions(home.path().join("run"), fs::Permissions::from_mode(0o777)).unwrap();
        // Root gets in everywhere: somebody else tries, where we can be somebody else.
        let before = if rustix::process::geteuid().is_root() {
            format!("umask {umask}; exec setpriv --reuid 4242 --regid 4242 --clear-groups \"$0\" \"$@\";")
        } else {
            format!("umask {umask};")
        };
        let child =
            in_child("instance::tests::a_second_start_of_ours_is_heard", home.path(), &before).status().unwrap();
        assert!(child.success(), "umask {umask}");
        let socket = Seat::of_home(&home.path().join("locks"), Some(&home.path().join("run"))).socket();
        let mode = |path: &Path| fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&socket), mode(socket.parent().unwrap())), (0o600, 0o700), "umask {umask}");
    }
}

#[tokio::test]
#[ignore = "run by the test above"]
async fn a_second_start_of_ours_is_heard() {
    let home = given_path();
    // As the tray is: a process that is not to be looked into finds its own handles all the same.
    crate::harden::harden();
    let one = first(&home);
    let mut listening = Listening::start(&one).unwrap();
    let asked = raise();
    let (_, sent) = tokio::join!(listening.next(), ask(&one.socket, &asked));
    sent.unwrap();
}

// F110, F118
#[tokio::test]
async fn whatever_comes_into_the_socket_s_place_while_we_take_it_is_left_alone_or_was_a_dead_one() {
    let changes: [fn(&Path); 5] = [
        |there| drop(fs::write(there, "theirs")),
        |there| drop(fs::create_dir(there)),
        |there| drop(std::os::unix::fs::symlink("theirs", there)),
        |there| drop(UnixListener::bind(there)),
        |there| drop(fs::remove_file(there)),
    ];
    for (which, change) in changes.into_iter().enumerate() {
        for (step, dead) in (0..12).flat_map(|step| [(step, true), (step, false)]) {
            let home = home();
            let one = first(home.path());
            let there = one.socket.clone();
            if dead {
                fs::create_dir(there.parent().unwrap()).unwrap();
                fs::set_permissions(there.parent().unwrap(), fs::Permissions::from_mode(0o700)).unwrap();
                drop(UnixListener::bind(&there).unwrap());
            }
            let mut count = 0;
            let standing = move |_: &'static str| {
                if count == step {
                    let _ = fs::remove_file(&there);
                    change(&there);
                }
                count += 1;
            };
            let started = stand(standing, || Listening::start(&one));
            let place = format!("change {which} at {step}");
            match started {
                Ok(mut listening) => {
                    let asked = raise();
                    let (_, sent) = tokio::join!(listening.next(), ask(&one.socket, &asked));
                    sent.unwrap_or_else(|e| panic!("{place}: {e}"));
                }
                Err(NoSocket::Unfit { .. }) if which < 3 => {
                    assert!(!fs::symlink_metadata(&one.socket).unwrap().file_type().is_socket(), "{place}");
                }
                Err(other) => panic!("{place}: {other}"),
            }
            assert_eq!(fs::read_dir(one.socket.parent().unwrap()).unwrap().count(), 1, "{place}");
        }
    }
}

// T41
#[test]
fn no_line_says_anything_beyond_the_list() {
    for line in [
        r#"{"keyfob":1,"say":{"ask":"open","open":{"page":"https://example.com"}}}"#,
        r#"{"keyfob":1,"say":{"ask":"open","open":{"page":"team","team":"../../etc"}}}"#,
        r#"{"keyfob":1,"say":{"ask":"quit"}}"#,
        r#"{"keyfob":1,"say":{"ask":"raise","path":"/tmp/x"}}"#,
        r#"{"keyfob":1,"say":{"ask":"raise"},"from":{"LD_PRELOAD":"/tmp/x.so"}}"#,
        r#"{"keyfob":1,"say":{"ask":"raise"},"from":{"DISPLAY":":1\u0000"}}"#,
        r#"{"keyfob":1,"say":{"ask":"raise"},"from":{"DISPLAY":7}}"#,
        r#"{"keyfob":1,"say":"raise"}"#,
        r#"{"say":{"ask":"raise"}}"#,
        "raise",
        "",
    ] {
        assert!(Ask::parse(line.as_bytes()).is_err(), "{line}");
    }
    // F136: where the person is comes along, and whoever knows nothing of it reads the rest.
    let from = r#"{"keyfob":1,"say":{"ask":"raise"},"from":{"DISPLAY":":1","XDG_ACTIVATION_TOKEN":"a"}}"#;
    let Ok(Ask::Raise { from: place }) = Ask::parse(from.as_bytes()) else { panic!("{from}") };
    assert_eq!(Ask::Raise { from: place }.line(), format!("{from}\n").into_bytes());
    // Damaged lines are refused or mean one of the list; no bytes make it panic.
    let good = Ask::Open { open: Page::Settings, from: Place::default() }.line();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..10_000 {
        let mut line = good.clone();
        for _ in 0..3 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let place = usize::try_from(state).unwrap() % line.len();
            line[place] = (state >> 32) as u8;
        }
        if let Ok(said) = Ask::parse(&line) {
            assert_eq!(Ask::parse(&said.line()), Ok(said));
        }
    }
}

#[tokio::test]
async fn a_tool_that_waits_hears_how_it_ends_and_is_missed_when_it_goes() {
    let home = home();
    let one = first(home.path());
    let mut listening = Listening::start(&one).unwrap();
    let team = Id::from_random([7; 10]);
    for come in [true, false] {
        let hears = async {
            let (ask, caller) = listening.next().await;
            assert_eq!(ask, Ask::Need { team: team.clone() });
            assert!(!caller.tool().is_empty(), "whoever started this test has a name");
            caller.answer(come).await;
        };
        let (waited, ()) = tokio::join!(need(&one.socket, team.clone(), Duration::from_secs(60)), hears);
        assert_eq!(waited.unwrap(), come);
    }
    let hears = async {
        let (_, mut caller) = listening.next().await;
        caller.gone().await;
    };
    let (waited, ()) = tokio::join!(need(&one.socket, team.clone(), Duration::from_millis(10)), hears);
    assert!(!waited.unwrap(), "nobody came");
    drop(listening);
    assert!(need(&one.socket, team, Duration::from_secs(60)).await.is_err(), "nobody listens");
}
