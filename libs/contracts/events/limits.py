"""What the fields of events may hold, whoever wrote them."""

MAX_BUILD_TIME_S = 86_400
