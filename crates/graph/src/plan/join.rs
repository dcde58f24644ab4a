//! What a matrix product can do beside multiplying, so that it needs no kernel of its own.

use super::program::{Buffer, Kernel, Made, Map, Turned, Update};
use super::waves::independent;
use crate::ops::Reduce;

/// Lets a product Xᵀ·dY, the gradient of a weight, sum up dY on its way where that is wanted too: the gradient of the bias.
pub(super) fn bias_gradients(kernels: &mut Vec<Kernel>) {
    let mut place = 0;
    while place < kernels.len() {
        match bias_gradient(kernels, place) {
            Some((product, sum)) => {
                if let Kernel::MatMul { rhs_sum, .. } = &mut kernels[product] {
                    *rhs_sum = Some(sum);
                }
                kernels.remove(place);
            }
            None => place += 1,
        }
    }
}

/// If the kernel at `place` is a sum over rows that a product could do: which product, and where the sum goes.
fn bias_gradient(kernels: &[Kernel], place: usize) -> Option<(usize, Buffer)> {
    let Kernel::Reduce { reduce: Reduce::Sum, outer: 1, reduced, inner, source, target } = kernels[place] else { return None };
    let sums_rows = |kernel: &Kernel| match kernel {
        Kernel::MatMul { batch: 1, k, n, transpose_rhs: false, fold: None, rhs, rhs_sum: None, .. } => {
            *rhs == source && (*k, *n) == (reduced, inner)
        }
        _ => false,
    };
    let product = kernels.iter().position(sums_rows)?;
    // A later product would bring the sum too late for those who read it before.
    let too_late = (place..product).any(|i| kernels[i].buffers().0.contains(&target));
    (!too_late).then_some((product, target))
}

/// Lets products that make gradients update the parameters on their way, while the gradients are at hand. What gradients come
/// from elsewhere is updated at the end.
pub(super) fn updates(kernels: &mut Vec<Kernel>) {
    let first = kernels.iter().position(|kernel| matches!(kernel, Kernel::Update(_))).unwrap_or(kernels.len());
    for last in kernels.split_off(first) {
        match last {
            Kernel::Update(update) => {
                let mut taken = take_over(kernels, &update);
                taken.sort_unstable();
                taken.push((update.parameters.len, 0));
                let mut start = 0;
                for (from, len) in taken {
                    if from > start {
                        kernels.push(Kernel::Update(update.part(start, from - start)));
                    }
                    start = from + len;
                }
            }
            other => kernels.push(other),
        }
    }
}

/// Hands parts of an update to the products that make their gradients. Gives each part's start and length.
fn take_over(kernels: &mut [Kernel], update: &Update) -> Vec<(usize, usize)> {
    let mut taken = Vec::new();
    for gradient in kernels.iter().flat_map(products).filter(|made| inside(made, &update.gradients)).collect::<Vec<_>>() {
        let start = gradient.offset - update.gradients.offset;
        let part = update.part(start, gradient.len);
        let Some(product) = kernels.iter().position(|kernel| products(kernel).contains(&gradient)) else { continue };
        // Whoever reads the parameters wants them as they were, and the rates must be there.
        let waits_for = |kernel: &Kernel| {
            let (reads, writes) = kernel.buffers();
            part.changed().any(|buffer| reads.iter().any(|read| read.meets(&buffer)))
                || part.rates().any(|buffer| writes.iter().any(|write| write.meets(&buffer)))
        };
        let place = kernels.iter().rposition(waits_for).unwrap_or(0).max(product);
        let may_wait = kernels[product + 1..=place].iter().all(|other| independent(&kernels[product], other));
        if waits_for(&kernels[product]) || !may_wait {
            continue;
        }
        kernels[product..=place].rotate_left(1);
        if let Kernel::MatMul { updates, .. } = &mut kernels[place] {
            updates.push(part);
            taken.push((start, gradient.len));
        }
    }
    taken
}

/// The longest row that fits the memory which the threads of a workgroup share.
const LONGEST_ROW: usize = 3072;

/// The most instructions of a map that each workgroup may repeat.
const SHORT: usize = 16;

/// Lets products of one row make it themselves, where it is normalised or soon computed.
pub(super) fn made_operands(kernels: &mut Vec<Kernel>, read_after: &[Buffer]) {
    let mut place = 0;
    while place < kernels.len() {
        match made_row(kernels, place, read_after) {
            Some((made, products)) => {
                for (i, product) in products.into_iter().enumerate() {
                    if let Kernel::MatMul { lhs_made, .. } = &mut kernels[product] {
                        let mut made = made.clone();
                        if i > 0 {
                            made.map.stores.clear();
                        }
                        *lhs_made = Some(made);
                    }
                }
                kernels.remove(place);
            }
            None => place += 1,
        }
    }
}

