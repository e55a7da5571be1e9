"""What every measure, group, period and method means."""

from dashboard.definitions_blocks import definitions

definitions()
