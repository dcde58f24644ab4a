use terrarium_graph::plan::{Buffer, Kernel, Program, Space};
use terrarium_graph::{Error, Result};

/// The three memories of an engine. Indices lie in them as the bits of numbers.
#[derive(Default)]
pub struct Memory {
    pub vars: Vec<f32>,
    pub inputs: Vec<f32>,
    pub arena: Vec<f32>,
}

/// So many zeros, on large pages where the system has them to give: a step then looks up fewer addresses.
pub fn zeros(len: usize) -> Vec<f32> {
    let zeros = vec![0.0; len];
    #[cfg(target_os = "linux")]
    {
        const LARGE_PAGE: usize = 1 << 21;
        let start = zeros.as_ptr() as usize;
        let (first, end) = (start.next_multiple_of(LARGE_PAGE), (start + len * size_of::<f32>()) / LARGE_PAGE * LARGE_PAGE);
        if first < end {
            // SAFETY: whole pages inside the vector, of which the advice changes no content. That it is not taken is no error.
            unsafe { libc::madvise(first as *mut libc::c_void, end - first, libc::MADV_HUGEPAGE) };
        }
    }
    zeros
}

impl Memory {
    pub fn slice(&self, buffer: Buffer) -> &[f32] {
        let space = match buffer.space {
            Space::Vars => &self.vars,
            Space::Inputs => &self.inputs,
            Space::Arena => &self.arena,
        };
        &space[buffer.offset..buffer.offset + buffer.len]
    }

    pub fn slice_mut(&mut self, buffer: Buffer) -> &mut [f32] {
        let space = match buffer.space {
            Space::Vars => &mut self.vars,
            Space::Inputs => &mut self.inputs,
            Space::Arena => &mut self.arena,
        };
        &mut space[buffer.offset..buffer.offset + buffer.len]
    }

    /// The memories as kernels use them, for the time that `self` is borrowed.
    pub fn spaces(&mut self) -> Spaces<'_> {
        Spaces { base: [self.vars.as_mut_ptr(), self.inputs.as_mut_ptr(), self.arena.as_mut_ptr()], life: std::marker::PhantomData }
    }

    /// Whether a program's kernels keep within the memories, and write nothing that they read beside it. What
    /// [`Spaces::read`] and [`Spaces::write`] rest on.
    pub fn check(&self, program: &Program) -> Result<()> {
        program.kernels.iter().try_for_each(|kernel| self.check_kernel(kernel)).and_then(|()| {
            let inside = program.outputs.iter().all(|buffer| self.holds(buffer));
            if inside { Ok(()) } else { Err(wrong("an output lies outside the memory")) }
        })
    }

    fn holds(&self, buffer: &Buffer) -> bool {
        let len = match buffer.space {
            Space::Vars => self.vars.len(),
            Space::Inputs => self.inputs.len(),
            Space::Arena => self.arena.len(),
        };
        buffer.offset + buffer.len <= len
    }

    fn check_kernel(&self, kernel: &Kernel) -> Result<()> {
        if matches!(kernel, Kernel::MatMul { lhs_made: Some(_), .. } | Kernel::CachedAttention { turned: Some(_), .. }) {
            return Err(wrong("a kernel does the work of the one before it, which is for kernels side by side"));
        }
        let (reads, writes) = kernel.buffers();
        if !reads.iter().chain(&writes).all(|buffer| self.holds(buffer)) {
            return Err(wrong("a kernel reaches outside the memory"));
        }
        let apart = |a: &Buffer, b: &Buffer| {
            a.space != b.space || a.len == 0 || b.len == 0 || a.offset + a.len <= b.offset || b.offset + b.len <= a.offset
        };
        for (i, write) in writes.iter().enumerate() {
            if !reads.iter().chain(&writes[i + 1..]).all(|other| apart(write, other)) {
                return Err(wrong("a kernel writes where it reads"));
            }
        }
        Ok(())
    }
}

fn wrong(message: &str) -> Error {
    Error::Engine { engine: "cpu", message: format!("the plan is wrong: {message}") }
}

/// The memories by address: a kernel reads some stretches while it writes others of the same memory.
#[derive(Clone, Copy)]
pub struct Spaces<'m> {
    base: [*mut f32; 3],
    life: std::marker::PhantomData<&'m mut f32>,
}

// SAFETY: all that can be done with it is to read and to write by the contracts below, under which nothing that one thread writes
// is touched by another.
unsafe impl Send for Spaces<'_> {}
// SAFETY: likewise.
unsafe impl Sync for Spaces<'_> {}

impl<'m> Spaces<'m> {
    fn at(self, buffer: Buffer) -> *mut f32 {
        // SAFETY: `Memory::check` has seen that the buffer lies inside its memory.
        unsafe { self.base[buffer.space as usize].add(buffer.offset) }
    }

    /// # Safety
    /// The buffer belongs to a program that [`Memory::check`] has passed, and the kernel that reads it does not write it.
    pub unsafe fn read(self, buffer: Buffer) -> &'m [f32] {
        // SAFETY: inside the memory, and nothing writes it meanwhile, both by the contract above.
        unsafe { std::slice::from_raw_parts(self.at(buffer), buffer.len) }
    }

    /// # Safety
    /// The buffer belongs to a program that [`Memory::check`] has passed, or is a part of one that does, and is written by one
    /// thread of one kernel, once at a time.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn write(self, buffer: Buffer) -> &'m mut [f32] {
        // SAFETY: inside the memory, and no other reference to it lives, both by the contract above.
        unsafe { std::slice::from_raw_parts_mut(self.at(buffer), buffer.len) }
    }
}
