-- The inbox of a shard: threads by the time of their last message or note, each in one sorted set, its place:
-- `unassigned`, `mine:<agent>` or `closed`. So a message moves one entry. The view `open` is `unassigned` and
-- the `mine` of every agent in the set `assignees`; `all` is that and `closed`.
--
-- A row's rev is the head's seq + `changes` in the meta, the times that something else in the row changed.
local function place_of(status, assignee)
  if status ~= 'open' then return status end
  if assignee and assignee ~= '' then return 'mine:' .. assignee end
  return 'unassigned'
end

local function file(inbox, thread, at, status, assignee)
  redis.call('ZADD', inbox .. ':' .. place_of(status, assignee), at, thread)
  if assignee and assignee ~= '' then redis.call('SADD', inbox .. ':assignees', assignee) end
end

local function unfile(inbox, thread, status, assignee)
  redis.call('ZREM', inbox .. ':' .. place_of(status, assignee), thread)
end

-- Tells the hubs whose agents watch this inbox that the thread's row has another rev.
local function row_changed(inbox, thread)
  redis.call('SPUBLISH', inbox, thread)
end

-- The same, when the log has not grown by it.
local function row_changed_beside(inbox, thread, meta)
  redis.call('HINCRBY', meta, 'changes', 1)
  row_changed(inbox, thread)
end
