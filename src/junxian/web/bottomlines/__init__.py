"""Bottom lines on the web (守底线): alerts with their rule and their series; the register of talks."""
