use super::{Op, Scalar};
use crate::builder::{Builder, Tensor};
use crate::{DType, Shape, Shuffle};

/// What random numbers are drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Noise {
    /// Standard normal.
    Normal,
    /// Uniform in [0, 1).
    Uniform,
    /// 1 with this probability, else 0.
    Bernoulli(Scalar),
    /// Indices uniform in 0..below.
    Index { below: u32 },
    /// Indices that go through all of them, in an order of its own each epoch.
    Shuffled(Shuffle),
}

impl Noise {
    pub fn name(self) -> &'static str {
        match self {
            Noise::Normal => "normal noise",
            Noise::Uniform => "uniform noise",
            Noise::Bernoulli(_) => "Bernoulli noise",
            Noise::Index { .. } => "random index",
            Noise::Shuffled(_) => "shuffled index",
        }
    }
}

impl Builder {
    /// One number everywhere.
    pub fn constant(&self, value: f32, shape: impl Into<Shape>) -> Tensor<'_> {
        self.node(Op::Const(Scalar(value)), &[], shape.into())
    }

    pub fn scalar(&self, value: f32) -> Tensor<'_> {
        self.constant(value, Shape::scalar())
    }

    /// The number of the step, from 1, a scalar.
    pub fn step_number(&self) -> Tensor<'_> {
        self.node(Op::StepNumber, &[], Shape::scalar())
    }

    /// Standard normal numbers, new ones each step.
    pub fn normal(&self, shape: impl Into<Shape>) -> Tensor<'_> {
        self.noise(Noise::Normal, shape.into(), DType::F32)
    }

    /// Numbers uniform in [0, 1), new ones each step.
    pub fn uniform(&self, shape: impl Into<Shape>) -> Tensor<'_> {
        self.noise(Noise::Uniform, shape.into(), DType::F32)
    }

    /// 1 with the given probability, else 0, drawn anew each step.
    pub fn bernoulli(&self, probability: f32, shape: impl Into<Shape>) -> Tensor<'_> {
        self.noise(Noise::Bernoulli(Scalar(probability)), shape.into(), DType::F32)
    }

    /// `count` indices uniform in 0..below, new ones each step: a batch drawn with replacement.
    pub fn random_index(&self, below: usize, count: usize) -> Tensor<'_> {
        match u32::try_from(below) {
            Ok(below) => self.noise(Noise::Index { below }, Shape::from([count]), DType::U32),
            Err(_) => self.fail(crate::Error::op("random index", format!("{below} is more than 32 bits can count"))),
        }
    }

    /// `batch` indices that go through all of 0..count and begin again, each epoch in an order of its own: batches drawn
    /// without replacement. Each step goes on where the one before ended, also in the middle of an epoch, which need not be a
    /// whole number of batches. How it is done, and its limits, are [`Shuffle`]'s.
    pub fn shuffled_index(&self, count: usize, batch: usize) -> Tensor<'_> {
        match Shuffle::new(count) {
            Ok(shuffle) => self.noise(Noise::Shuffled(shuffle), Shape::from([batch]), DType::U32),
            Err(error) => self.fail(error),
        }
    }

    /// A batch of `count` rows of a resident data set `[rows, …]`, drawn with replacement each step.
    pub fn batch<'b>(&'b self, data: Tensor<'b>, count: usize) -> Tensor<'b> {
        let rows = data.shape().first().copied().unwrap_or(0);
        data.gather(self.random_index(rows, count))
    }

    fn noise(&self, noise: Noise, shape: Shape, dtype: DType) -> Tensor<'_> {
        let stream = self.next_stream();
        self.typed_node(Op::Noise { noise, stream }, &[], shape, dtype)
    }
}
