"""What every place stands on: its folder and its clock."""
