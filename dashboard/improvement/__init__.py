"""The improvement loop: evidence, targets, actions, changes and notes, with their forms, cards and words."""
