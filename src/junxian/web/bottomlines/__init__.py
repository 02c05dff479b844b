"""Bottom lines on the web (守底线): alerts by unit and line, each with its rule and its series; the register of talks."""
