"""Property tests that no clock can fail: a busy machine draws and runs examples slowly, and that says nothing of a rule."""

from hypothesis import HealthCheck, settings

STEADY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
