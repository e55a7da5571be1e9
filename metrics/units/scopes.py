"""The sets of attachment needs that put a child in scope (QS133's 'may have', 'at risk of' and 'have' attachment difficulties)."""

ANY = ("possible", "at_risk", "confirmed")
RISK = ("at_risk", "confirmed")
CONFIRMED = ("confirmed",)
