"""The rows of the data model as JSON, under exactly the camelCase names of its page."""
