//! Conditional Access before it is there: what-if, and what stops a plan that locks people out.

mod causes;
mod fitness;
mod guide;
mod methods;
mod set;
mod strengths;
mod tenant;
mod thrift;
mod what_if;
