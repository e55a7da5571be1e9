"""Who signed in, saw exact numbers, took them away or changed something."""

from dashboard.screens.audit import audit_log_block
from dashboard.session.state import current_guard, workspace

audit_log_block(workspace, current_guard())
