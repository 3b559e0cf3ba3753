"""How long Hypothesis looks for a history that breaks a figure: `--hypothesis-profile=figures` for the long run."""

from hypothesis import HealthCheck, settings

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
settings.register_profile("figures", max_examples=150, deadline=None, suppress_health_check=QUIET)
