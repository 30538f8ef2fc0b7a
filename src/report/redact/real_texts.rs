//! What tools printed on other people's machines keeps its versions, names of wheels and words of failure. The texts lie
//! beside the developers' checkouts; without them nothing is tested here, and that is said.

use super::*;
use crate::host::Host as _;
use crate::host::real::RealHost;

/// Every text of the collection; none, and a line that says so, where it is not.
fn texts() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let host = RealHost::new().unwrap();
    let read = |path: &Path| host.read(path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let Some(failures) = read(&folder.join("failures.jsonl")) else {
        skipped();
        return Vec::new();
    };
    let outputs = host.list(&folder.join("tool_outputs")).unwrap().into_iter();
    let outputs = outputs.filter_map(|entry| Some((entry.path.display().to_string(), read(&entry.path)?)));
    let logs = failures.lines().filter(|line| !line.is_empty()).map(|line| {
        let log: serde_json::Value = serde_json::from_str(line).unwrap();
        (log["id"].to_string(), log["text"].as_str().unwrap_or_default().to_owned())
    });
    outputs.chain(logs).collect()
}

#[expect(clippy::print_stderr, reason = "the test script shows which tests could not run")]
fn skipped() {
    eprintln!("skipped: the collection of logs lies beside the developers' checkouts");
}

/// Versions of two and three parts, requirements, wheels, words of failure: in their order.
fn telling(text: &str) -> Vec<&str> {
    static TELLING: Pattern = LazyLock::new(|| {
        pattern(
            r"[\w.+-]+\.whl|[A-Za-z][\w-]*[=<>~!]=[\w.+!]+|[0-9]+(?:\.[0-9]+)+(?:\+\w+)?|\w*[Ee]rror|[Ff]ailed|ERROR|not found",
        )
    });
    let pattern = TELLING.as_ref().unwrap();
    let found = pattern.find_iter(text).map(|found| found.as_str());
    found.filter(|word| word.parse::<std::net::Ipv4Addr>().is_err()).collect()
}

#[test]
fn ordinary_logs_keep_what_tells_something() {
    let private = Private::new(Path::new("/home/zebulon"), None);
    for (name, text) in texts() {
        let plain = redacted(&text, &private);
        assert_eq!(telling(&plain), telling(&text), "{name}: {plain}");
    }
}
