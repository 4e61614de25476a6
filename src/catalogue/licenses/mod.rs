//! Licences of users, by group or one by one.

mod facts;
mod group;
mod user;

pub use group::GROUP_LICENSE;
pub use user::USER_LICENSE;

use crate::declare::{Attribute, Element, Law, Literal, id, ids};

/// The section of the documentation.
const AREA: &str = "Licenses";

/// The product.
const SKU: Attribute = id(
    "sku_id",
    "The id of the product (`skuId`), such as `06ebc4ee-1bb5-47dd-8120-11324bc54e06` for Microsoft 365 \
     E5. Those that the tenant has are in `subscribed_skus` of the data source `m365_tenant`, by their \
     `sku_part_number`.",
)
.required()
.replace("a licence is for one product");

/// The services that it leaves out.
const DISABLED_PLANS: Attribute = ids(
    "disabled_plans",
    "The ids of the service plans of the product that are not switched on. All others are.",
)
.or(Literal::Strs(&[]));

/// What the action is told.
const WHOLE: (Law, &str) = (Law::L2, "Graph changes a licence by assigning it again, as a whole");

/// How a licence is assigned.
const ASSIGNED: Element = Element {
    key: "sku_id",
    counts: |_| true,
    action: "assignLicense",
    adds: "addLicenses",
    removes: "removeLicenses",
};
