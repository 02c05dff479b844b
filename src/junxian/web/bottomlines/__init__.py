"""Bottom lines on the web (底线): alerts and the register of notices and talks."""
