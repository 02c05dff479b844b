"""The web floor (网页): what people of the city see and do, over the same files floor as the command line."""
