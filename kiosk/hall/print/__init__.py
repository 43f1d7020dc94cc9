"""What a hall prints: seat plan, login slips, attendance sheet, and its report for signature."""
