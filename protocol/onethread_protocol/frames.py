"""The three unions: what customers, agents and the server may send."""

from typing import TypeAlias

from onethread_protocol import agent, customer, server

CustomerFrame: TypeAlias = (
    customer.Init
    | customer.Prechat
    | customer.Send
    | customer.Edit
    | customer.Delete
    | customer.Typing
    | customer.Read
    | customer.History
    | customer.Profile
    | customer.Page
    | customer.Track
    | customer.Auth
    | customer.Logout
    | customer.Ping
)

AgentFrame: TypeAlias = (
    agent.AgentInit
    | agent.Inbox
    | agent.Open
    | agent.Leave
    | agent.Send
    | agent.Edit
    | agent.Delete
    | agent.Typing
    | agent.Read
    | agent.History
    | agent.Note
    | agent.Assign
    | agent.Status
    | agent.Profile
    | agent.Presence
    | agent.Ping
)

ServerFrame: TypeAlias = (
    server.Ready
    | server.Replay
    | server.EventFrame
    | server.Ack
    | server.History
    | server.Typing
    | server.Read
    | server.Profile
    | server.Presence
    | server.Track
    | server.Opened
    | server.InboxPage
    | server.InboxRow
    | server.Gone
    | server.Authed
    | server.Pong
    | server.Error
    | server.Bye
)

FirstFrame: TypeAlias = customer.Init | agent.AgentInit
"""What a connection may begin with."""
