"""What makes faults inside the studio's own processes. Lives in the tests, so that no shipped line knows of it."""
