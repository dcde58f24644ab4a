use super::Op;
use crate::DType;
use crate::builder::Tensor;

impl<'b> Tensor<'b> {
    /// Indices as numbers, exact below 2²⁴: so states, which are numbers, can hold tokens and positions.
    pub fn to_numbers(self) -> Self {
        self.builder.checked("to numbers", &[self], &[DType::U32], || Ok(self.builder.node(Op::ToNumbers, &[self], self.shape())))
    }

    /// Numbers as indices, rounded down. What no index stands for (NaN, what is below 0 or not below 2³²) becomes 2³² − 1, a place
    /// outside of every table.
    pub fn to_indices(self) -> Self {
        self.builder
            .numbers("to indices", &[self], || Ok(self.builder.typed_node(Op::ToIndices, &[self], self.shape(), DType::U32)))
    }
}

/// What [`Tensor::to_indices`] makes of a number.
#[inline(always)]
pub fn to_index(x: f32) -> u32 {
    const END: f32 = 4_294_967_296.0;
    if (0.0..END).contains(&x) { x as u32 } else { u32::MAX }
}

#[cfg(test)]
mod tests {
    use super::to_index;

    #[test]
    fn what_is_no_index_lies_outside() {
        let just_below = f32::from_bits(4_294_967_296.0_f32.to_bits() - 1);
        assert_eq!([0.0, -0.0, 0.99, 1.0, 16_777_215.0, just_below].map(to_index), [0, 0, 0, 1, 16_777_215, 4_294_967_040]);
        let outside = [f32::NAN, -1e-30, -1.0, f32::NEG_INFINITY, 4_294_967_296.0, f32::INFINITY];
        assert_eq!(outside.map(to_index), [u32::MAX; 6]);
    }
}
