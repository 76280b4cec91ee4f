"""The one room that touches private APIs of other libraries.

They may change in any release. Then this room follows, and nothing else: a test looks
for private imports elsewhere, and the tests of each module here say with which versions
it was seen to work.
"""
