"""`make bench`: speed as ratios against the least that could be done, all in one run.

One module a subject, each with a function that takes authorities and gives rows; `__main__` prints them beside their aims.
"""
