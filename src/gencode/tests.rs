use super::*;

fn of(text: &str, cards: &[&str]) -> Found {
    let cards: Vec<ComputeCapability> = cards.iter().map(|card| card.parse().unwrap()).collect();
    look(text, &cards, Catalog::embedded().unwrap())
}

fn added(text: &str, cards: &[&str]) -> String {
    let Found::Missing { text, .. } = of(text, cards) else { panic!("{:?}", of(text, cards)) };
    text
}

/// As causal-conv1d and mamba write it.
const APPENDED: &str = r#"    cc_flag = []
    cc_flag.append("-gencode")
    cc_flag.append("arch=compute_80,code=sm_80")
    if bare_metal_version >= Version("11.8"):
        cc_flag.append("-gencode")
        cc_flag.append("arch=compute_90,code=sm_90")
    ext_modules.append(CUDAExtension(name="x"))
"#;

#[test]
fn a_pair_of_lines_is_added_where_no_condition_is_as_the_pair_there_is_written() {
    // Not below the `if`: that asks for a compiler.
    let wanted = APPENDED.replace(
        "code=sm_80\")\n",
        "code=sm_80\")\n    cc_flag.append(\"-gencode\")\n    cc_flag.append(\"arch=compute_120,code=sm_120\")\n",
    );
    assert_eq!(added(APPENDED, &["12.0"]), wanted);
    assert_eq!(of(&wanted, &["12.0"]), Found::Serves, "done once, there is nothing more to do");
}

#[test]
fn a_member_of_a_list_is_added_with_its_comma_and_the_files_own_line_ends() {
    let text = "args = {\r\n    'nvcc': [\r\n        '-O3',\r\n        '-gencode=arch=compute_75,code=sm_75',\r\n        '-gencode=arch=compute_86,code=sm_86',\r\n    ],\r\n}\r\n";
    let wanted =
        text.replace("code=sm_86',\r\n", "code=sm_86',\r\n        '-gencode=arch=compute_120,code=sm_120',\r\n");
    assert_eq!(added(text, &["12.0", "12.0", "8.6"]), wanted);
    let two = "flags = [\n    \"-gencode\",\n    \"arch=compute_70,code=sm_70\",\n]\n";
    let wanted = "flags = [\n    \"-gencode\",\n    \"arch=compute_70,code=sm_70\",\n    \"-gencode\",\n    \"arch=compute_89,code=sm_89\",\n    \"-gencode\",\n    \"arch=compute_120,code=sm_120\",\n]\n";
    assert_eq!(added(two, &["12.0", "8.9"]), wanted);
}

#[test]
fn code_of_the_same_generation_serves_and_that_of_another_does_not() {
    // sm_80 runs on 8.6 and 8.9, sm_100 not on 12.0.
    assert_eq!(of(APPENDED, &["8.6", "8.9", "9.0"]), Found::Serves);
    let data_centre = APPENDED.replace("_90", "_100");
    assert!(matches!(of(&data_centre, &["12.0"]), Found::Missing { adds, .. } if adds == ["sm_120"]));
    // PTX would run, translated by the driver; code is better.
    let ptx = APPENDED.replace("code=sm_90", "code=compute_90");
    assert!(matches!(of(&ptx, &["12.0"]), Found::Missing { .. }));
}

#[test]
fn what_names_no_code_is_left_to_torch_and_what_is_written_otherwise_is_not_touched() {
    assert_eq!(of("setup(name='x', ext_modules=[CUDAExtension('x', ['x.cu'])])\n", &["12.0"]), Found::LeftToTorch);
    assert_eq!(of("# arch=compute_80,code=sm_80\n", &["12.0"]), Found::LeftToTorch, "a comment");
    // As flash-attn asks for each card.
    let asked = "    if '120' in archs():\n        flag.append('-gencode')\n        flag.append('arch=compute_120,code=sm_120')\n";
    assert_eq!(of(asked, &["7.5"]), Found::NotUnderstood);
    for text in [
        "flags = ['-gencode=arch=compute_80,code=sm_80', '-gencode=arch=compute_90,code=sm_90']\n",
        "flags += f'-gencode arch=compute_80,code=sm_80'\n",
        "os.environ['X'] = 'code=sm_80'\n",
    ] {
        assert_eq!(of(text, &["12.0"]), Found::NotUnderstood, "{text}");
    }
}

#[test]
fn what_somebody_has_changed_since_is_told_from_what_was_added() {
    let patched = added(APPENDED, &["12.0", "7.5"]);
    assert!(is_patched(APPENDED, &patched) && is_patched(APPENDED, APPENDED));
    assert!(!is_patched(APPENDED, &patched.replace("name=\"x\"", "name=\"y\"")));
    assert!(!is_patched(APPENDED, &format!("{patched}print('mine')\n")));
}
