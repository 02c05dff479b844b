"""Junxian 郡县: from a decision to a result, every number traceable."""
