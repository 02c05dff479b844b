"""People (人员岗位): persons, posts, what a post may do, sign-in and the audit chain."""
