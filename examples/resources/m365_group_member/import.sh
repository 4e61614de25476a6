# By the ids of the group and of the member
terraform import m365_group_member.example 02bd9fd6-8f93-4758-87c3-1fb73740a315/87d349ed-44d7-43e1-9a83-5f2406dee5bd

# By its path in Graph
terraform import m365_group_member.example /groups/02bd9fd6-8f93-4758-87c3-1fb73740a315/members/87d349ed-44d7-43e1-9a83-5f2406dee5bd
