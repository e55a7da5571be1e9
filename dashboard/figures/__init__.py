"""The data as one person may have it: the dataset of a version, released periods, published figures."""
