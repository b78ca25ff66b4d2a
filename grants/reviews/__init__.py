"""What a reviewer looks at each week: access that stands out by a rule of the policy, teams with exceptions, how decisions are made."""
