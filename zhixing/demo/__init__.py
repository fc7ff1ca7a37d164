"""The demo college: loaded for who tries the platform, and played to the end to prove it."""
