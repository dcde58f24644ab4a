/// Rows of finite numbers, all of one width: what a classifier says, or sees, of each picture, or where each lies in a latent
/// space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rows<'a> {
    values: &'a [f32],
    width: usize,
}

impl<'a> Rows<'a> {
    /// `values` as `[n, width]`. `None` unless they are one row or more, all whole, and finite.
    pub fn new(values: &'a [f32], width: usize) -> Option<Self> {
        let whole = width > 0 && !values.is_empty() && values.len().is_multiple_of(width);
        (whole && values.iter().all(|v| v.is_finite())).then_some(Rows { values, width })
    }

    /// How many rows there are: at least one.
    pub fn count(self) -> usize {
        self.values.len() / self.width
    }

    pub fn width(self) -> usize {
        self.width
    }

    pub fn iter(self) -> std::slice::ChunksExact<'a, f32> {
        self.values.chunks_exact(self.width)
    }

    /// The mean row.
    pub(crate) fn mean(self) -> Vec<f64> {
        let mut mean = vec![0.0; self.width];
        for row in self.iter() {
            mean.iter_mut().zip(row).for_each(|(sum, v)| *sum += f64::from(*v));
        }
        mean.iter_mut().for_each(|sum| *sum /= self.count() as f64);
        mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_finite_rows_are_rows() {
        let rows = Rows::new(&[1.0, 2.0, 3.0, 4.0, 5.0, 9.0], 3).unwrap();
        assert_eq!((rows.count(), rows.width(), rows.mean()), (2, 3, vec![2.5, 3.5, 6.0]));
        assert_eq!(Rows::new(&[], 3), None);
        assert_eq!(Rows::new(&[1.0], 0), None);
        assert_eq!(Rows::new(&[1.0, 2.0, 3.0], 2), None);
        assert_eq!(Rows::new(&[1.0, f32::NAN], 2), None);
        assert_eq!(Rows::new(&[f32::INFINITY], 1), None);
    }
}
