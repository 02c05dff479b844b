"""Rounds on the web (考核轮次): from an empty month to scores, objections and a decision."""
