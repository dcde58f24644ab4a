use terrarium_graph::philox::{Domain, Stream};
use terrarium_graph::{Builder, Shape, Tensor};

/// One row of the table.
pub struct Case {
    pub name: String,
    /// What the operation is given, in the order in which `build` gets it.
    pub given: Vec<Given>,
    pub build: Build,
    /// What comes out, where that is not left to the engines to agree on.
    pub stated: Option<Stated>,
    /// Whether there are no second derivatives.
    pub once_derivable: bool,
}

pub type Build = Box<dyn for<'b> Fn(&'b Builder, &[Tensor<'b>]) -> Tensor<'b>>;

/// The values and gradients of a case at points where engines might differ in what they mean: NaN, ±∞, ties, places
/// outside. Derivatives by differences mean nothing there.
#[derive(Clone, Debug, Default)]
pub struct Stated {
    pub value: Vec<f32>,
    /// Of the sum of the values, with respect to each parameter.
    pub gradients: Option<Vec<Vec<f32>>>,
    /// Why the reference engine says something else, if it does.
    pub reference_differs: Option<&'static str>,
}

/// A tensor that a case is given.
#[derive(Clone, Debug)]
pub struct Given {
    pub shape: Shape,
    pub values: Values,
    /// Whether the host writes it, so that no derivative is asked for. Indices are always so.
    pub fixed: bool,
}

/// The values of a given tensor. All but the last two are numbers, which are parameters unless they are fixed.
#[derive(Clone, Debug)]
pub enum Values {
    /// Uniform between the two.
    Between(f32, f32),
    /// As `Between`, and half of them negative.
    Signed(f32, f32),
    /// Numbers at least 0.15 apart from each other.
    Distinct,
    /// Numbers at least 0.15 apart from those of any other lattice, of which there are two: 0 and 1.
    Lattice(u8),
    /// Uniform indices below a number.
    Below(u32),
    /// These numbers.
    Exactly(Vec<f32>),
    /// These indices.
    At(Vec<u32>),
}

/// The numbers or indices of a given tensor.
pub enum Drawn {
    Numbers(Vec<f32>),
    Indices(Vec<u32>),
}

impl Given {
    /// Without derivatives.
    pub fn fixed(mut self) -> Self {
        self.fixed = true;
        self
    }

    pub fn is_indices(&self) -> bool {
        matches!(self.values, Values::Below(_) | Values::At(_))
    }

    /// The values of the tensor that is given at this place of the case of this name.
    pub fn draw(&self, case: &str, place: usize) -> Drawn {
        let stream = Stream::new(hash(case), Domain::Host, place as u32, 0);
        let len = self.shape.elements();
        let uniform = || {
            let mut numbers = vec![0.0; len];
            stream.fill(0, &mut numbers, Stream::uniform);
            numbers
        };
        let between = |low: f32, high: f32| uniform().into_iter().map(move |u| low + (high - low) * u);
        Drawn::Numbers(match &self.values {
            Values::Between(low, high) => between(*low, *high).collect(),
            // The sign comes from which half of the interval a number falls into.
            Values::Signed(low, high) => {
                let folded = between(-1.0, 1.0);
                folded.map(|u| u.signum() * (low + (high - low) * u.abs())).collect()
            }
            Values::Distinct => {
                let mut order: Vec<usize> = (0..len).collect();
                let keys = uniform();
                order.sort_by(|&a, &b| keys[a].total_cmp(&keys[b]));
                order.into_iter().map(|rank| 0.15 * (rank as f32 - len as f32 / 2.0)).collect()
            }
            Values::Lattice(offset) => {
                between(-4.0, 4.0).map(|u| 0.5 * u.round() + 0.25 * f32::from(*offset) + 0.05 * (u - u.round())).collect()
            }
            Values::Exactly(numbers) => numbers.clone(),
            Values::Below(count) => return Drawn::Indices(uniform().into_iter().map(|u| (u * *count as f32) as u32).collect()),
            Values::At(indices) => return Drawn::Indices(indices.clone()),
        })
    }
}

/// FNV-1a: a case's numbers depend on its name, so that another row changes no other's.
pub(crate) fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}
