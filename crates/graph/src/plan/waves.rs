use std::ops::Range;

use super::program::{Buffer, Kernel};

/// Sorts kernels into waves, each kernel into the first after all that it must wait for, and gives the places of each wave.
pub(super) fn gather(kernels: &mut Vec<Kernel>) -> Vec<Range<usize>> {
    let mut waves: Vec<Vec<Kernel>> = Vec::new();
    for kernel in kernels.drain(..) {
        let after = waves.iter().rposition(|wave| wave.iter().any(|before| !independent(before, &kernel)));
        let place = after.map_or(0, |last| last + 1);
        if place == waves.len() {
            waves.push(Vec::new());
        }
        waves[place].push(kernel);
    }
    let ends = waves.iter().scan(0, |end, wave| {
        let start = *end;
        *end += wave.len();
        Some(start..*end)
    });
    let places = ends.collect();
    kernels.extend(waves.into_iter().flatten());
    places
}

/// Whether two kernels can run in either order, or at once.
pub(super) fn independent(a: &Kernel, b: &Kernel) -> bool {
    if let (Kernel::Insert { target, .. }, Kernel::Insert { target: other, .. }) = (a, b)
        && target == other
    {
        // Pieces of one tensor, which do not overlap.
        return true;
    }
    let ((a_reads, a_writes), (b_reads, b_writes)) = (a.buffers(), b.buffers());
    let apart = |write: &Buffer, others: &[Buffer]| !others.iter().any(|other| write.meets(other));
    a_writes.iter().all(|write| apart(write, &b_reads) && apart(write, &b_writes))
        && b_writes.iter().all(|write| apart(write, &a_reads))
}
