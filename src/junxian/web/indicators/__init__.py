"""Figures on the web (指标数据): observations, who owes which, how they come in and who answers for them."""
