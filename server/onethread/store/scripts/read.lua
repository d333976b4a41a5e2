-- Moves one side's read position forward; it never goes back, and beyond the head counts as the head.
-- idempotent: yes
-- include: element
--
-- Atomic: the position, the unread figure that follows from it, the row's rev, the word to the hubs.
--
-- KEYS  log, meta, inbox, cuts (deleted messages of the other side, by seq)
-- ARGV  side (c|a), seq, thread, channel, session that reads, who reads: id, name
-- gives {moved on (1|0), position, unread} | {moved, to} | {unknown}
local log, meta, inbox, cuts = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local call = redis.call
local customer = ARGV[1] == 'c'
local position, baseline = customer and 'rc' or 'ra', customer and 'cb' or 'ab'

local m = call('HMGET', meta, 'epoch', position, baseline, 'moved', 'changes')
if m[4] then return {'moved', m[4]} end
if not m[1] then return {'unknown'} end
local head = call('LLEN', log)
local seq = math.min(tonumber(ARGV[2]), head)

-- How many messages the other side had written up to there.
local function written(place)
  local nc, na = counts_of(call('LINDEX', log, place))
  return customer and na or nc
end

local total = written(-1)
if seq <= tonumber(m[2] or 0) then return {0, tonumber(m[2] or 0), total - m[3]} end

local unread = 0
if seq < head then unread = total - written(seq - 1) - call('ZCOUNT', cuts, '(' .. seq, '+inf') end
call('HSET', meta, position, seq, baseline, total - unread, 'changes', (m[5] or 0) + 1)
call('SPUBLISH', ARGV[4], 'r' .. ARGV[5] .. cmsgpack.pack({ARGV[1], seq, unread, ARGV[6], ARGV[7]}))
call('SPUBLISH', inbox, ARGV[3]) -- its row has another rev (lib/inbox.lua)
return {1, seq, unread}
