//! What terraform takes for many groups, beside the floor.

use std::time::Duration;

use tokio::runtime::Runtime;

use super::deployed::deployed;
use super::report::{Report, median};
use super::tenant::Tenant;
use super::workspace::Workspace;

/// How often each time is taken.
const RUNS: usize = 5;
/// The latency of Graph, where there is one.
const LATENCY: u64 = 50;

fn groups(count: usize) -> String {
    format!(
        "resource \"m365_group\" \"all\" {{\n  count = {count}\n  display_name = \"Group ${{count.index}}\"\n  description = \"One of many\"\n}}\n"
    )
}

fn floor(count: usize) -> Workspace {
    Workspace::new(&terraform_data(count), Vec::new())
}

fn terraform_data(count: usize) -> String {
    format!(
        "resource \"terraform_data\" \"all\" {{\n  count = {count}\n  input = {{ display_name = \"Group ${{count.index}}\", description = \"One of many\" }}\n}}\n"
    )
}

/// Times both in turn, so that a machine that slows down slows both; seconds.
fn in_turn(mut ours: impl FnMut() -> Duration, mut floor: impl FnMut() -> Duration) -> (f64, f64) {
    let (mut our_times, mut floor_times) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        our_times.push(ours().as_secs_f64());
        floor_times.push(floor().as_secs_f64());
    }
    (median(our_times), median(floor_times))
}

/// A plan of 500 new groups.
pub(crate) fn plan(runtime: &Runtime, report: &mut Report) {
    let tenant = Tenant::start(runtime, 0);
    let ours = Workspace::new(&groups(500), tenant.environment());
    let floor = floor(500);
    ours.plan();
    tenant.forget();
    let before = processor_time();
    let (our_time, floor_time) = in_turn(|| ours.plan(), || floor.plan());
    let both = processor_time() - before;
    report.at_most("plan of 500 new groups: requests", per_run(&tenant), 4.0, "");
    report.at_most(
        "plan of 500 new groups: time, beside the floor",
        our_time / floor_time,
        1.5,
        "x",
    );
    // A busy machine says little by the clock: the processor's time is that of the work alone.
    let before = processor_time();
    (0..RUNS).for_each(|_| _ = floor.plan());
    let floor_processor = processor_time() - before;
    report.told(
        "plan of 500 new groups: processor time, beside the floor",
        (both - floor_processor) / floor_processor,
        "x",
    );
    // The same provider with a resource of four attributes: what Terraform asks of any provider.
    let few = Workspace::new(&memberships_by_id(500), tenant.environment());
    few.plan();
    let before = processor_time();
    let few_time = median((0..RUNS).map(|_| few.plan().as_secs_f64()).collect());
    let few_processor = processor_time() - before;
    report.told(
        "plan of 500 of four attributes: time, beside the floor",
        few_time / floor_time,
        "x",
    );
    report.told(
        "plan of 500 of four attributes: processor time, beside the floor",
        few_processor / floor_processor,
        "x",
    );
}

fn memberships_by_id(count: usize) -> String {
    let id = "\"00000000-0000-0000-0000-${format(\"%012d\", count.index)}\"";
    format!(
        "resource \"m365_group_member\" \"all\" {{\n  count = {count}\n  group_id = {id}\n  member_id = {id}\n}}\n"
    )
}

/// What the processes that this one started took of the processor so far, where the system tells;
/// in its clock's ticks.
fn processor_time() -> f64 {
    let told = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name, which may hold spaces: the 14th and 15th field from there are the children's.
    let fields = told.rsplit(')').next().unwrap_or_default();
    let ticks =
        fields.split_whitespace().skip(13).take(2).filter_map(|text| text.parse::<f64>().ok());
    ticks.sum()
}

fn per_run(tenant: &Tenant<'_>) -> f64 {
    (tenant.requests() as f64 / RUNS as f64).ceil()
}

/// A plan that changes nothing, of 500 and of 5,000 groups.
pub(crate) fn refresh(runtime: &Runtime, report: &mut Report) {
    for (count, requests) in [(500, 12.0), (5_000, 40.0)] {
        let (tenant, ours, floor) = deployed(runtime, count, &groups(500), &terraform_data(500));
        tenant.latency(LATENCY);
        tenant.forget();
        let (our_time, floor_time) = in_turn(|| ours.plan(), || floor.plan());
        let what = format!("refresh of {count} groups at {LATENCY} ms");
        report.at_most(&format!("{what}: requests"), per_run(&tenant), requests, "");
        report.at_most(&format!("{what}: time, beside the floor"), our_time / floor_time, 1.6, "x");
    }
}

