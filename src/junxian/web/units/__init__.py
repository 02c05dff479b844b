"""Units on the web (评价对象): counties, districts, departments and the city above them."""
