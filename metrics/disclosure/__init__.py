"""The protected view: totals are exact, numbers for groups are rounded by keys that follow the children, small groups are hidden."""
