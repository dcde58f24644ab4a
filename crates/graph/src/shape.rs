use std::fmt;
use std::ops::Deref;

/// The sizes of a tensor, outermost first; elements lie row-major. `[]` is a scalar.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Shape(Vec<usize>);

impl Shape {
    pub fn scalar() -> Self {
        Shape(Vec::new())
    }

    /// Number of elements.
    pub fn elements(&self) -> usize {
        self.0.iter().product()
    }

    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// Row-major strides, in elements.
    pub fn strides(&self) -> Vec<usize> {
        let mut strides = vec![1; self.rank()];
        for axis in (1..self.rank()).rev() {
            strides[axis - 1] = strides[axis] * self.0[axis];
        }
        strides
    }

    /// The shape two operands broadcast to: sizes are aligned at the innermost axis, and 1 stretches to any size.
    pub fn broadcast(&self, other: &Shape) -> Option<Shape> {
        let rank = self.rank().max(other.rank());
        let size = |shape: &Shape, axis: usize| (axis + shape.rank()).checked_sub(rank).map_or(1, |a| shape.0[a]);
        (0..rank)
            .map(|axis| match (size(self, axis), size(other, axis)) {
                (a, b) if a == b => Some(a),
                (1, b) => Some(b),
                (a, 1) => Some(a),
                _ => None,
            })
            .collect::<Option<Vec<_>>>()
            .map(Shape)
    }

    /// Strides that read a tensor of this shape as if it had the shape `to`, which it broadcasts to: 0 along stretched axes.
    pub fn broadcast_strides(&self, to: &Shape) -> Vec<usize> {
        let added = to.rank() - self.rank();
        let own = self.strides();
        (0..to.rank())
            .map(|axis| match axis.checked_sub(added) {
                Some(a) if self.0[a] != 1 => own[a],
                _ => 0,
            })
            .collect()
    }

    /// The same shape with `size` in place of axis `axis`.
    pub fn with(&self, axis: usize, size: usize) -> Shape {
        let mut sizes = self.0.clone();
        sizes[axis] = size;
        Shape(sizes)
    }
}

impl Deref for Shape {
    type Target = [usize];
    fn deref(&self) -> &[usize] {
        &self.0
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl From<&[usize]> for Shape {
    fn from(sizes: &[usize]) -> Self {
        Shape(sizes.to_vec())
    }
}

impl From<Vec<usize>> for Shape {
    fn from(sizes: Vec<usize>) -> Self {
        Shape(sizes)
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    fn from(sizes: [usize; N]) -> Self {
        Shape(sizes.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasting_aligns_innermost_axes() {
        let s = |sizes: &[usize]| Shape::from(sizes);
        assert_eq!(s(&[4, 1]).broadcast(&s(&[3])), Some(s(&[4, 3])));
        assert_eq!(s(&[]).broadcast(&s(&[2, 2])), Some(s(&[2, 2])));
        assert_eq!(s(&[0, 3]).broadcast(&s(&[1, 3])), Some(s(&[0, 3])));
        assert_eq!(s(&[2]).broadcast(&s(&[3])), None);
        assert_eq!(s(&[3]).broadcast_strides(&s(&[4, 3])), vec![0, 1]);
        assert_eq!(s(&[4, 1]).broadcast_strides(&s(&[2, 4, 3])), vec![0, 1, 0]);
    }
}
