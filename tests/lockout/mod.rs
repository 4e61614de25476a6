//! Conditional Access before it is there: what-if, and what stops a plan that locks people out.

mod causes;
mod tenant;
mod what_if;
