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
    /// Of `[positions, width]`: sin(p / 10000^(2i/width)) at place 2i of row p and its cosine at 2i + 1 (Vaswani et al. 2017,
    /// sec. 3.5).
    Sinusoids,
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
            Init::Sinusoids => {
                let width = shape.last().copied().unwrap_or(1).max(1);
                for (i, x) in values.iter_mut().enumerate() {
                    let (position, place) = ((i / width) as f64, i % width);
                    let angle = position / 10_000_f64.powf((place - place % 2) as f64 / width as f64);
                    *x = if place % 2 == 0 { angle.sin() } else { angle.cos() } as f32;
                }
            }
        }
        values
    }
}
