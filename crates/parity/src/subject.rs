use std::sync::Arc;

use terrarium_graph::philox::{Domain, Stream};
use terrarium_graph::{Builder, Engine, Graph, Init, InputId, ProgramId, Result, Rule, Shape, Tensor, VarId};

use crate::case::{Case, Drawn, hash};

/// A case as a graph, with the programs that check it.
pub struct Subject {
    pub graph: Arc<Graph>,
    /// The parameters among what is given, with their values.
    pub parameters: Vec<(VarId, Vec<f32>)>,
    numbers: Vec<(InputId, Vec<f32>)>,
    indices: Vec<(InputId, Vec<u32>)>,
    /// The shape of the case's value.
    pub shape: Shape,
    /// What each number of the value counts in the loss.
    pub weights: Vec<f32>,
    /// Its output is the value.
    pub value: ProgramId,
    /// Its outputs are the gradients of the loss, as nodes of the graph.
    pub symbolic: ProgramId,
    /// Its outputs are the value and then the gradients as a step takes them. Nothing moves: the learning rate is 0.
    pub step: ProgramId,
    /// Its outputs are the gradients of the sum of the squares of all gradients, where there are such.
    pub second: Option<ProgramId>,
}

impl Subject {
    /// # Errors
    /// If the case's operations do not fit what they are given.
    pub fn new(case: &Case) -> Result<Subject> {
        let builder = Builder::new();
        let (mut given, mut parameters) = (Vec::new(), Vec::new());
        for (place, tensor) in case.given.iter().enumerate() {
            let (name, shape) = (name(place), tensor.shape.clone());
            if tensor.is_indices() {
                given.push(builder.index_input(name, shape));
            } else if tensor.fixed {
                given.push(builder.input(name, shape));
            } else {
                given.push(builder.parameter(name, shape, Init::ZEROS));
                parameters.extend(given.last().copied());
            }
        }
        let y = (case.build)(&builder, &given);
        let shape = y.shape();
        let loss = (y * builder.input("weights", shape.clone())).sum_all();
        let gradients = builder.gradients(loss, &parameters);
        let second = (!case.once_derivable).then(|| {
            let squares = gradients.iter().fold(builder.scalar(0.0), |sum, gradient| sum + gradient.square().sum_all());
            builder.gradients(squares, &parameters)
        });

        let value = builder.program("value", &[("value", y)]);
        let evaluated = |name: &str, tensors: &[Tensor<'_>]| {
            let outputs: Vec<(&str, Tensor)> = tensors.iter().map(|tensor| ("gradient", *tensor)).collect();
            builder.program(name, &outputs)
        };
        let symbolic = evaluated("symbolic", &gradients);
        let second = second.map(|second| evaluated("second", &second));
        let still = builder.optimiser(Rule::Sgd { momentum: 0.0 }, builder.scalar(0.0), None);
        let step = builder.step("step", loss, &parameters, still, |gradients| {
            std::iter::once(y).chain(gradients.iter().copied()).map(|tensor| ("output".to_string(), tensor)).collect()
        });

        let graph = Arc::new(builder.finish()?);
        let (mut parameters, mut numbers, mut indices) = (Vec::new(), Vec::new(), Vec::new());
        for (place, tensor) in case.given.iter().enumerate() {
            match tensor.draw(&case.name, place) {
                Drawn::Numbers(values) if tensor.fixed => numbers.push((graph.find_input(&name(place))?, values)),
                Drawn::Numbers(values) => parameters.push((graph.find_var(&name(place))?, values)),
                Drawn::Indices(values) => indices.push((graph.find_input(&name(place))?, values)),
            }
        }
        let weights = if case.stated.is_some() { vec![1.0; shape.elements()] } else { weights(&case.name, shape.elements()) };
        Ok(Subject { graph, parameters, numbers, indices, shape, weights, value, symbolic, step, second })
    }

    /// Gives an engine of this graph all that the programs read.
    pub fn load(&self, engine: &mut dyn Engine) -> Result<()> {
        engine.set_seed(1);
        self.parameters.iter().try_for_each(|(var, values)| engine.write_var(*var, values))?;
        self.numbers.iter().try_for_each(|(input, values)| engine.write_input(*input, values))?;
        self.indices.iter().try_for_each(|(input, values)| engine.write_indices(*input, values))?;
        engine.write_input(self.graph.find_input("weights")?, &self.weights)
    }

    /// A parameter's name.
    pub fn name(&self, parameter: usize) -> &str {
        &self.graph.var(self.parameters[parameter].0).name
    }

    pub fn parameter_shape(&self, parameter: usize) -> &Shape {
        &self.graph.var(self.parameters[parameter].0).shape
    }

    /// All outputs of a program, run as the first step.
    pub async fn outputs(&self, engine: &mut dyn Engine, program: ProgramId) -> Result<Vec<Vec<f32>>> {
        engine.run(program, 1)?;
        engine.outputs(program).await
    }
}

fn name(place: usize) -> String {
    format!("x{place}")
}

/// Between ½ and 1½ and of either sign, so that every number counts.
fn weights(case: &str, len: usize) -> Vec<f32> {
    let mut weights = vec![0.0; len];
    let stream = Stream::new(hash(case), Domain::Host, u32::MAX, 0);
    stream.fill(0, &mut weights, |stream, block| stream.uniform(block).map(|u| if u < 0.5 { u - 1.5 } else { u + 0.5 }));
    weights
}
