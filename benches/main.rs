//! Measurements that anyone can repeat: `make bench`. Ratios of one run, medians of five.
//!
//! The floor is the same number of `terraform_data` resources, which are built into Terraform and
//! ask nobody: what Terraform itself costs. Graph is the emulator, in this process, at a latency
//! of 50 ms where that is said. docs/performance.md explains the numbers.

#[path = "../tests/plugin/client.rs"]
#[allow(dead_code, reason = "the measurements use part of the test client")]
mod client;
mod deployed;
mod footprint;
mod groups;
mod guard;
mod report;
mod tenant;
mod workspace;

use report::Report;

fn main() {
    let only: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted =
        |name: &str| only.is_empty() || only.iter().any(|word| name.contains(word.as_str()));
    let mut report = Report::default();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if wanted("footprint") {
        runtime.block_on(footprint::measure(&mut report));
    }
    if wanted("plan") {
        groups::plan(&runtime, &mut report);
    }
    if wanted("guard") {
        guard::plan(&runtime, &mut report);
    }
    if wanted("refresh") {
        groups::refresh(&runtime, &mut report);
    }
    if wanted("create") {
        groups::create_and_destroy(&runtime, &mut report);
    }
    if wanted("members") {
        groups::memberships(&runtime, &mut report);
    }
    if wanted("few") {
        groups::few_of_many(&runtime, &mut report);
    }
    if wanted("memory") {
        runtime.block_on(footprint::refreshing(&mut report));
    }
    if wanted("scale") {
        groups::scale(&runtime, &mut report);
    }
    report.print();
}
