"""Put our plug-ins into host programs. The plug-ins themselves lie outside the package, in ``integrations/``."""

from unipixel.plugin.hosts import HOSTS, Host
from unipixel.plugin.install import Installed, install_plugin, plugin_source

__all__ = ["HOSTS", "Host", "Installed", "install_plugin", "plugin_source"]
