use super::Op;
use crate::builder::Tensor;

/// Functions of one number, applied elementwise. NaN stays NaN through all but `Positive`, which has no NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unary {
    /// −x
    Neg,
    /// |x|
    Abs,
    /// −1, 0 or 1
    Sign,
    /// 1 where x > 0, else 0: the derivative of ReLU, taken as 0 at 0.
    Positive,
    /// x²
    Square,
    /// eˣ
    Exp,
    /// ln x
    Log,
    /// √x
    Sqrt,
    /// 1 / x
    Recip,
    /// sin x
    Sin,
    /// cos x
    Cos,
    /// max(x, 0)
    Relu,
    /// 1 / (1 + e⁻ˣ)
    Sigmoid,
    /// (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)
    Tanh,
    /// ln(1 + eˣ), computed as max(x, 0) + ln(1 + e^−|x|) so that it does not overflow.
    Softplus,
}

impl Unary {
    pub const ALL: [Unary; 15] = {
        use Unary::*;
        [Neg, Abs, Sign, Positive, Square, Exp, Log, Sqrt, Recip, Sin, Cos, Relu, Sigmoid, Tanh, Softplus]
    };

    pub fn name(self) -> &'static str {
        match self {
            Unary::Neg => "neg",
            Unary::Abs => "abs",
            Unary::Sign => "sign",
            Unary::Positive => "positive",
            Unary::Square => "square",
            Unary::Exp => "exp",
            Unary::Log => "log",
            Unary::Sqrt => "sqrt",
            Unary::Recip => "recip",
            Unary::Sin => "sin",
            Unary::Cos => "cos",
            Unary::Relu => "relu",
            Unary::Sigmoid => "sigmoid",
            Unary::Tanh => "tanh",
            Unary::Softplus => "softplus",
        }
    }

    pub(super) fn gradient<'b>(self, x: Tensor<'b>, y: Tensor<'b>, dy: Tensor<'b>) -> Option<Tensor<'b>> {
        Some(match self {
            Unary::Neg => -dy,
            Unary::Abs => dy * x.sign(),
            Unary::Sign | Unary::Positive => return None,
            Unary::Square => dy * x * 2.0,
            Unary::Exp => dy * y,
            Unary::Log => dy / x,
            Unary::Sqrt => dy / y * 0.5,
            Unary::Recip => -dy * y.square(),
            Unary::Sin => dy * x.cos(),
            Unary::Cos => -dy * x.sin(),
            Unary::Relu => dy * y.positive(),
            Unary::Sigmoid => dy * (y * (1.0 - y)),
            Unary::Tanh => dy * (1.0 - y.square()),
            Unary::Softplus => dy * x.sigmoid(),
        })
    }
}

macro_rules! methods {
    ($($method:ident $unary:ident),*) => {
        impl<'b> Tensor<'b> {$(
            #[doc = concat!("See [`Unary::", stringify!($unary), "`].")]
            pub fn $method(self) -> Self {
                self.unary(Unary::$unary)
            }
        )*}
    };
}

methods! {
    abs Abs, sign Sign, positive Positive, square Square, exp Exp, log Log, sqrt Sqrt, recip Recip, sin Sin, cos Cos,
    relu Relu, sigmoid Sigmoid, tanh Tanh, softplus Softplus
}

impl<'b> Tensor<'b> {
    pub fn unary(self, unary: Unary) -> Self {
        self.builder.numbers(unary.name(), &[self], || Ok(self.builder.node(Op::Unary(unary), &[self], self.shape())))
    }

    /// x where x > 0, else `slope` · x (Maas et al. 2013).
    pub fn leaky_relu(self, slope: f32) -> Self {
        // One factor for both directions: the gradient is a multiplication by it.
        self * (self.positive() * (1.0 - slope) + slope)
    }

    /// x where x > 0, else eˣ − 1 (Clevert et al. 2016, α = 1).
    pub fn elu(self) -> Self {
        self.relu() + (-(-self).relu()).exp() - 1.0
    }

    /// x · σ(x), also called swish (Hendrycks and Gimpel 2016, sec. 2).
    pub fn silu(self) -> Self {
        self * self.sigmoid()
    }

    /// ½x (1 + tanh(√(2/π) (x + 0.044715 x³))) (Hendrycks and Gimpel 2016, the tanh form), computed as x · σ(√(8/π) (x + 0.044715 x³)).
    pub fn gelu(self) -> Self {
        let steepness = (8.0 / std::f32::consts::PI).sqrt();
        let inner = self * (self.square() * (0.044715 * steepness) + steepness);
        self * inner.sigmoid()
    }
}

impl std::ops::Neg for Tensor<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.unary(Unary::Neg)
    }
}
