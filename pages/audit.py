"""Who signed in, saw exact numbers, took them away or changed something."""

from dashboard.audit_blocks import audit_log_block
from dashboard.session import current_guard, workspace

audit_log_block(workspace, current_guard())
