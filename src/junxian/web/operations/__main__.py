"""The demonstration's own helpers (演示子命令), each a process on the settings of one deployment: seed, tour."""

import sys
from importlib import import_module

from junxian.web.operations import home

if __name__ == "__main__":
    home.prepare()
    home.django()
    import_module(f"junxian.web.operations.{sys.argv[1]}").main(sys.argv[2:])
