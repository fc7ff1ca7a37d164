"""What learning announces. Subject of each: the enrollment."""

from services.contracts.enrollment import Fact
from services.contracts.fields import Amount, Id, Text
from services.contracts.registry import event

MODULE_COMPLETED = "learning.module_completed.v1"
POST_COUNTED = "learning.post_counted.v1"
POST_RETRACTED = "learning.post_retracted.v1"


@event(MODULE_COMPLETED)
class ModuleCompleted(Fact):
    """A module of the enrollment's curriculum is completed, for good.

    `evidence` is the id of the fact that showed it.
    """

    module_id = Id(required=True)
    hours = Amount(required=True)
    evidence = Id(required=True)


@event(POST_COUNTED)
class PostCounted(Fact):
    """A post counts for the enrollment. `post` is what its platform calls it."""

    post = Text(2000, required=True)


@event(POST_RETRACTED)
class PostRetracted(Fact):
    """A post that was counted counts no longer. `counted_id` names the fact taken back."""

    counted_id = Id(required=True)
    post = Text(2000, required=True)
