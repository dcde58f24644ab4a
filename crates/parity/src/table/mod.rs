//! The table, a file for each family of operations. A new operation adds its rows here.

mod attention;
mod chains;
mod decoding;
mod elementwise;
mod indices;
mod layout;
mod losses;
mod matmul;
mod noise;
mod norms;
mod patches;
mod reductions;
mod rotary;

use terrarium_graph::{Builder, Shape, Tensor};

use crate::case::{Case, Given, Stated, Values};

/// Every case.
pub fn table() -> Vec<Case> {
    [
        elementwise::cases(),
        reductions::cases(),
        layout::cases(),
        matmul::cases(),
        patches::cases(),
        norms::cases(),
        indices::cases(),
        decoding::cases(),
        attention::cases(),
        rotary::cases(),
        losses::cases(),
        noise::cases(),
        chains::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A row whose value engines must agree on.
fn case(
    name: impl Into<String>,
    given: Vec<Given>,
    build: impl for<'b> Fn(&'b Builder, &[Tensor<'b>]) -> Tensor<'b> + 'static,
) -> Case {
    Case { name: name.into(), given, build: Box::new(build), stated: None, once_derivable: false }
}

/// A row over one tensor.
fn of_one(name: impl Into<String>, given: Given, build: impl for<'b> Fn(Tensor<'b>) -> Tensor<'b> + 'static) -> Case {
    case(name, vec![given], move |_, x| build(x[0]))
}

impl Case {
    /// Leaves out second derivatives, which the operation refuses.
    fn once_derivable(mut self) -> Self {
        self.once_derivable = true;
        self
    }

    /// States the value.
    fn is(mut self, value: Vec<f32>) -> Self {
        self.stated = Some(Stated { value, ..Stated::default() });
        self
    }

    /// States the gradients of the sum of the stated value.
    fn with_gradients(mut self, gradients: Vec<Vec<f32>>) -> Self {
        self.stated.get_or_insert_default().gradients = Some(gradients);
        self
    }

    /// Says why the reference engine does not hold to what is stated.
    fn but_reference(mut self, why: &'static str) -> Self {
        self.stated.get_or_insert_default().reference_differs = Some(why);
        self
    }
}

fn given(shape: impl Into<Shape>, values: Values) -> Given {
    Given { shape: shape.into(), values, fixed: false }
}

/// Uniform in [−2, 2).
fn any(shape: impl Into<Shape>) -> Given {
    given(shape, Values::Between(-2.0, 2.0))
}

fn numbers(shape: impl Into<Shape>, values: &[f32]) -> Given {
    given(shape, Values::Exactly(values.to_vec()))
}

fn at(indices: &[u32]) -> Given {
    given([indices.len()], Values::At(indices.to_vec()))
}
