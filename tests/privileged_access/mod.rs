//! Privileged Identity Management against the local Graph: what users of other providers complained
//! of, each as a test that fails where the provider does the same.
//!
//! | what others do | the test that fails then |
//! |---|---|
//! | no eligible or no time-bound assignments | `roles::every_window_lasts_as_it_says` |
//! | an owner of a group becomes a member | `groups::members_and_owners_land_where_they_should` |
//! | requests are the resource: purged ones look deleted | `roles::requests_that_graph_has_forgotten_are_not_missed` |
//! | changes in the portal are not seen | `roles::a_change_in_the_portal_is_seen_and_repaired` |
//! | an assignment that exists fails the apply | `roles::what_the_portal_assigned_is_taken_over` |
//! | an assignment that exists cannot be imported | `roles::what_the_portal_assigned_is_imported` |
//! | a start that has passed is replaced by Graph, and planned again for ever | `roles::a_start_that_has_passed_is_no_difference` |
//! | destroy fails in the first five minutes | `roles::what_is_too_young_to_end_is_waited_for` |
//! | an expired assignment breaks the plan | `life::what_ended_as_configured_holds_nothing_up_and_is_renewed_in_place` |
//! | no settings of roles | `policies::only_rules_that_change_are_written_and_put_back` |
//! | a data source that tells ids only | `policies::the_data_source_tells_every_setting` |
//! | the hidden rule of eligible assignments cannot be managed | `policies::the_hidden_rule_is_managed` |
//! | settings that are not configured are sent as null | `policies::only_rules_that_change_are_written_and_put_back` |
//! | the order of approvers, or approvers nobody configured, are planned for ever | `policies::approvers_are_no_drift` |
//! | multifactor authentication and an authentication context collide | `policies::a_context_takes_over_from_multifactor_authentication_in_one_apply` |
//! | a change takes two applies | `policies::a_rule_that_did_not_persist_is_written_again` |
//! | a change that did not persist passes for done | `policies::a_rule_that_never_persists_is_an_error` |
//! | an assignment that the policy refuses fails at apply | `policies::a_schedule_that_its_policy_refuses_is_refused_at_plan` |
//! | an assignment that never becomes provisioned passes for done | `life::a_request_that_fails_later_is_an_error` |
//! | what somebody ended in the portal is not made again | `life::what_somebody_ended_early_is_planned_and_healed_by_every_window` |
//! | the policy of a new group is not found | `policies::the_policy_of_a_group_that_was_just_made_is_waited_for` |
//! | a policy is taken over silently | `policies::what_is_taken_over_tells_what_changes` |
//! | a manager as approver is dropped | `policies::approvers_are_no_drift` |

mod groups;
mod life;
mod policies;
mod roles;
mod tenant;
mod told;
