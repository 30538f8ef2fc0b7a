//! One small kernel, compiled before anything is fetched: whether this compiler makes code for these cards, and takes the
//! C++ compiler that is here, is asked of the compilers and not of a table.

use super::Workshop;
use crate::plan::wheel::step;
use crate::plan::{Action, CommandSpec, Plan, PlanStep, inside};
use std::path::Path;

/// Uses what every kernel of torch uses: the runtime's headers, C++ on both sides, a launch.
const KERNEL: &str = "#include <cuda_runtime.h>\n#include <vector>\n\n\
    __global__ void add(const float *a, const float *b, float *sum, int count) {\n    \
    const int i = blockIdx.x * blockDim.x + threadIdx.x;\n    if (i < count) sum[i] = a[i] + b[i];\n}\n\n\
    void launch(std::vector<const float *> in, float *sum, int count) {\n    \
    add<<<(count + 255) / 256, 256>>>(in[0], in[1], sum, count);\n}\n";

impl Workshop {
    /// Writes the kernel and compiles it for every card, for an environment with this interpreter.
    pub(in crate::plan) fn trial(&self, plan: &Plan, python: &Path, environment: &Path) -> [PlanStep; 2] {
        let (name, object) = ("kernel.cu", "kernel.o");
        let at = |name: &str| inside(plan.os, &plan.places.run, name);
        let text = Action::WriteFile { path: at(name), text: KERNEL.to_owned(), kept: None };
        let mut args = self.targets.gencode();
        args.extend(self.host_compiler.iter().flat_map(|path| ["-ccbin".to_owned(), path.display().to_string()]));
        // By their bare names: what nvcc starts does not take every letter that a path can have.
        args.extend(["-c", "-o", object, name].map(str::to_owned));
        let command = CommandSpec {
            cwd: Some(plan.places.run.clone()),
            env: plan.inheritance.set.clone(),
            env_remove: plan.inheritance.cleared.clone(),
            ..CommandSpec::new(&self.toolkit.nvcc, args)
        };
        let command = Action::Run { command: self.around(command, plan.os, python, environment) };
        [
            step("kernel", "Write a small kernel", text, vec![at(name)], 50, "writing a file"),
            step(
                "toolkit",
                &format!("Compile it for {} to see that the CUDA toolkit can", self.targets.names()),
                command,
                vec![at(object)],
                5_000,
                "compiling a small kernel",
            ),
        ]
    }
}
