-- The inbox of a shard: one sorted set a view, threads by the time of their last message or note.
local function views_of(status, assignee)
  if status ~= 'open' then return {status} end
  if assignee and assignee ~= '' then return {'open', 'mine:' .. assignee} end
  return {'open', 'unassigned'}
end

local function file(inbox, thread, at, status, assignee)
  for _, view in ipairs(views_of(status, assignee)) do
    redis.call('ZADD', inbox .. ':' .. view, at, thread)
  end
end

local function unfile(inbox, thread, status, assignee)
  for _, view in ipairs(views_of(status, assignee)) do
    redis.call('ZREM', inbox .. ':' .. view, thread)
  end
end

-- Tells the hubs whose agents watch this inbox that the thread's row has a new rev.
local function row_changed(inbox, thread, rev)
  redis.call('SPUBLISH', inbox, rev .. ' ' .. thread)
end
