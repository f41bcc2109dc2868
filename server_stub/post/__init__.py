"""What reaches people who are not there: notices at their next sign-in, and mail."""
