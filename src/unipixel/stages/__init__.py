"""Stages: a workspace goes in, a workspace that is one step further comes out.

Each stage is one call, can be stopped and run again, and does only what is not done yet.
"""
