"""What keeps the stack from running, for people.

DevstackError
├── PortTaken        another program listens there
├── ProcessFailed    a part did not start, or ended
├── TemporalMissing  no Temporal server was found, and none could be built
└── WrongSetting     a variable holds nonsense
"""


class DevstackError(Exception):
    """The text is Russian, whole, and says what to do; nobody needs the traceback."""
