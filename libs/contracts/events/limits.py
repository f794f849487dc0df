"""What the fields of events may hold, whoever wrote them."""

LONGEST_BUILD_TIME_S = 86_400
