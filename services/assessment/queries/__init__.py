"""What people ask assessment about. Authors and reviewers stay unknown to each other."""
