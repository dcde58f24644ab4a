use super::Op;
use crate::Error;
use crate::builder::Tensor;

/// Functions of two numbers, applied elementwise to operands that broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    /// a + b
    Add,
    /// a − b
    Sub,
    /// a · b
    Mul,
    /// a / b
    Div,
    /// The larger; NaN if either is. The gradient is shared evenly where they are equal.
    Max,
    /// The smaller; as `Max`.
    Min,
}

impl Binary {
    pub const ALL: [Binary; 6] = [Binary::Add, Binary::Sub, Binary::Mul, Binary::Div, Binary::Max, Binary::Min];

    pub fn name(self) -> &'static str {
        match self {
            Binary::Add => "add",
            Binary::Sub => "sub",
            Binary::Mul => "mul",
            Binary::Div => "div",
            Binary::Max => "max",
            Binary::Min => "min",
        }
    }

    pub(super) fn gradient<'b>(self, a: Tensor<'b>, b: Tensor<'b>, y: Tensor<'b>, dy: Tensor<'b>) -> Vec<Option<Tensor<'b>>> {
        // 1, ½ or 0 as a is above, at or below b.
        let above = || (a - b).sign() * 0.5 + 0.5;
        let (da, db) = match self {
            Binary::Add => (dy, dy),
            Binary::Sub => (dy, -dy),
            Binary::Mul => (dy * b, dy * a),
            Binary::Div => (dy / b, -dy * y / b),
            Binary::Max => (dy * above(), dy * (1.0 - above())),
            Binary::Min => (dy * (1.0 - above()), dy * above()),
        };
        vec![Some(da.sum_to(&a.shape())), Some(db.sum_to(&b.shape()))]
    }
}

impl<'b> Tensor<'b> {
    pub fn binary(self, binary: Binary, rhs: Tensor<'b>) -> Self {
        self.builder.numbers(binary.name(), &[self, rhs], || {
            let (a, b) = (self.shape(), rhs.shape());
            let shape = a.broadcast(&b).ok_or_else(|| {
                Error::op(binary.name(), format!("lhs {a}, rhs {b}: sizes must be equal, or 1 where they are stretched"))
            })?;
            Ok(self.builder.node(Op::Binary(binary), &[self, rhs], shape))
        })
    }

    /// See [`Binary::Max`].
    pub fn max(self, rhs: Tensor<'b>) -> Self {
        self.binary(Binary::Max, rhs)
    }

    /// See [`Binary::Min`].
    pub fn min(self, rhs: Tensor<'b>) -> Self {
        self.binary(Binary::Min, rhs)
    }
}

macro_rules! operators {
    ($($Trait:ident $method:ident),*) => {$(
        impl<'b> std::ops::$Trait<Tensor<'b>> for Tensor<'b> {
            type Output = Tensor<'b>;
            fn $method(self, rhs: Tensor<'b>) -> Tensor<'b> {
                self.binary(Binary::$Trait, rhs)
            }
        }

        impl<'b> std::ops::$Trait<f32> for Tensor<'b> {
            type Output = Tensor<'b>;
            fn $method(self, rhs: f32) -> Tensor<'b> {
                self.binary(Binary::$Trait, self.builder.scalar(rhs))
            }
        }

        impl<'b> std::ops::$Trait<Tensor<'b>> for f32 {
            type Output = Tensor<'b>;
            fn $method(self, rhs: Tensor<'b>) -> Tensor<'b> {
                rhs.builder.scalar(self).binary(Binary::$Trait, rhs)
            }
        }
    )*};
}

operators! { Add add, Sub sub, Mul mul, Div div }
