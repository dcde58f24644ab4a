//! WGSL as text: what is put into the templates, and the shader that a kernel becomes.

use std::fmt::Write;

use terrarium_graph::plan::{Buffer, Space};

const COMMON: &str = include_str!("kernels/common.wgsl");

/// Most buffers that one kernel can name.
pub const PLACES: usize = 64;
/// Threads of a workgroup where nothing speaks for another number.
pub const GROUP: usize = 64;
/// Most workgroups in one direction.
const MOST_GROUPS: usize = 65_535;

/// A kernel ready to be compiled and dispatched. Kernels of equal source share a pipeline: the source holds shapes, while the
/// places of buffers come from a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Shader {
    pub source: String,
    pub groups: [u32; 3],
    /// Where the kernel's buffers begin, as its source counts them; the first is the program's number.
    pub places: Vec<u32>,
}

/// Writes a shader's body, and notes the buffers it names.
pub struct Writer {
    body: String,
    program: u32,
    buffers: Vec<Buffer>,
}

impl Writer {
    pub fn new(program: usize) -> Self {
        Writer { body: String::new(), program: program as u32, buffers: Vec::new() }
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

    /// The entry of the table of places that says where a buffer begins.
    fn place(&mut self, buffer: Buffer) -> String {
        let place = self.buffers.iter().position(|known| *known == buffer).unwrap_or_else(|| {
            self.buffers.push(buffer);
            self.buffers.len() - 1
        });
        // The first entry is the program's number.
        format!("place({}u)", place + 1)
    }

    /// The table's row for this shader.
    fn places(&self) -> Vec<u32> {
        std::iter::once(self.program).chain(self.buffers.iter().map(|buffer| buffer.offset as u32)).collect()
    }

    pub fn line(&mut self, line: impl AsRef<str>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.body, "    {}", line.as_ref());
    }

    /// A shader whose body runs once for each `i` below `count`.
    pub fn each(self, count: usize) -> Shader {
        let groups = spread(count.div_ceil(GROUP));
        let body = format!(
            "    let i = (group.x + group.y * {columns}u) * {GROUP}u + thread;\n    if (i >= {count}u) {{ return; }}\n{body}",
            columns = groups[0],
            body = self.body,
        );
        Writer { body, ..self }.groups(GROUP, groups)
    }

    /// A shader of so many workgroups of `threads`; the body knows `group` and `thread`.
    pub fn groups(self, threads: usize, groups: [u32; 3]) -> Shader {
        let source = format!(
            "@compute @workgroup_size({threads})\n\
             fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {{\n{}}}\n",
            self.body
        );
        Shader { source, groups, places: self.places() }
    }
}

impl Shader {
    /// The whole text, with what comes before the kernel.
    pub fn text(&self) -> String {
        format!("{}\n{}", COMMON.replace("PLACES", &(PLACES / 4).to_string()), self.source)
    }
}

/// A number of workgroups as a grid that is not too long in any direction.
pub fn spread(groups: usize) -> [u32; 3] {
    let columns = groups.clamp(1, MOST_GROUPS);
    [columns as u32, groups.div_ceil(columns).max(1) as u32, 1]
}

/// A number as WGSL reads it.
pub fn literal(value: f32) -> String {
    if value.is_finite() { format!("{value:?}f") } else { format!("from_bits({}u)", value.to_bits()) }
}