/// 200 groups made and removed.
pub(crate) fn create_and_destroy(runtime: &Runtime, report: &mut Report) {
    const COUNT: usize = 200;
    let tenant = Tenant::start(runtime, 0);
    let ours = Workspace::new(&groups(COUNT), tenant.environment());
    let floor = floor(COUNT);
    tenant.latency(LATENCY);
    let (mut made, mut removed, mut times) =
        (0, 0, [Vec::new(), Vec::new(), Vec::new(), Vec::new()]);
    for _ in 0..RUNS {
        tenant.forget();
        times[0].push(ours.apply().as_secs_f64());
        made = tenant.requests();
        times[1].push(floor.apply().as_secs_f64());
        tenant.forget();
        times[2].push(ours.destroy().as_secs_f64());
        removed = tenant.requests();
        times[3].push(floor.destroy().as_secs_f64());
    }
    let [create, create_floor, destroy, destroy_floor] = times.map(median);
    for (what, requests, time, floor) in
        [("create", made, create, create_floor), ("destroy", removed, destroy, destroy_floor)]
    {
        // What ten requests at a time take at this latency.
        let bound = floor + 1.3 * requests as f64 * LATENCY as f64 / 1000.0 / 10.0;
        let what = format!("{what} of {COUNT} groups at {LATENCY} ms");
        report.at_most(
            &format!("{what}: requests a group"),
            requests as f64 / COUNT as f64,
            2.0 + 0.1,
            "each",
        );
        report.at_most(&format!("{what}: time"), time, bound, "s");
    }
}

/// The members of 100 groups, 100 each.
pub(crate) fn memberships(runtime: &Runtime, report: &mut Report) {
    let tenant = Tenant::start(runtime, 100);
    let configuration = format!(
        "{}\ndata \"m365_users\" \"all\" {{}}\nresource \"m365_group_members\" \"all\" {{\n  count = 100\n  group_id = m365_group.all[count.index].id\n  member_ids = data.m365_users.all.ids\n}}\n",
        groups(100)
    );
    let ours = Workspace::new(&configuration, tenant.environment());
    ours.apply();
    tenant.latency(LATENCY);
    tenant.forget();
    let time = ours.plan().as_secs_f64();
    report.at_most(
        "refresh of 100 groups with 100 members each: requests",
        tenant.requests() as f64,
        30.0,
        "",
    );
    report.told("refresh of 100 groups with 100 members each: time", time, "s");
}

/// Three users in a tenant of 100,000.
pub(crate) fn few_of_many(runtime: &Runtime, report: &mut Report) {
    let tenant = Tenant::start(runtime, 100_000);
    let configuration = "variable \"password\" {\n  ephemeral = true\n  default = \"Correct-Horse-7!\"\n}\n\
        data \"m365_tenant\" \"this\" {}\n\
        locals {\n  domain = one([for d in data.m365_tenant.this.verified_domains : d.name if d.is_initial])\n}\n\
        resource \"m365_user\" \"few\" {\n  count = 3\n  user_principal_name = \"few-${count.index}@${local.domain}\"\n  display_name = \"Few ${count.index}\"\n  password = var.password\n  password_version = 1\n}\n";
    let ours = Workspace::new(configuration, tenant.environment());
    ours.apply();
    tenant.forget();
    ours.plan();
    // Two of them are the tenant's data source, which is not what is measured.
    let requests = tenant.requests().saturating_sub(2);
    report.at_most("refresh of 3 users among 100,000: requests", requests as f64, 6.0, "");
}

/// How cost grows with the number of groups.
pub(crate) fn scale(runtime: &Runtime, report: &mut Report) {
    let mut each = Vec::new();
    for count in [500, 2_000, 5_000, 20_000] {
        let (tenant, ours, floor) = deployed(runtime, count, &groups(500), &terraform_data(500));
        tenant.latency(LATENCY);
        tenant.forget();
        let (time, floor) = (ours.plan().as_secs_f64(), floor.plan().as_secs_f64());
        report.told(&format!("refresh of {count} groups: requests"), tenant.requests() as f64, "");
        report.told(&format!("refresh of {count} groups: time"), time, "s");
        report.told(&format!("refresh of {count} groups: the floor's time"), floor, "s");
        each.push(time / floor);
    }
    report.at_most(
        "20,000 groups beside 500: the ratio to the floor grows by",
        each[each.len() - 1] / each[0],
        1.5,
        "x",
    );
}
