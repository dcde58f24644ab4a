//! What a matrix product can do beside multiplying, so that it needs no kernel of its own.

use super::program::{Buffer, Kernel, Map, Normalised, Turned, Update};
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

/// Lets products of one row normalise it themselves, where nothing else reads the normalised row.
pub(super) fn normalised_operands(kernels: &mut Vec<Kernel>, read_after: &[Buffer]) {
    let mut place = 0;
    while place < kernels.len() {
        match normalised_row(kernels, place, read_after) {
            Some((normalised, source, products)) => {
                for product in products {
                    if let Kernel::MatMul { lhs, lhs_normalised, .. } = &mut kernels[product] {
                        (*lhs, *lhs_normalised) = (source, Some(normalised.clone()));
                    }
                }
                kernels.remove(place);
            }
            None => place += 1,
        }
    }
}

/// If the kernel at `place` normalises a row for products alone: how, from where, and which products.
fn normalised_row(kernels: &[Kernel], place: usize, read_after: &[Buffer]) -> Option<(Normalised, Buffer, Vec<usize>)> {
    let Kernel::Normalise { of, rows: 1, cols: ..=LONGEST_ROW, source, tail } = &kernels[place] else { return None };
    let &[(value, row)] = tail.stores.as_slice() else { return None };
    if read_after.iter().any(|read| read.meets(&row)) {
        return None;
    }
    let takes_row = |kernel: &Kernel| match kernel {
        Kernel::MatMul { batch: 1, m: 1, lhs, lhs_patches: None, lhs_normalised: None, fold: None, rhs_sum: None, .. } => {
            *lhs == row
        }
        _ => false,
    };
    let mut products = Vec::new();
    for (i, kernel) in kernels.iter().enumerate().filter(|(i, _)| *i != place) {
        let (reads, writes) = kernel.buffers();
        match reads.iter().filter(|read| read.meets(&row)).count() {
            _ if writes.iter().any(|write| write.meets(&row)) => return None,
            0 => {}
            1 if takes_row(kernel) => products.push(i),
            _ => return None,
        }
    }
    // What is normalised must still be there when the last of them runs.
    let last = *products.last()?;
    let stays = kernels[place + 1..last].iter().all(|kernel| independent(&kernels[place], kernel) || takes_row(kernel));
    let tail = Map { stores: Vec::new(), ..tail.clone() };
    stays.then_some((Normalised { of: *of, tail, value }, *source, products))
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
