//! The places between two system calls, where a test can stand and change the world.

#[cfg(not(test))]
pub(crate) fn step(_: &'static str) {}

#[cfg(test)]
pub(crate) use standing::{stand, step};

#[cfg(test)]
mod standing {
    use std::cell::RefCell;

    type Standing = Box<dyn FnMut(&'static str)>;

    thread_local! {
        static HERE: RefCell<Option<Standing>> = const { RefCell::new(None) };
    }

    pub(crate) fn step(place: &'static str) {
        // Taken away meanwhile: what it does itself is not stood between.
        let standing = HERE.with_borrow_mut(Option::take);
        if let Some(mut standing) = standing {
            standing(place);
            HERE.set(Some(standing));
        }
    }

    /// Runs the work of this thread with somebody standing at each of its steps.
    pub(crate) fn stand<T>(standing: impl FnMut(&'static str) + 'static, work: impl FnOnce() -> T) -> T {
        HERE.set(Some(Box::new(standing)));
        let outcome = work();
        HERE.set(None);
        outcome
    }
}
