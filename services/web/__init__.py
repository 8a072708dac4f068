"""The faces of Timbang: the resident's site, the operator's offline app and the staff's pages, in one web service.

Owns: nothing that lasts: sessions are sealed into the browser's cookies, everything else is asked of the other doors.
Hears: -
Says: -
"""
