//! The computer's own clock, and the time zone that a person reads it in.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use keyfob_core::ports::Clock;

/// Tells the wall-clock time, and waits on the async runtime it is called in.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, how_long: Duration) {
        tokio::time::sleep(how_long).await;
    }
}

/// The time zone of this computer, or of `TZ` where that is set.
///
/// `/etc/localtime` has all that is needed to tell a time (tzfile(5)). To find out what the zone is called,
/// which nobody asks for, `jiff` reads through the whole folder of zones first: 12 ms of each command.
pub fn time_zone() -> TimeZone {
    #[cfg(unix)]
    if std::env::var_os("TZ").is_none()
        && let Some(zone) = read_zone(std::path::Path::new("/etc/localtime"))
    {
        return zone;
    }
    TimeZone::system()
}

/// The zone in a TZif file (RFC 9636); `None` when it cannot be read.
#[cfg(unix)]
fn read_zone(file: &std::path::Path) -> Option<TimeZone> {
    TimeZone::tzif("Local", &std::fs::read(file).ok()?).ok()
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Version 1 of the format with one kind of time, 5 h 30 min east of Greenwich, and nothing else.
    fn india() -> Vec<u8> {
        let mut bytes = b"TZif\0".to_vec();
        bytes.extend([0; 15]);
        for count in [0, 0, 0, 0, 1, 4_u32] {
            bytes.extend(count.to_be_bytes());
        }
        bytes.extend(19_800_i32.to_be_bytes());
        bytes.extend([0, 0]);
        bytes.extend(b"IST\0");
        bytes
    }

    #[test]
    fn a_zone_is_read_from_its_file_without_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("localtime");
        std::fs::write(&file, india()).unwrap();
        let noon: Timestamp = "2026-03-14T12:00:00Z".parse().unwrap();
        assert_eq!(noon.to_zoned(read_zone(&file).unwrap()).strftime("%H:%M").to_string(), "17:30");
    }

    #[test]
    fn a_file_that_is_no_zone_is_not_taken_for_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("localtime");
        assert!(read_zone(&file).is_none());
        std::fs::write(&file, &india()[..30]).unwrap();
        assert!(read_zone(&file).is_none());
    }
}
