"""What archive announces. Subject of each: the enrollment."""

from services.contracts.enrollment import Fact
from services.contracts.fields import Amount, Day, Id, Text
from services.contracts.registry import event

CERTIFICATE_ISSUED = "archive.certificate_issued.v1"
SUMMARY_WRITTEN = "archive.summary_written.v1"


@event(CERTIFICATE_ISSUED)
class CertificateIssued(Fact):
    """A passed enrollment has its certificate: what is printed, less the name."""

    serial = Text(64, required=True)
    release_id = Id(required=True)
    issued_on = Day(required=True)
    total = Amount(required=True)
    hours = Amount(required=True)
    supersedes = Text(64, allow_none=True)


@event(SUMMARY_WRITTEN)
class SummaryWritten(Fact):
    """The member's own words in the record; a later one replaces an earlier one."""

    focus = Text(2000, required=True, empty=True)
    summary = Text(10_000, required=True, empty=True)
