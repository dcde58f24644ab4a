use crate::init::Init;
use crate::ops::Op;
use crate::optim::Optimiser;
use crate::{Error, Result, Shape};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) u32);

        impl $name {
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A node's place in [`Graph::nodes`].
    NodeId,
    /// A variable's place in [`Graph::vars`].
    VarId,
    /// An input's place in [`Graph::inputs`].
    InputId,
    /// A program's place in [`Graph::programs`].
    ProgramId
}

/// What a tensor's elements are: numbers, or indices (token ids, row numbers).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DType {
    F32,
    U32,
}

/// One operation applied to earlier nodes.
#[derive(Clone, Debug)]
pub struct Node {
    pub op: Op,
    pub inputs: Vec<NodeId>,
    pub shape: Shape,
    pub dtype: DType,
}

/// What a variable is to the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VarKind {
    Parameter,
    /// A running moment of a gradient: `slot` 0 the first that the optimiser keeps, 1 the second.
    Moment {
        of: VarId,
        slot: u8,
    },
    /// What programs assign beside learning: running statistics, averages of weights.
    State,
    /// What programs assign for runs to come, and nobody keeps: a cache of what was read.
    Scratch,
}

/// A tensor that outlives a program's run: a parameter, an optimiser's moment, or a state.
#[derive(Clone, Debug)]
pub struct Var {
    pub name: String,
    pub shape: Shape,
    pub init: Init,
    pub kind: VarKind,
}

/// A tensor that the host writes: a data set, a live setting, a picture.
#[derive(Clone, Debug)]
pub struct Input {
    pub name: String,
    pub shape: Shape,
    pub dtype: DType,
}

/// A variable that a step changes: by which gradient, in which update node.
#[derive(Clone, Debug)]
pub struct Learn {
    pub var: VarId,
    /// The gradient of the step's loss with respect to the variable.
    pub gradient: NodeId,
    pub update: NodeId,
}

/// One step of training: which loss falls, which variables learn, and by which optimiser.
#[derive(Clone, Debug)]
pub struct Step {
    pub loss: NodeId,
    pub learn: Vec<Learn>,
    pub optimiser: Optimiser,
}

/// What a state becomes at the end of a run, or one row of it.
#[derive(Clone, Copy, Debug)]
pub struct Assign {
    pub var: VarId,
    /// Computed from what variables were before the run.
    pub value: NodeId,
    /// Which row the value is, an index; the others stay. `None` where the value is the whole state.
    pub row: Option<NodeId>,
}

impl Assign {
    /// The nodes that are read when the run is done.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> {
        std::iter::once(self.value).chain(self.row)
    }
}

/// A named computation: what is to be read after it, for training the step it takes, and what states become.
#[derive(Clone, Debug)]
pub struct ProgramSpec {
    pub name: String,
    pub outputs: Vec<(String, NodeId)>,
    pub step: Option<Step>,
    pub assigns: Vec<Assign>,
}

/// Nodes in an order in which inputs come first, the variables and inputs they read, and the programs to run.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub nodes: Vec<Node>,
    pub vars: Vec<Var>,
    pub inputs: Vec<Input>,
    pub programs: Vec<ProgramSpec>,
}

impl Graph {
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    pub fn var(&self, id: VarId) -> &Var {
        &self.vars[id.index()]
    }

    pub fn input(&self, id: InputId) -> &Input {
        &self.inputs[id.index()]
    }

    pub fn program(&self, id: ProgramId) -> &ProgramSpec {
        &self.programs[id.index()]
    }

    pub fn var_ids(&self) -> impl Iterator<Item = VarId> + use<> {
        (0..self.vars.len() as u32).map(VarId)
    }

    /// The variables that make up a model in training: all but what is scratch.
    pub fn kept(&self) -> impl Iterator<Item = VarId> + '_ {
        self.var_ids().filter(|&var| self.var(var).kind != VarKind::Scratch)
    }

    pub fn program_ids(&self) -> impl Iterator<Item = ProgramId> + use<> {
        (0..self.programs.len() as u32).map(ProgramId)
    }

    pub fn find_var(&self, name: &str) -> Result<VarId> {
        find("variable", name, self.vars.iter().map(|v| &v.name)).map(VarId)
    }

    pub fn find_input(&self, name: &str) -> Result<InputId> {
        find("input", name, self.inputs.iter().map(|i| &i.name)).map(InputId)
    }

    pub fn find_program(&self, name: &str) -> Result<ProgramId> {
        find("program", name, self.programs.iter().map(|p| &p.name)).map(ProgramId)
    }

    /// The place of an output among a program's outputs.
    pub fn find_output(&self, program: ProgramId, name: &str) -> Result<usize> {
        find("output", name, self.program(program).outputs.iter().map(|(n, _)| n)).map(|i| i as usize)
    }

    /// Starting values of a variable in a run with this seed.
    pub fn initial_values(&self, id: VarId, seed: u64) -> Vec<f32> {
        let var = self.var(id);
        var.init.values(&var.shape, seed, id.0)
    }
}

fn find<'a>(what: &'static str, name: &str, mut names: impl Iterator<Item = &'a String>) -> Result<u32> {
    let place = names.position(|n| n == name);
    place.map(|i| i as u32).ok_or_else(|| Error::Unknown { what, name: name.to_string() })
}
