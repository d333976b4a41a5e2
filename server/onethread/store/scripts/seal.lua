-- Seals a visitor's thread for good: it moves into another one. First step of a carry, and its state for the rest.
-- idempotent: yes
-- include: element
-- include: inbox
-- include: admission
--
-- Atomic: the mark (the first one wins), the end of every admission, the inbox, the note for the sweep.
--
-- KEYS  meta, inbox, carries (what the sweep finishes), log
-- ARGV  destination, thread, channel, how long a token may live (seconds)
-- gives {} for a thread that was ended, else
--       {destination, stored (1|0: nothing is left to carry), status, assignee, read whole by c (1|0), by a (1|0)}
local meta, inbox, carries, log = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local to, thread = ARGV[1], ARGV[2]

local m = redis.call('HMGET', meta, 'epoch', 'moved', 'ended', 'status', 'assignee', 'cb', 'ab')
if not m[2] then
  if m[3] then return {} end
  redis.call('HSET', meta, 'moved', to)
  finish(meta, ARGV[3], {'moved'})
  if m[1] then
    unfile(inbox, thread, m[4], m[5])
    row_changed(inbox, thread)
    redis.call('SADD', carries, thread .. ' ' .. to)
  else
    redis.call('EXPIRE', meta, ARGV[4])
  end
end
if not m[1] then return {m[2] or to, 0, '', '', 0, 0} end
local nc, na = counts_of(redis.call('LINDEX', log, -1))
return {m[2] or to, 1, m[4], m[5] or '', na == tonumber(m[6]) and 1 or 0, nc == tonumber(m[7]) and 1 or 0}
