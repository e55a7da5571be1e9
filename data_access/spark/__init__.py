"""Apache Spark as the reporting database's engine, reached through Spark Connect: `sc://host:port?tables=FOLDER`.

The measures' SELECTs run there as they do on any other engine, and only cells come back. Spark's client is loaded when a connection
is first used.
"""

NAME = "sc"
"""How an address begins, as Spark Connect's own addresses do."""
