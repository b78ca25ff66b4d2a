"""The banner of a support session: one implementation for the console and for the product."""

from .face import MISSED, Banner
from .middleware import BannerMiddleware
from .order import order_problems

__all__ = ["MISSED", "Banner", "BannerMiddleware", "order_problems"]
