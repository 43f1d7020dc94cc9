"""The exam office: drafts, publishing, assigning, marking rounds, results."""
