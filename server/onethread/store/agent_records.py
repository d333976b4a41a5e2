"""All that agents' connections ask of the store, over one link: hub/office.py's AgentStore."""

from onethread.store.agent_threads import AgentThreads
from onethread.store.inbox import InboxRecords
from onethread.store.staff import StaffRecords


class AgentRecords(AgentThreads, InboxRecords, StaffRecords):
    """See the interfaces of its parts."""
