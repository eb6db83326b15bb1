"""What a person and a team own: handing over, leaving, deleting with a way back, taking everything along. No rows."""
