"""Data to Insight's Standard Safeguarding Dataset (SSD) as a source: which columns, how they are read, and what they become.

`mapping` says which tables and columns are read and what each becomes, `database` reads them, `joining` makes of them what a return's
tables would hold.
"""
