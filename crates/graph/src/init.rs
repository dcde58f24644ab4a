use serde::{Deserialize, Serialize};

use crate::Shape;
use crate::philox::{Domain, Stream};

/// Starting values of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Init {
    /// The same value everywhere.
    Constant(f32),
    /// Normal with mean 0 and this standard deviation.
    Normal(f32),
    /// Uniform in [−limit, limit).
    Uniform(f32),
}

impl Init {
    pub const ZEROS: Init = Init::Constant(0.0);

    /// Glorot and Bengio 2010, eq. 16: uniform with limit √(6 / (fan_in + fan_out)).
    pub fn glorot(fan_in: usize, fan_out: usize) -> Init {
        Init::Uniform((6.0 / (fan_in + fan_out).max(1) as f32).sqrt())
    }

    /// He et al. 2015, eq. 10: normal with standard deviation √(2 / fan_in).
    pub fn he(fan_in: usize) -> Init {
        Init::Normal((2.0 / fan_in.max(1) as f32).sqrt())
    }

    /// The values of a variable of this shape; `stream` is the variable's number, so that no two variables are alike.
    pub fn values(self, shape: &Shape, seed: u64, stream: u32) -> Vec<f32> {
        let source = Stream::new(seed, Domain::Init, stream, 0);
        let mut values = vec![0.0; shape.elements()];
        match self {
            Init::Constant(value) => values.fill(value),
            Init::Normal(std) => {
                source.fill(0, &mut values, Stream::normal);
                values.iter_mut().for_each(|x| *x *= std);
            }
            Init::Uniform(limit) => {
                source.fill(0, &mut values, Stream::uniform);
                values.iter_mut().for_each(|x| *x = (2.0 * *x - 1.0) * limit);
            }
        }
        values
    }
}
