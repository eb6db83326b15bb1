"""Data for training: drawn, composed and captioned here from icon sets with free licences; nothing is collected."""
