//! Work shared out among threads: natively those of rayon, while in wasm there is one and everything here is a plain loop.
//!
//! Only what does not depend on each other is shared out, and every sum is made by one thread in one order: results are the same to
//! the bit on any number of threads.

use std::ops::Range;
#[cfg(not(target_family = "wasm"))]
use std::sync::{Mutex, PoisonError};

/// Elementary operations of a part: enough to be worth another thread's while.
const GRAIN: usize = 1 << 15;

/// How many threads this machine runs at once.
pub fn available() -> usize {
    #[cfg(not(target_family = "wasm"))]
    if let Ok(count) = std::thread::available_parallelism() {
        return count.get();
    }
    1
}

/// Runs work whose parts are shared out often, so that the other threads stay awake for them.
#[cfg(not(target_family = "wasm"))]
pub fn enter(work: impl FnOnce() + Send) {
    rayon::scope(|_| work());
}

/// Runs work as it is.
#[cfg(target_family = "wasm")]
pub fn enter(work: impl FnOnce()) {
    work();
}

/// The rooms that work of so many elementary operations is to be done in: one where sharing out costs more than it gains.
pub fn worth<R>(rooms: &mut [R], operations: usize) -> &mut [R] {
    if operations < 2 * GRAIN { &mut rooms[..1] } else { rooms }
}

/// Calls `task` with every item. As many threads as there are rooms take item after item, each in a room of its own.
pub fn share<R: Send, I>(rooms: &mut [R], items: impl Iterator<Item = I> + Send, task: impl Fn(&mut R, I) + Sync) {
    #[cfg(not(target_family = "wasm"))]
    if rooms.len() > 1 {
        return take_turns(rooms, &Mutex::new(items), &task);
    }
    items.for_each(|item| task(&mut rooms[0], item));
}

/// A thread for each room, which takes the next item until none is left.
#[cfg(not(target_family = "wasm"))]
fn take_turns<R: Send, I>(rooms: &mut [R], items: &Mutex<impl Iterator<Item = I> + Send>, task: &(impl Fn(&mut R, I) + Sync)) {
    // A task that panics does so in no one's turn to take an item.
    let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
    if let [room] = rooms {
        while let Some(item) = next() {
            task(room, item);
        }
        return;
    }
    let (some, others) = rooms.split_at_mut(rooms.len() / 2);
    rayon::join(|| take_turns(some, items, task), || take_turns(others, items, task));
}

/// Calls `task` with ranges that together are `0..count`, of things that take `cost` elementary operations each.
pub fn ranges<R: Send>(rooms: &mut [R], count: usize, cost: usize, task: impl Fn(&mut R, Range<usize>) + Sync) {
    let rooms = worth(rooms, count * cost);
    if rooms.len() == 1 {
        return task(&mut rooms[0], 0..count);
    }
    let grain = (GRAIN / cost.max(1)).max(1);
    share(rooms, (0..count).step_by(grain), |room, first| task(room, first..count.min(first + grain)));
}