/// If the kernel at `place` makes a row that products are the first to read: how, and which products, the first of which is to store
/// it where others read it too.
fn made_row(kernels: &[Kernel], place: usize, read_after: &[Buffer]) -> Option<(Made, Vec<usize>)> {
    let (normalised, map) = match &kernels[place] {
        Kernel::Normalise { of, rows: 1, source, tail, .. } => (Some((*of, *source)), tail),
        Kernel::Map(map) if map.code.len() <= SHORT => (None, map),
        _ => return None,
    };
    let &[(value, row)] = map.stores.as_slice() else { return None };
    let takes_row = |kernel: &Kernel| match kernel {
        Kernel::MatMul { batch: 1, m: 1, lhs, lhs_patches: None, lhs_made: None, fold: None, rhs_sum: None, .. } => {
            *lhs == row && kernel.buffers().0.iter().filter(|read| read.meets(&row)).count() == 1
        }
        _ => false,
    };
    let readers: Vec<usize> = (0..kernels.len()).filter(|&i| kernels[i].buffers().0.iter().any(|read| read.meets(&row))).collect();
    let products: Vec<usize> = readers.iter().copied().filter(|&i| takes_row(&kernels[i])).collect();
    let (&first, &last) = (products.first()?, products.last()?);
    let comes_first = first > place && readers[0] == first && map.len <= LONGEST_ROW;
    // What the row is made of must still be there when the last product runs, and nobody else may write it.
    let (sources, _) = kernels[place].buffers();
    let writes = |i: usize, buffer: &Buffer| kernels[i].buffers().1.iter().any(|write| write.meets(buffer));
    let stays = (place + 1..=last).all(|i| !sources.iter().any(|source| writes(i, source)));
    let is_own = (0..kernels.len()).all(|i| i == place || !writes(i, &row));
    let is_wanted = readers.len() > products.len() || read_after.iter().any(|read| read.meets(&row));
    let stores = if is_wanted { map.stores.clone() } else { Vec::new() };
    let made = Made { normalised, map: Map { stores, ..map.clone() }, value };
    (comes_first && stays && is_own).then_some((made, products))
}

/// Lets attention to caches turn its query and key itself, where nothing else reads the turned query.
pub(super) fn turned_heads(kernels: &mut Vec<Kernel>, read_after: &[Buffer]) {
    let mut place = 0;
    while place < kernels.len() {
        match turned_row(kernels, place, read_after) {
            Some((attention, as_it_was, by)) => {
                if let Kernel::CachedAttention { query, key, value, turned, .. } = &mut kernels[attention] {
                    ([*query, *key, *value], *turned) = (as_it_was, Some(by));
                }
                kernels.remove(place);
            }
            None => place += 1,
        }
    }
}

/// If the kernel at `place` turns a row for one attention to caches: which, where its query, key and value lie before, and how they are
/// turned.
fn turned_row(kernels: &[Kernel], place: usize, read_after: &[Buffer]) -> Option<(usize, [Buffer; 3], Turned)> {
    let Kernel::Rotary { of, heads: turning, back: false, time: 1, source, start, target: row, .. } = kernels[place] else {
        return None;
    };
    let reads = |kernel: &Kernel| kernel.buffers().0.iter().any(|read| read.meets(&row));
    let attention = place + kernels[place..].iter().position(reads)?;
    let Kernel::CachedAttention { heads, kv_heads, head_dim, query, key, value, turned: None, .. } = kernels[attention] else {
        return None;
    };
    let (width, kv_width) = (heads * head_dim, kv_heads * head_dim);
    let part = |of: Buffer, first, len| Buffer { offset: of.offset + first, len, ..of };
    let parts = |of| [part(of, 0, width), part(of, width, kv_width), part(of, width + kv_width, kv_width)];
    let is_all_of_it = [query, key, value] == parts(row) && row.len == width + 2 * kv_width;
    let turns_both = turning == heads + kv_heads && of.head_dim == head_dim && 2 * head_dim <= LONGEST_ROW;
    let mut later = kernels[attention + 1..].iter().flat_map(|kernel| kernel.buffers().0);
    let query_is_read = later.any(|read| read.meets(&query)) || read_after.iter().any(|read| read.meets(&query));
    // What is turned must still be there when the attention runs.
    let stays = kernels[place + 1..attention].iter().all(|kernel| independent(&kernels[place], kernel));
    let by = Turned { of, start, target: part(row, width, 2 * kv_width) };
    (is_all_of_it && turns_both && !query_is_read && stays).then_some((attention, parts(source), by))
}

/// What a product stores that may be gradients.
fn products(kernel: &Kernel) -> Vec<Buffer> {
    match kernel {
        Kernel::MatMul { fold: None, tail, rhs_sum, .. } => tail.stores.iter().map(|(_, buffer)| *buffer).chain(*rhs_sum).collect(),
        _ => Vec::new(),
    }
}

fn inside(part: &Buffer, whole: &Buffer) -> bool {
    part.space == whole.space && part.len > 0 && part.offset >= whole.offset && part.offset + part.len <= whole.offset + whole.len
}
