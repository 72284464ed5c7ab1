"""Lab results in, results with units, ranges and flags out; findings beside them."""
