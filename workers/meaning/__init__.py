"""What assets mean, as vectors: the keeper in the worker, and its child, which computes and compares them.

One node of the studio keeps it (a lock in Redis says which). Nothing is lost with it: vectors are rows of the database,
an asset without one waits in its row, and a question that nobody answers is answered by words.
"""
