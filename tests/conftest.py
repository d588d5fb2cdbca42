"""Property tests are not timed: a busy machine must not fail them. Hypothesis sees to that by itself where CI is set."""

import os

from hypothesis import HealthCheck, settings

if "CI" not in os.environ:
    settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("untimed")
