"""The stores of the exam office: one class per noun over one engine."""
