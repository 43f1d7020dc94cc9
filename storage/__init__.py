"""What is kept. SQLAlchemy only."""
