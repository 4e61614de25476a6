//! How long it takes to evaluate policies, and whether that grows linearly.
//!
//! `cargo bench --bench policy` prints the time of 200 policies for 1,000 sign-ins, and how it
//! grows with either number, as ratios: doubling one should double the time.

use std::hint::black_box;
use std::time::{Duration, Instant};

use m365::policy::ca::{
    Compiled, DeviceInfo, Directory, Mode, Policy, SignIn, SignInConditions, known,
};
use serde_json::json;

fn main() {
    let directory = directory(1000);
    let (policies, sign_ins) = (policies(400), sign_ins(2000));
    let time = |policies: &[Policy], sign_ins: &[SignIn]| {
        (0..5).map(|_| once(policies, &directory, sign_ins)).min().unwrap_or_default()
    };
    let base = time(&policies[..200], &sign_ins[..1000]);
    println!("200 policies x 1,000 sign-ins: {base:?}, making ready included");
    let ratio = |other: Duration| other.as_secs_f64() / base.as_secs_f64();
    println!("twice the policies: {:.2} times as long", ratio(time(&policies, &sign_ins[..1000])));
    println!("twice the sign-ins: {:.2} times as long", ratio(time(&policies[..200], &sign_ins)));
}

fn once(policies: &[Policy], directory: &Directory, sign_ins: &[SignIn]) -> Duration {
    let start = Instant::now();
    let compiled = Compiled::new(policies, directory);
    for sign_in in sign_ins {
        black_box(compiled.evaluate(sign_in, Mode::Strict));
    }
    start.elapsed()
}

/// Policies of several kinds, most of which get past the users and have to look further.
fn policies(count: usize) -> Vec<Policy> {
    let controls = ["mfa", "compliantDevice", "block", "passwordChange"];
    (0..count)
        .map(|n| {
            let filter = json!({"deviceFilter": {"mode": "include",
                "rule": r#"device.trustType -ne "ServerAD" -or device.isCompliant -ne True"#}});
            let policy = json!({
                "id": format!("policy-{n}"), "displayName": format!("Policy {n}"),
                "state": if n % 10 == 9 { "enabledForReportingButNotEnforced" } else { "enabled" },
                "conditions": {
                    "users": {
                        "includeUsers": if n % 3 == 0 { vec!["All"] } else { vec![] },
                        "includeGroups": [format!("group-{}", n % 50)],
                        "excludeGroups": ["group-49"],
                    },
                    "applications": {"includeApplications": ["All"],
                        "excludeApplications": if n % 5 == 0 { vec!["Office365"] } else { vec![] }},
                    "clientAppTypes": ["all"],
                    "locations": {"includeLocations": ["All"], "excludeLocations":
                        if n % 2 == 0 { vec!["AllTrusted"] } else { vec!["office"] }},
                    "devices": if n % 4 == 0 { filter } else { json!(null) },
                    "signInRiskLevels": if n % 7 == 0 { vec!["high"] } else { vec![] },
                },
                "grantControls": {"operator": "OR", "builtInControls": [controls[n % 4], "mfa"]},
            });
            Policy::from_graph(&policy).unwrap_or_else(|error| panic!("{error}"))
        })
        .collect()
}

fn directory(users: usize) -> Directory {
    let groups: Vec<_> = (0..50)
        .map(|n| {
            let members: Vec<_> = (0..users)
                .filter(|user| user % (n + 1) == 0)
                .map(|u| format!("user-{u}"))
                .collect();
            json!({"id": format!("group-{n}"), "members": members})
        })
        .collect();
    let users: Vec<_> = (0..users)
        .map(|n| {
            json!({"id": format!("user-{n}"), "userType": "Member", "roles": [],
                   "userPrincipalName": format!("user-{n}@contoso.example"),
                   "methods": ["password", "fido2"]})
        })
        .collect();
    let directory = json!({
        "users": users, "groups": groups, "complete": {"groups": true, "locations": true},
        "locations": [{"@odata.type": "#microsoft.graph.ipNamedLocation", "id": "office",
            "ipRanges": ["203.0.113.0/24", "2001:db8::/32"], "isTrusted": true}],
    });
    serde_json::from_value(directory).unwrap_or_else(|error| panic!("{error}"))
}

fn sign_ins(count: usize) -> Vec<SignIn> {
    let apps = [known::EXCHANGE_ONLINE, known::AZURE_PORTAL, known::MICROSOFT_GRAPH];
    (0..count)
        .map(|n| {
            let registered = n % 2 == 0;
            SignIn::of_user(format!("user-{}", n % 1000), apps[n % 3]).under(SignInConditions {
                device_platform: Some("windows".to_owned()),
                client_app_type: Some("browser".to_owned()),
                ip_address: format!("203.0.{}.7", n % 256).parse().ok(),
                country: Some("NL".to_owned()),
                sign_in_risk_level: Some(if n % 9 == 0 { "high" } else { "none" }.to_owned()),
                user_risk_level: Some("none".to_owned()),
                device_info: Some(DeviceInfo {
                    device_id: registered.then(|| format!("device-{n}")),
                    is_compliant: registered.then_some(n % 4 == 0),
                    ..DeviceInfo::default()
                }),
                ..SignInConditions::default()
            })
        })
        .collect()
}
