# By its id
terraform import m365_staged_rollout_policy.example 53b35f70-2a6a-4a6c-8ad4-6e2f0a7d1f10

# By its path in Graph
terraform import m365_staged_rollout_policy.example /policies/featureRolloutPolicies/53b35f70-2a6a-4a6c-8ad4-6e2f0a7d1f10
