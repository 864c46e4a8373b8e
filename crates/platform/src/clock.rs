//! The computer's own clock, and the time zone that a person reads it in.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use keyfob_core::doors::ports::Clock;

/// Tells the wall-clock time, and waits on the async runtime it is called in.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, how_long: Duration) {
        #[cfg(target_os = "linux")]
        if how_long >= LONG && sleep_by_the_kernel(how_long).await.is_ok() {
            return;
        }
        tokio::time::sleep(how_long).await;
    }
}

/// From here on it matters how often a sleep is interrupted.
#[cfg(target_os = "linux")]
const LONG: Duration = Duration::from_secs(1);

/// The runtime's own timers wake the processor at each level of their wheel, three times in 30 s, and stand still
/// while the computer sleeps. The kernel's wake it once, and at once after such a sleep (timerfd_create(2)).
#[cfg(target_os = "linux")]
async fn sleep_by_the_kernel(how_long: Duration) -> std::io::Result<()> {
    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
    };
    use tokio::io::{Interest, unix::AsyncFd};
    let timer = timerfd_create(TimerfdClockId::Boottime, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
    let once = Timespec { tv_sec: 0, tv_nsec: 0 };
    let after = Timespec::try_from(how_long).map_err(std::io::Error::other)?;
    timerfd_settime(&timer, TimerfdTimerFlags::empty(), &Itimerspec { it_interval: once, it_value: after })?;
    #[allow(deprecated, reason = "unsound only for a descriptor that is closed meanwhile, and this one we own")]
    let timer = AsyncFd::with_interest(timer, Interest::READABLE)?;
    timer.readable().await.map(drop)
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

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_long_sleep_lasts_as_long_as_it_was_meant_to() {
        let (begun, short) = (std::time::Instant::now(), Duration::from_millis(20));
        sleep_by_the_kernel(short).await.unwrap();
        assert!(begun.elapsed() >= short, "{:?}", begun.elapsed());
    }

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
