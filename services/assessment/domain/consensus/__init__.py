"""What the reviews of a whole cohort agree on, and what they say of its reviewers."""

from services.assessment.domain.consensus.agreement import agree
from services.assessment.domain.consensus.values import (
    Agreed,
    Cohort,
    Counted,
    Method,
    Rating,
    Reviewer,
)

__all__ = ["Agreed", "Cohort", "Counted", "Method", "Rating", "Reviewer", "agree"]
