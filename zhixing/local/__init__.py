"""Servers this machine runs for itself: PostgreSQL from its wheel, a private RabbitMQ node."""
