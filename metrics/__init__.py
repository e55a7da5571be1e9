"""The measures: what is counted, how it is summed up, and what the result means."""
