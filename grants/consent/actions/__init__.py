"""The verbs on consents and customers' links; each is imported from its own file.

The verbs on requests call some of these and some of these call them, so those are loaded first, whichever is asked for.
"""

import grants.actions  # noqa: F401
