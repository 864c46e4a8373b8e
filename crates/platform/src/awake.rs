//! Deadlines that count the time a process was awake: one that was stopped, or a computer that slept, first reads what
//! came meanwhile (fault F103).

use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, timeout};

/// A deadline is looked at so often before it is believed.
const LOOKS: u32 = 20;

/// Waits for the work, and so long at most; `None` when it took longer. Time in which this process did not run is not
/// counted, up to twice the limit, so that a machine that is only slow comes to an end as well.
pub(crate) async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let step = limit / LOOKS;
    let mut looks = 0;
    for _ in 0..3 * LOOKS {
        let begun = Instant::now();
        if let Ok(done) = timeout(step, &mut work).await {
            return Some(done);
        }
        looks += u32::from(begun.elapsed() < 2 * step);
        if looks == LOOKS {
            break;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use tokio::sync::oneshot;
    use tokio::task::yield_now;
    use tokio::time::advance;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(20);

    // F103
    #[tokio::test(start_paused = true)]
    async fn an_answer_that_came_while_the_process_was_stopped_is_read_and_not_called_late() {
        let (say, heard) = oneshot::channel();
        let stopped = async {
            yield_now().await;
            advance(LIMIT * 10).await;
            // The answer lies in a socket: whoever reads it has its turns only now.
            for _ in 0..50 {
                yield_now().await;
            }
            say.send("answer").unwrap();
        };
        let (answer, ()) = tokio::join!(within(LIMIT, heard), stopped);
        assert_eq!(answer, Some(Ok("answer")));
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_given_up_at_the_limit_and_however_slow_the_machine_is() {
        let begun = Instant::now();
        assert_eq!(within(LIMIT, std::future::pending::<()>()).await, None);
        assert_eq!(begun.elapsed().as_secs(), LIMIT.as_secs());
        let slow = async {
            loop {
                advance(LIMIT).await;
            }
        };
        tokio::select! {
            given_up = within(LIMIT, std::future::pending::<()>()) => assert_eq!(given_up, None),
            () = slow => {}
        }
    }
}
