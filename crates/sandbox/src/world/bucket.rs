//! A token bucket: how many requests a service still bears.

use std::time::Duration;

use crate::setup::Limit;

#[derive(Debug, Default)]
pub(crate) struct Bucket {
    /// How many it bears now; unknown before the first request, when it bears all it ever does.
    left: Option<f64>,
    filled: Duration,
}

impl Bucket {
    /// Whether one more request is borne, which is then taken.
    pub fn take(&mut self, limit: &Limit, now: Duration) -> bool {
        let most = f64::from(limit.burst.max(1));
        let since = now.saturating_sub(self.filled).as_secs_f64();
        let left = self.left.map_or(most, |left| (left + since * limit.a_second).min(most));
        let bears = left >= 1.0;
        (self.left, self.filled) = (Some(if bears { left - 1.0 } else { left }), now);
        bears
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_at_once_and_then_so_many_a_second_are_borne() {
        let limit = Limit { a_second: 5.0, burst: 3, ..Limit::default() };
        let mut bucket = Bucket::default();
        let mut borne = |millis| (0..5).filter(|_| bucket.take(&limit, Duration::from_millis(millis))).count();
        assert_eq!([10_000, 10_000, 10_200, 10_399, 10_400, 20_000].map(&mut borne), [3, 0, 1, 0, 1, 3]);
    }
}
