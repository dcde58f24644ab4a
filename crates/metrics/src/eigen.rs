/// A square matrix, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Square {
    pub size: usize,
    pub entries: Vec<f64>,
}

impl Square {
    pub fn zeros(size: usize) -> Self {
        Square { size, entries: vec![0.0; size * size] }
    }

    fn identity(size: usize) -> Self {
        let mut identity = Square::zeros(size);
        (0..size).for_each(|i| *identity.at(i, i) = 1.0);
        identity
    }

    fn at(&mut self, row: usize, column: usize) -> &mut f64 {
        &mut self.entries[row * self.size + column]
    }

    pub fn row(&self, row: usize) -> &[f64] {
        &self.entries[row * self.size..][..self.size]
    }

    pub fn trace(&self) -> f64 {
        self.entries.iter().step_by(self.size + 1).sum()
    }

    pub fn times(&self, other: &Square) -> Square {
        let mut product = Square::zeros(self.size);
        for (i, out) in product.entries.chunks_exact_mut(self.size).enumerate() {
            for (a, row) in self.row(i).iter().zip(other.entries.chunks_exact(self.size)) {
                out.iter_mut().zip(row).for_each(|(out, b)| *out += a * b);
            }
        }
        product
    }

    /// The positive root of a symmetric, positive matrix: Q √Λ Qᵀ. Eigenvalues that rounding made negative count as 0.
    pub fn root(&self) -> Square {
        let (values, vectors) = self.eigen();
        let mut root = Square::zeros(self.size);
        for (k, value) in values.iter().enumerate() {
            let (scale, vector) = (value.max(0.0).sqrt(), vectors.row(k));
            for (out, a) in root.entries.chunks_exact_mut(self.size).zip(vector) {
                out.iter_mut().zip(vector).for_each(|(out, b)| *out += scale * a * b);
            }
        }
        root
    }

    /// The eigenvalues of a symmetric matrix, in no order, and its eigenvectors as the rows of a matrix, by the cyclic method of
    /// Jacobi (Golub and Van Loan, *Matrix Computations*, 4th ed., alg. 8.5.3): rotations in the plane of two axes, each of which
    /// makes one entry off the diagonal 0, until all are.
    pub fn eigen(&self) -> (Vec<f64>, Square) {
        /// A handful is enough, as what is left is squared in every sweep.
        const MOST_SWEEPS: usize = 50;
        let n = self.size;
        let (mut a, mut vectors) = (self.clone(), Square::identity(n));
        let negligible = 1e-15 * self.entries.iter().map(|v| v * v).sum::<f64>().sqrt();
        for _ in 0..MOST_SWEEPS {
            let mut rotated = false;
            for p in 0..n {
                for q in p + 1..n {
                    let off = *a.at(p, q);
                    if off.abs() <= negligible {
                        continue;
                    }
                    rotated = true;
                    // The tangent of the smaller angle that solves t² + 2τt − 1 = 0.
                    let tau = (*a.at(q, q) - *a.at(p, p)) / (2.0 * off);
                    let tan = tau.signum() / (tau.abs() + (1.0 + tau * tau).sqrt());
                    let cos = 1.0 / (1.0 + tan * tan).sqrt();
                    let sin = tan * cos;
                    for k in 0..n {
                        let (x, y) = (*a.at(k, p), *a.at(k, q));
                        (*a.at(k, p), *a.at(k, q)) = (cos * x - sin * y, sin * x + cos * y);
                    }
                    for matrix in [&mut a, &mut vectors] {
                        for k in 0..n {
                            let (x, y) = (*matrix.at(p, k), *matrix.at(q, k));
                            (*matrix.at(p, k), *matrix.at(q, k)) = (cos * x - sin * y, sin * x + cos * y);
                        }
                    }
                }
            }
            if !rotated {
                break;
            }
        }
        ((0..n).map(|i| *a.at(i, i)).collect(), vectors)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(a: &Square, b: &Square) -> bool {
        a.entries.iter().zip(&b.entries).all(|(a, b)| (a - b).abs() < 1e-9)
    }

    #[test]
    fn eigenvalues_are_as_computed_by_hand() {
        // λ² − 7λ + 6 = 0.
        let mut values = Square { size: 2, entries: vec![5.0, 2.0, 2.0, 2.0] }.eigen().0;
        values.sort_by(f64::total_cmp);
        assert!((values[0] - 1.0).abs() < 1e-12 && (values[1] - 6.0).abs() < 1e-12, "{values:?}");
        // Equal diagonals, where the angle is a quarter of a half turn.
        let mut values = Square { size: 2, entries: vec![1.0, 3.0, 3.0, 1.0] }.eigen().0;
        values.sort_by(f64::total_cmp);
        assert!((values[0] + 2.0).abs() < 1e-12 && (values[1] - 4.0).abs() < 1e-12, "{values:?}");
        assert_eq!(Square { size: 1, entries: vec![-3.0] }.eigen(), (vec![-3.0], Square::identity(1)));
        assert_eq!(Square::zeros(3).eigen().0, [0.0; 3]);
    }

    proptest! {
        #[test]
        fn vectors_are_orthonormal_and_the_root_times_itself_is_the_matrix(
            (size, factor) in (1_usize..9).prop_flat_map(|n| (Just(n), prop::collection::vec(-3.0..3.0_f64, n * n))),
        ) {
            let factor = Square { size, entries: factor };
            let mut transposed = Square::zeros(size);
            for (i, j) in (0..size).flat_map(|i| (0..size).map(move |j| (i, j))) {
                *transposed.at(j, i) = factor.row(i)[j];
            }
            let matrix = factor.times(&transposed);
            let (values, vectors) = matrix.eigen();
            prop_assert!((values.iter().sum::<f64>() - matrix.trace()).abs() < 1e-9);
            let dot = |i: usize, j: usize| vectors.row(i).iter().zip(vectors.row(j)).map(|(a, b)| a * b).sum::<f64>();
            for (i, j) in (0..size).flat_map(|i| (0..size).map(move |j| (i, j))) {
                let expected = f64::from(u8::from(i == j));
                prop_assert!((dot(i, j) - expected).abs() < 1e-9);
            }
            let root = matrix.root();
            // The root of an eigenvalue near 0 keeps half of its digits.
            prop_assert!(near(&root.times(&root), &matrix), "{root:?}");
        }
    }
}
