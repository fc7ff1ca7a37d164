"""What people ask assessment to do."""
