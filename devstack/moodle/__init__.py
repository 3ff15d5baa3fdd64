"""The Moodle stand-in: behaves as Moodle 2.8.5, 3.3 and 3.7.2 do towards a web-service client.

Proven by replaying recorded conversations with the real ones; what goes by Moodle's documentation instead
says so where it stands.
"""

from .app import SiteConfig, create_app, devstack_sites

__all__ = ["SiteConfig", "create_app", "devstack_sites"]
