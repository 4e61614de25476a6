//! Groups held for a time.

use m365::terraform::Value;
use serde_json::json;

use super::tenant::Tenant;

#[tokio::test]
async fn members_and_owners_land_where_they_should() {
    let tenant = Tenant::new().await;
    let (group, user) = (tenant.group("g").await, tenant.user("a").await);
    for (access, collection) in [("member", "members"), ("owner", "owners")] {
        for ty in ["m365_pim_group_eligibility", "m365_pim_group_assignment"] {
            let config = Value::from([
                ("group_id", group.as_str().into()),
                ("principal_id", user.as_str().into()),
                ("access_id", access.into()),
                ("duration", "P30D".into()),
                ("justification", "Helps".into()),
            ]);
            let (held, _) = tenant.apply(ty, None, &config).await;
            tenant.settled(ty, &held, &config).await;
            let id = held.state.get("id").as_str().unwrap().to_owned();
            assert_eq!(id, format!("{group}/{user}/{access}"));
            let path = format!("/groups/{group}/{collection}?$select=id");
            let listed = tenant.outside("GET", &path, json!(null)).await;
            let is_there =
                listed["value"].as_array().unwrap().iter().any(|one| one["id"] == user.as_str());
            assert_eq!(is_there, ty.ends_with("assignment"), "{ty} {access}");
            if access == "member" {
                assert!(tenant.destroy(ty, &held).await.is_empty());
                assert!(tenant.read(ty, &held).await.state.is_null());
            }
        }
    }
}
