//! The rows about source builds agree with those about architectures, and each setting says when it counts.

use super::Found;
use crate::catalog::{BUILD, Catalog, Needed, SourceSetting};
use std::cmp::Reverse;

pub(super) fn check(catalog: &Catalog, found: &mut Found) {
    let source = &catalog.source;
    let cudas: Vec<_> = source.compilers.iter().map(|row| row.cuda).collect();
    found.rising(BUILD, "compiler", "oldest first", &cudas);
    let lines: Vec<_> = source.lines.iter().map(|row| Reverse(&row.from)).collect();
    found.rising(BUILD, "line", "newest first", &lines);
    let years: Vec<_> = source.visual_studios.iter().map(|row| Reverse(row.msc)).collect();
    found.rising(BUILD, "visual_studio", "newest first", &years);
    for compiler in &source.compilers {
        let fits = source.visual_studio(compiler.max_msc).is_some();
        let what = format!("no visual_studio has _MSC_VER {}", compiler.max_msc);
        found.unless(fits, BUILD, compiler.cuda.to_string(), what);
        for architecture in &catalog.architectures {
            let first = architecture.first_cuda.is_none_or(|first| compiler.cuda >= first);
            let last = architecture.last_cuda.is_none_or(|last| compiler.cuda <= last);
            for capability in architecture.capabilities.iter().filter(|own| compiler.knows(**own) != (first && last)) {
                let what = format!("disagrees with architectures.toml about {capability} ({})", architecture.name);
                found.add(BUILD, compiler.cuda.to_string(), what);
            }
        }
    }
    for row in &source.settings {
        setting(found, row);
    }
}

fn setting(found: &mut Found, row: &SourceSetting) {
    let is_never = row.needed == Needed::Never;
    found.unless(is_never == row.value.is_none(), BUILD, &row.name, "what is never set has no value, the rest has one");
    let has_border = row.torch.is_some() || row.cuda.is_some();
    let wants_border = matches!(row.needed, Needed::Since | Needed::Until);
    found.unless(has_border == wants_border, BUILD, &row.name, "since and until name a release of torch or of CUDA");
    found.unless(!row.of.is_empty(), BUILD, &row.name, "is for no build");
}
