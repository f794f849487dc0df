from libs.testing.telegram import telegram_sandbox

__all__ = ["telegram_sandbox"]
