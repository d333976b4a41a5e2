-- Threads that went from one view to another without a message, by time: what `recent.lua` could not find by
-- their activity. The newest 10,000.
local MOVES_KEPT = 10000

local function note_move(inbox, thread, at)
  local moves = inbox .. ':moves'
  redis.call('ZADD', moves, at, thread)
  redis.call('ZREMRANGEBYRANK', moves, 0, -MOVES_KEPT - 1)
end
