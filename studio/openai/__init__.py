"""The OpenAI-compatible door at /v1/: each call is `submit` and waits on the job's feed.

So what comes in here shows in the queue, and what it makes in the gallery (answers of a chat unlisted).
"""
