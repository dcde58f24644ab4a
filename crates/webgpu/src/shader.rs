//! WGSL as text: what is put into the templates, and the shader that a wave of kernels becomes.

use std::collections::BTreeSet;
use std::fmt::Write;

use terrarium_graph::plan::{Buffer, Space};

const COMMON: &str = include_str!("kernels/common.wgsl");

/// Most words of a shader's row in the table of places.
pub const PLACES: usize = 64;
/// Most workgroups in one direction.
const MOST_GROUPS: usize = 65_535;

/// How a device takes threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threads {
    /// About how many keep it busy.
    pub busy: usize,
    /// How many make a workgroup: `GROUP` in kernels. A square, as they hand over what each has in two rounds.
    pub group: usize,
}

impl Threads {
    /// Thousands at once, so that one workgroup's barriers are hidden behind the work of others.
    pub const OF_A_DEVICE: Threads = Threads { busy: 16_384, group: 64 };
    /// The processor in disguise runs them in turn, a few side by side. Each barrier goes through all of a workgroup, so that small
    /// workgroups are what is fast.
    pub const OF_SOFTWARE: Threads = Threads { busy: 1, group: 16 };
}

/// What one dispatch runs. Dispatches of equal source share a pipeline: the source holds shapes, while the places of buffers
/// come from a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Shader {
    pub source: String,
    /// How many workgroups, in a grid.
    pub groups: [u32; 2],
    /// Where the buffers begin, as the source counts them; the first is the program's number.
    pub places: Vec<u32>,
}

/// Writes kernels that run side by side in one dispatch, and notes the buffers they name. The body of a kernel is written line
/// by line and ended by [`each`](Self::each) or [`groups`](Self::groups).
#[derive(Clone)]
pub struct Writer {
    program: u32,
    /// How the device takes threads.
    pub threads: Threads,
    buffers: Vec<Buffer>,
    /// The kernels that are ended: a function each.
    functions: String,
    /// How many workgroups each of them takes.
    taken: Vec<usize>,
    body: String,
    /// Which buffers the body names.
    named: BTreeSet<usize>,
    /// Words that the threads of a workgroup share.
    shared: usize,
}

impl Writer {
    /// For kernels of the program of this number.
    pub fn new(program: usize, threads: Threads) -> Self {
        Writer {
            program: program as u32,
            threads,
            buffers: Vec::new(),
            functions: String::new(),
            taken: Vec::new(),
            body: String::new(),
            named: BTreeSet::new(),
            shared: 1,
        }
    }

    /// The element at `index` of a buffer, as bits that can be read and assigned.
    pub fn bits(&mut self, buffer: Buffer, index: &str) -> String {
        let memory = match buffer.space {
            Space::Vars => "vars",
            Space::Inputs => "inputs",
            Space::Arena => "arena",
        };
        let place = self.place(buffer);
        format!("{memory}[{place} + {index}]")
    }

    /// The element at `index` of a buffer, as a number.
    pub fn number(&mut self, buffer: Buffer, index: &str) -> String {
        format!("bitcast<f32>({})", self.bits(buffer, index))
    }

    /// An assignment of a number to the element at `index`.
    pub fn store(&mut self, buffer: Buffer, index: &str, value: &str) -> String {
        format!("{} = bitcast<u32>({value});", self.bits(buffer, index))
    }

    /// What names the place where a buffer begins.
    fn place(&mut self, buffer: Buffer) -> String {
        let place = self.buffers.iter().position(|known| *known == buffer).unwrap_or_else(|| {
            self.buffers.push(buffer);
            self.buffers.len() - 1
        });
        self.named.insert(place);
        format!("p{place}")
    }

    pub fn line(&mut self, line: impl AsRef<str>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.body, "    {}", line.as_ref());
    }

    /// Makes `parts` hold at least so many numbers, which the threads of a workgroup share.
    pub fn share(&mut self, words: usize) {
        self.shared = self.shared.max(words);
    }

    /// Ends a kernel whose body runs once for each `i` below `count`.
    pub fn each(&mut self, count: usize) {
        let body = std::mem::take(&mut self.body);
        self.line("let i = group * GROUP + thread;");
        self.line(format!("if (i >= {count}u) {{ return; }}"));
        self.body += &body;
        self.groups(count.div_ceil(self.threads.group));
    }

    /// Ends a kernel of so many workgroups; its body knows `group`, its number among them, and `thread`.
    pub fn groups(&mut self, groups: usize) {
        let (number, body, named) = (self.taken.len(), std::mem::take(&mut self.body), std::mem::take(&mut self.named));
        self.functions += &format!("fn kernel{number}(group: u32, thread: u32) {{\n");
        for place in named {
            // The table's first entry is the program's number.
            self.functions += &format!("    let p{place} = place({}u);\n", place + 1);
        }
        self.functions += &format!("{body}}}\n");
        self.taken.push(groups);
    }

    /// Whether the kernels name no more buffers than a row of the table has room for.
    pub fn fits(&self) -> bool {
        self.buffers.len() < PLACES
    }

    /// The shader of all kernels written, if there are any.
    pub fn finish(self) -> Option<Shader> {
        let groups: usize = self.taken.iter().sum();
        if groups == 0 {
            return None;
        }
        let columns = groups.min(MOST_GROUPS);
        let group = self.threads.group;
        let mut source = format!("const GROUP = {group}u;\nconst ROUND = {}u;\n", group.isqrt());
        source += &format!("var<workgroup> parts: array<f32, {}>;\n{}", self.shared, self.functions);
        source += &format!(
            "@compute @workgroup_size(GROUP)\n\
             fn main(@builtin(workgroup_id) grid: vec3<u32>, @builtin(local_invocation_index) thread: u32) {{\n    \
                 let group = grid.x + grid.y * {columns}u;\n"
        );
        let mut start = 0;
        for (number, groups) in self.taken.iter().enumerate() {
            let end = start + groups;
            source += &format!("    if (group < {end}u) {{ kernel{number}(group - {start}u, thread); return; }}\n");
            start = end;
        }
        source += "}\n";
        let places = std::iter::once(self.program).chain(self.buffers.iter().map(|buffer| buffer.offset as u32)).collect();
        Some(Shader { source, groups: [columns as u32, groups.div_ceil(columns) as u32], places })
    }
}

impl Shader {
    /// The whole text, with what comes before the kernels.
    pub fn text(&self) -> String {
        format!("{}\n{}", COMMON.replace("PLACES", &(PLACES / 4).to_string()), self.source)
    }
}

/// A number as WGSL reads it.
pub fn literal(value: f32) -> String {
    if value.is_finite() { format!("{value:?}f") } else { format!("from_bits({}u)", value.to_bits()) }
}
