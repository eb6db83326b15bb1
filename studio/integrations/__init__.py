"""What the studio tells other programs: webhooks and their deliveries."""
