"""Who repeats a call that failed."""

RETRIED_BY_CALLER = ("payment.v1.PaymentService",)
"""gRPC services for which no channel retries: whoever charges must know of every attempt that may
have charged."""

NOT_RETRIED = ("notification.v1.NotificationService",)
"""gRPC services for which no channel retries either: the caller goes on without their answer."""
